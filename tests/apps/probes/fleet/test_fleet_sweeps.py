"""Sweeps on hosts: what the server makes of their runs, and what the host keeps of them on its disk."""

import json
import subprocess
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Membership
from apps.probes import services
from apps.probes.models import Measurement, ProbeHost, ProbeRequest
from apps.probes.services.dispatch import order
from apps.probes.services.hosts import signing_key
from lca.measure.plan import plan_of
from lca.measure.worker.messages import sign
from lca.measure.worker.service import Service
from lca.measure.worker.spool import Spool
from tests.apps.probes.fleet.conftest import OwnRedis
from tests.workers import children, runs, until

Document = dict[str, Any]
MakeDocument = Callable[..., Document]
SWEEP = {
    "precisions": ["fp4"],
    "batches": [1, 2],
    "prompts": [100],
    "outputs": [10],
    "budget_s": 60,
}


@pytest.fixture
def probe(member: Membership, host: ProbeHost) -> ProbeRequest:
    made = services.request_probe(
        organisation=member.organisation,
        actor=member.user,
        host=host,
        preset="tiny",
        precision="fp4",
        repeats=2,
        sweep=SWEEP,
    )
    made.refresh_from_db()
    return made


def deliver(probe: ProbeRequest, outcome: str, document: Document | None) -> services.Receipt:
    body = {
        "kind": "result",
        "id": str(uuid.uuid4()),
        "probe": str(probe.uuid),
        "attempt": probe.attempts,
        "outcome": outcome,
        "message": "",
        "document": document,
        "age_s": 0.0,
    }
    return services.receive(probe.host, sign(body, signing_key(probe.host)))


@pytest.fixture
def index(make_document: MakeDocument) -> Document:
    """What a host says of the sweep when it is over: one point measured, one not."""
    document = make_document()
    where = {"precision": "fp4", "prompt_tokens": 100, "output_tokens": 10}
    results = document["results"]
    measured = {
        "status": "measured",
        "file": "tiny-fp4-b1-p100-o10.json",
        "sha256": "0" * 64,
        "provenance": results["provenance"],
        "prefill_j_per_token": results["prefill"]["joules_per_token"],
        "decode_j_per_token": results["decode"]["joules_per_token"],
    }
    missing = {"status": "does_not_fit", "message": "The model needs 9 GiB."}
    return {
        "schema": "cradle-sweep/1.1",
        "created_at": document["created_at"],
        "request": {**document["request"], **SWEEP, "budget_s": None, "sweep_budget_s": 60.0},
        "environment": document["environment"],
        "meter": document["meter"],
        "duration_s": 50.0,
        "is_complete": True,
        "points": [{**where, "batch_size": 1, **measured}, {**where, "batch_size": 2, **missing}],
    }


@pytest.mark.django_db
def test_runs_are_stored_as_they_come_and_the_end_says_what_is_missing(
    probe: ProbeRequest, make_document: MakeDocument, index: Document
) -> None:
    run = make_document()
    assert [deliver(probe, "measured", run).message for _ in range(2)] == ["stored", "stored"]
    stored = Measurement.objects.get()
    assert (stored.host, stored.load) == (probe.host, "100 in, 10 out, batch of 1")
    assert list(probe.runs.all()) == [stored]
    assert order(probe)["sweep"]["done"] == ["fp4-b1-p100-o10"]
    assert deliver(probe, "succeeded", index).stored
    probe.refresh_from_db()
    assert (probe.state, probe.progress) == ("succeeded", 1.0)
    assert [point["message"] for point in probe.unmeasured] == ["The model needs 9 GiB."]


@pytest.mark.django_db
def test_a_run_finished_before_the_sweep_was_called_off_is_kept(
    member: Membership, probe: ProbeRequest, make_document: MakeDocument
) -> None:
    services.cancel(request=probe, actor=member.user)
    assert deliver(probe, "measured", make_document()).stored
    assert probe.runs.count() == 1


def other_load(document: Document) -> Document:
    return {**document, "request": {**document["request"], "batch_size": 4}}


def other_model(document: Document) -> Document:
    return {**document, "request": {**document["request"], "preset": "ref-1b"}}


@pytest.mark.django_db
@pytest.mark.parametrize("change", [other_load, other_model, lambda _: {}, lambda _: None])
def test_a_run_that_is_none_of_the_sweeps_is_refused(
    probe: ProbeRequest,
    make_document: MakeDocument,
    change: Callable[[Document], Document | None],
) -> None:
    receipt = deliver(probe, "measured", change(make_document()))
    assert not receipt.stored
    assert not Measurement.objects.exists()
    probe.refresh_from_db()
    assert probe.state == "failed"


@pytest.mark.django_db
def test_an_end_that_is_no_index_is_refused(
    probe: ProbeRequest, make_document: MakeDocument, index: Document
) -> None:
    for wrong in (make_document(), {**index, "points": [{"message": "<script>"}]}):
        assert not deliver(probe, "succeeded", wrong).stored


@pytest.mark.django_db
def test_what_a_host_is_told_is_a_plan_again(probe: ProbeRequest) -> None:
    told = json.loads(json.dumps(order(probe)))
    plan = plan_of(told["spec"], told["sweep"])
    assert plan.count == 2
    assert [spec.batch_size for spec in plan.points("fp4")] == [1, 2]


def test_runs_that_a_killed_host_left_on_its_disk_are_kept_for_sending(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    probe = str(uuid.uuid4())
    folder = spool.work(probe, 3)
    (folder / "a.json").write_text('{"schema": "a run"}')
    (folder / "index.json").write_text("{}")
    service = Service.__new__(Service)
    service.spool = Spool(tmp_path)
    service.rescue()
    (kept,) = spool.waiting()
    expected: Mapping[str, Any] = {
        "probe": probe,
        "attempt": 3,
        "outcome": "measured",
        "document": {"schema": "a run"},
    }
    assert kept | expected == kept
    assert not folder.exists()
    service.rescue()
    assert len(list(spool.waiting())) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(1_200)
@pytest.mark.usefixtures("torch")
def test_a_host_killed_in_a_sweep_loses_no_finished_run(
    member: Membership,
    added: tuple[ProbeHost, str],
    redis: OwnRedis,
    work: Callable[..., subprocess.Popen[bytes]],
    listener: Callable[[], subprocess.Popen[bytes]],
) -> None:
    listener()
    worker = work()
    axes = {"precisions": ["bf16"], "batches": [1], "prompts": [8]}
    probe = services.request_probe(
        organisation=member.organisation,
        actor=member.user,
        host=ProbeHost.objects.get(),
        preset="tiny",
        precision="bf16",
        repeats=2,
        sweep={**axes, "outputs": [2, 1024], "budget_s": 300},
    )

    def seen() -> ProbeRequest:
        probe.refresh_from_db()
        return probe

    until(lambda: probe.runs.exists() and "run 2 of 2" in seen().phase, 300)
    measuring = children(worker.pid)
    worker.kill()
    worker.wait()
    until(lambda: not any(runs(pid) for pid in measuring))
    ProbeRequest.objects.filter(pk=probe.pk).update(
        sweep={**axes, "outputs": [2, 4], "budget_s": 60}
    )
    services.reap(now=timezone.now() + timedelta(minutes=1))
    work()
    until(lambda: seen().state not in {"queued", "running"}, 300)
    assert (probe.state, probe.message, probe.attempts) == ("succeeded", "", 2)
    stored = probe.runs.order_by("id")
    assert [run.document["request"]["output_tokens"] for run in stored] == [2, 4]
    assert {run.host_id for run in stored} == {probe.host_id}
