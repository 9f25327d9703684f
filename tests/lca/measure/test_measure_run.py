"""Real models, really run."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from lca.measure import document
from lca.measure.control import Progress
from lca.measure.errors import (
    Cancelled,
    DoesNotFit,
    InvalidDocument,
    ModelUnavailable,
    TimeLimitReached,
)
from lca.measure.results import summarise
from lca.measure.spec import ALL_PRECISIONS, ProbeSpec

pytestmark = pytest.mark.usefixtures("probe_extra")
ROOT = Path(__file__).parents[3]
QUICK = {
    "prompt_tokens": 8,
    "output_tokens": 4,
    "repeats": 2,
    "idle_s": 0.2,
    "window_s": 0.05,
    "device": "cpu",
    "allow_shared": True,  # tests run beside each other
}


def measure(**changes: Any) -> dict[str, Any]:
    from lca.measure.run import run

    callbacks = {key: changes.pop(key) for key in ("on_progress", "should_stop") if key in changes}
    which = {} if "model" in changes else {"preset": "tiny"}
    return run(ProbeSpec(**{**QUICK, **which, **changes}), **callbacks)


@pytest.fixture(scope="module")
def measured() -> Callable[[str], dict[str, Any]]:
    """Measure each precision once for all tests of this file."""
    done: dict[str, dict[str, Any]] = {}

    def of(precision: str) -> dict[str, Any]:
        if precision not in done:
            done[precision] = measure(precision=precision)
        return done[precision]

    return of


@pytest.mark.parametrize("precision", ALL_PRECISIONS)
def test_every_precision_is_measured_and_documented(
    measured: Callable[[str], dict[str, Any]], precision: str
) -> None:
    result = json.loads(json.dumps(measured(precision), allow_nan=False))
    Draft202012Validator(document.schema(), format_checker=FormatChecker()).validate(result)
    document.check_results(result)
    assert result["model"]["parameters"] == 4_000_000
    assert {w["phase"] for w in result["windows"]} == {"idle", "prefill", "decode"}
    for phase, per_pass in (("prefill", 8), ("decode", 4)):
        own = [w for w in result["windows"] if w["phase"] == phase]
        assert len(own) == 2
        assert all(w["tokens"] == per_pass * w["iterations"] for w in own)
        stat = result["results"][phase]["joules_per_token"]
        assert 0 <= stat["p05"] <= stat["mean"] <= stat["p95"]
        assert stat["mean"] > 0


def test_lower_precision_takes_less_memory(measured: Callable[[str], dict[str, Any]]) -> None:
    sizes = [measured(p)["model"]["weights_bytes"] for p in ("fp32", "bf16", "int8", "fp4")]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 2 * sizes[1] == 16_000_000
    assert sizes[3] < sizes[2] < sizes[1]
    sizes = {p: measured(p)["model"]["weights_bytes"] for p in ALL_PRECISIONS}
    assert sizes["nf4"] == sizes["fp4"]
    assert sizes["fp16"] == sizes["bf16"]
    assert sizes["torch-int8"] < sizes["bf16"] * 1.1


def test_results_follow_from_the_windows_alone(measured: Callable[[str], dict[str, Any]]) -> None:
    result = measured("bf16")
    again = summarise(
        result["windows"],
        meter_share=result["meter"]["uncertainty"]["share"],
        is_modelled=result["meter"]["is_modelled"],
    )
    assert again == result["results"]


def test_a_changed_result_is_found_out(measured: Callable[[str], dict[str, Any]]) -> None:
    forged = json.loads(json.dumps(measured("bf16")))
    forged["results"]["decode"]["joules_per_token"]["mean"] /= 2
    with pytest.raises(InvalidDocument, match="results/decode does not follow"):
        document.check_results(forged)


def test_a_model_called_measured_without_a_meter_is_found_out(
    measured: Callable[[str], dict[str, Any]],
) -> None:
    forged = json.loads(json.dumps(measured("bf16")))
    forged["meter"]["is_modelled"] = not forged["meter"]["is_modelled"]
    with pytest.raises(InvalidDocument, match="results/provenance"):
        document.check_results(forged)


def test_the_document_names_no_machine_and_no_person(
    measured: Callable[[str], dict[str, Any]],
) -> None:
    import getpass
    import platform

    text = json.dumps(measured("bf16"))
    assert platform.node() not in text
    assert f'"{getpass.getuser()}"' not in text
    assert str(Path.home()) not in text


def test_progress_only_moves_forward_and_ends_complete() -> None:
    seen: list[Progress] = []
    measure(on_progress=seen.append)
    shares = [step.done / step.total for step in seen]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert [p for i, p in enumerate(s.phase for s in seen) if i == 0 or p != seen[i - 1].phase] == [
        "loading",
        "idle",
        "warm-up",
        "prefill",
        "decode",
    ]


def test_the_same_seed_builds_the_same_model() -> None:
    from lca.measure.devices import choose_device
    from lca.measure.workloads.loader import load

    device = choose_device("cpu")
    models = [load(ProbeSpec(preset="tiny", seed=seed), device).module for seed in (1, 1, 2)]
    weights = [model.model.layers[0].self_attn.q_proj.weight for model in models]
    assert bool((weights[0] == weights[1]).all())
    assert not bool((weights[0] == weights[2]).all())


def test_a_cancelled_measurement_stops_between_tokens() -> None:
    asked = []

    def should_stop() -> bool:
        asked.append(True)
        return len(asked) > 10

    with pytest.raises(Cancelled):
        measure(should_stop=should_stop)
    assert len(asked) == 11


def test_the_time_limit_stops_a_measurement() -> None:
    with pytest.raises(TimeLimitReached, match="5 s was reached"):
        measure(time_limit_s=5, idle_s=30)


def test_a_model_larger_than_memory_is_refused_before_it_is_built(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from lca.measure.workloads import loader

    def build(*_: object) -> None:
        pytest.fail("the model was built")

    monkeypatch.setattr(loader, "host_bytes_free", lambda: 10_000_000)
    monkeypatch.setattr(loader, "_build", build)
    with pytest.raises(DoesNotFit, match="GiB of host memory"):
        measure(precision="fp32")


def test_memory_that_runs_out_in_the_middle_is_told_as_such() -> None:
    code = """
