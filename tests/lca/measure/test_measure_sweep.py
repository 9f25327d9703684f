"""Sweeps of a real model in this process, as the command runs them."""

import hashlib
import json
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from lca.measure import document
from lca.measure.cli import main
from lca.measure.pace import Pace
from lca.measure.spec import ProbeSpec

pytestmark = pytest.mark.usefixtures("probe_extra")
QUICK = ["--outputs", "2", "--window-s", "0.05", "--idle-s", "0.2", "--device", "cpu"]
QUICK += ["--repeats", "2", "--allow-shared"]


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """Put back what the command changes in this process."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def sweep(folder: Path, *options: str) -> int:
    return main(["profile", "--preset", "tiny", *QUICK, *options, "--out", str(folder)])


def test_every_point_has_a_document_and_a_line_in_the_index(tmp_path: Path) -> None:
    out = tmp_path / "sweep"
    varied = ["--batches", "1,2", "--prompts", "4,8", "--precisions", "bf16,torch-int8"]
    assert sweep(out, *varied, "--target-share", "0.5", "--budget-s", "120") == 0
    index = json.loads((out / "index.json").read_text())
    Draft202012Validator(document.schema("sweep")).validate(index)
    assert index["is_complete"]
    assert len(index["points"]) == 8
    for point in index["points"]:
        data = (out / point["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == point["sha256"]
        measured = json.loads(data)
        Draft202012Validator(document.schema()).validate(measured)
        document.check_results(measured)
        assert measured["request"]["batch_size"] == point["batch_size"]
        assert measured["request"]["prompt_tokens"] == point["prompt_tokens"]
        assert measured["request"]["precision"] == point["precision"]
        assert measured["stopping"]["decode"]["reason"] in {"interval", "budget"}
        assert point["decode_j_per_token"] == measured["results"]["decode"]["joules_per_token"]
    assert {path.name for path in out.iterdir()} == {
        "index.json",
        *(point["file"] for point in index["points"]),
    }


def test_what_cannot_be_measured_is_in_the_index_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lca.measure.workloads import loader

    monkeypatch.setattr(loader, "host_bytes_free", lambda: 15_000_000)
    out = tmp_path / "sweep"
    varied = ["--precisions", "fp32,bf16", "--prompts", "4", "--target-share", "0.5"]
    assert sweep(out, *varied, "--budget-s", "60") == 0
    points = json.loads((out / "index.json").read_text())["points"]
    assert [point["status"] for point in points] == ["does_not_fit", "measured"]
    assert "GiB" in points[0]["message"]


def test_a_spent_budget_leaves_points_unmeasured_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "sweep"
    assert sweep(out, "--prompts", "4,8", "--budget-s", "4.9") == 7
    assert "too little for this point" in capsys.readouterr().err
    points = json.loads((out / "index.json").read_text())["points"]
    assert [point["status"] for point in points] == ["time_limit", "time_limit"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--precisions", "bf16,int3"], "int3"),
        (["--batches", "0"], "batch_size is 0"),
        (["--prompts", "4,100000"], "prompt_tokens is 100000"),
        (["--outputs", "4,9000"], "output_tokens is 9000"),
        (["--batches", ",".join(map(str, range(1, 202)))], "200 are the most"),
    ],
)
def test_a_wrong_point_is_told_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    assert sweep(tmp_path / "sweep", *options, "--budget-s", "60") == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "sweep").exists()


def test_an_old_sweep_is_not_mixed_with_a_new_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "index.json").write_text("{}")
    assert sweep(tmp_path, "--budget-s", "60") == 2
    assert "holds files already" in capsys.readouterr().err


def test_what_would_outlast_the_budget_is_not_begun_and_named(tmp_path: Path) -> None:
    out = tmp_path / "sweep"
    started = time.monotonic()
    varied = ["--prompts", "4", "--outputs", "2,8192", "--target-share", "0.5"]
    assert sweep(out, *varied, "--budget-s", "15") == 0
    assert time.monotonic() - started < 17.0
    first, second = json.loads((out / "index.json").read_text())["points"]
    assert (first["status"], second["status"]) == ("measured", "time_limit")
    assert second["output_tokens"] == 8192
    assert "it was not begun" in second["message"]


def test_points_that_are_done_are_left_out(tmp_path: Path) -> None:
    out = tmp_path / "sweep"
    varied = ["--batches", "1,2", "--prompts", "4", "--target-share", "0.5", "--budget-s", "60"]
    assert sweep(out, *varied, "--done", "bf16-b1-p4-o2") == 0
    index = json.loads((out / "index.json").read_text())
    assert [point["batch_size"] for point in index["points"]] == [2]
    assert index["request"]["done"] == ["bf16-b1-p4-o2"]


def test_progress_tells_which_run_of_how_many(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--prompts", "4,8", "--target-share", "0.5", "--budget-s", "60", "--json-progress"]
    assert sweep(tmp_path / "sweep", *options) == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    steps = [json.loads(line) for line in lines]
    assert "run 2 of 2, decode" in [step["phase"] for step in steps]
    shares = [step["done"] / step["total"] for step in steps]
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1


def test_a_heavier_point_takes_no_less_than_lighter_ones() -> None:
    light = ProbeSpec(preset="tiny", prompt_tokens=10, output_tokens=4, idle_s=1.0)
    pace = Pace()
    assert pace.least_s(light, 0.5) == 2 * 1.0 + 0.5 + 2 * (0.5 + 0.5)
    shape = {"iterations": 2, "duration_s": 4.0}
    pace.note(light, {"windows": [{"phase": phase, **shape} for phase in ("prefill", "decode")]})
    heavy = replace(light, prompt_tokens=20, output_tokens=40)  # 4 s a prompt, 20 s an answer
    assert pace.least_s(heavy, 0.5) == 2 * 1.0 + 24.0 + 2 * (4.0 + 20.0)
    assert pace.least_s(replace(light, prompt_tokens=5), 0.5) == 4.5
