"""Logs of trainers in each dialect."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ingest.importers import trainer_log
from apps.ingest.record import Outcome, Rejected, Run
from tests.apps.ingest.mangling import bear, codes, found_in, mangled


def event(key: str, time_ms: int, value: object = None, **metadata: object) -> str:
    content = {"time_ms": time_ms, "key": key, "value": value, "metadata": metadata}
    return f":::MLLOG {json.dumps(content)}\n"


T = 1_778_087_925_000
MLPERF = (
    event("init_start", T)
    + event("submission_benchmark", T, "llama")
    + event("submission_poc_email", T, "secret@example.org")
    + event("submission_platform", T, "DGX")
    + event("run_start", T + 1000)
    + event("init_start", T + 5000)
    + event("init_start", T + 5000)
    + event("run_start", T + 6000)
    + event("run_stop", T + 6000 + 3_600_000, status="success")
)
NANOGPT = """\
|   0  NVIDIA H100 80GB HBM3          On  |   00000000:61:00.0 Off |                    0 |
|   1  NVIDIA H100 80GB HBM3          On  |   00000000:62:00.0 Off |                    0 |
step:1/2 train_time:1800ms step_avg:nanms
step:2/2 val_loss:3.2 train_time:3600ms step_avg:1ms
"""
LLMC = "s:0 tel:10.9\ns:0 trl:10.9\ns:1 trl:9.8\n"
MEGATRON = " iteration       10/     20 | consumed samples: 1 | elapsed time per iteration (ms): 500.0 | x\n iteration       20/     20 | elapsed time per iteration (ms): 500.0 |\n"
NEMO = "[NeMo W 2026-05-28 19:00:00 nemo_logging:405] a\n[NeMo I 2026-05-28 19:10:00 nemo_logging:393] b\n"
HF = "{'loss': 1.2, 'epoch': 0.5}\n{'train_runtime': 120.5, 'train_loss': 1.1}\n"
ALL = [MLPERF, NANOGPT, LLMC, MEGATRON, NEMO, HF]


def only(folder: Path, text: str) -> Run:
    (run,) = found_in(trainer_log, folder, text)
    assert isinstance(run, Run)
    return run


def test_an_aborted_run_before_a_whole_one_is_a_run_of_its_own(tmp_path: Path) -> None:
    aborted, whole = found_in(trainer_log, tmp_path, MLPERF)
    assert isinstance(aborted, Run)
    assert isinstance(whole, Run)
    assert (aborted.outcome, aborted.gpu_hours, aborted.line) == (Outcome.FAILED, None, 1)
    assert {"no-end", "platform-claimed"} <= codes(aborted)
    assert (whole.outcome, whole.gpu_count, whole.gpu_hours) == (Outcome.FINISHED, 2, 2)
    assert whole.name == "llama"
    assert "secret" not in repr((aborted, whole))


def test_a_running_clock_is_read_at_its_end(tmp_path: Path) -> None:
    run = only(tmp_path, NANOGPT)
    assert (run.duration_s, run.gpu_count, run.gpu_model) == (3.6, 2, "NVIDIA H100 80GB HBM3")
    assert run.gpu_hours == pytest.approx(0.002)
    assert run.outcome is Outcome.FINISHED
    assert "clock-paused" in codes(run)


@pytest.mark.parametrize(
    ("text", "seconds", "code"),
    [
        (LLMC, None, "no-duration"),
        (MEGATRON, 10, "gpus-unknown"),
        (NEMO, 600, "from-stamps"),
        (HF, 120.5, "gpus-unknown"),
    ],
)
def test_each_dialect_gives_what_it_knows(
    tmp_path: Path, text: str, seconds: float | None, code: str
) -> None:
    run = only(tmp_path, text)
    assert run.duration_s == (None if seconds is None else pytest.approx(seconds))
    assert run.gpu_hours is None
    assert code in codes(run)


@pytest.mark.parametrize("line", [":::MLLOG {torn", ":::MLLOG {torn}"])
def test_a_torn_event_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    found = found_in(trainer_log, tmp_path, f"{line}\n{MLPERF}")
    assert isinstance(found[0], Rejected)
    assert found[0].line == 1


def test_a_run_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    text = event("run_start", T) + event("run_stop", T - 1000)
    (refused,) = found_in(trainer_log, tmp_path, text)
    assert isinstance(refused, Rejected)
    assert refused.rows == 2


@given(st.sampled_from(ALL).flatmap(lambda text: mangled(text.encode())))
def test_mangled_bytes_are_borne(content: bytes) -> None:
    bear(trainer_log, content)