import re, resource
from pathlib import Path
from lca.measure.errors import DoesNotFit
from lca.measure.run import run
from lca.measure.spec import ProbeSpec
now = 1024 * int(re.search(r"VmSize:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
resource.setrlimit(resource.RLIMIT_AS, (now + 300 * 2**20,) * 2)
try:
    run(ProbeSpec(preset="tiny", precision="fp32", batch_size=64, prompt_tokens=2048, output_tokens=4, repeats=2))
except DoesNotFit as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert "ran out of memory. Take a smaller model" in done.stdout, done.stderr[-2000:]


def test_a_model_in_a_local_folder_is_measured(tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    from lca.measure.workloads.sources import preset_config

    folder = tmp_path / "my-model"
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(preset_config("tiny", 64)).save_pretrained(folder)
    (folder / "README.md").write_text("---\nlicense: cc-by-4.0\n---\n")
    result = measure(model=str(folder), precision="int8")
    assert result["model"]["name"] == "my-model"
    assert result["model"]["weights"] == "pretrained"
    assert result["model"]["licence"] == "cc-by-4.0"
    assert str(tmp_path) not in json.dumps(result)
    Draft202012Validator(document.schema()).validate(result)


def test_a_folder_without_a_model_says_what_is_needed(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"cannot be loaded.*config\.json"):
        measure(model=str(tmp_path))


def test_code_that_comes_with_a_model_is_never_run(tmp_path: Path) -> None:
    config = {
        "model_type": "surprise",
        "auto_map": {"AutoConfig": "surprise.Config", "AutoModelForCausalLM": "surprise.Model"},
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "surprise.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    with pytest.raises(ModelUnavailable, match="never run"):
        measure(model=str(tmp_path))
    assert not (tmp_path / "ran").exists()
