"""Runs of Weights & Biases."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ingest.importers import wandb
from apps.ingest.record import Outcome, Rejected, Run
from tests.apps.ingest.mangling import bear, codes, found_in, mangled

EXPORT = """\
"Name","State","User","Created","Runtime","ID","GPU Count","GPU Type"
"a","finished","ada","2026-05-25T14:08:33.000Z","3600","x1","4","H100"
"b","crashed","ada","2026-05-25T14:08:33.000Z","60","x2","",""
"""
BARE = '"Name","model","loss"\n"a","gcn","0.5"\n'
SUMMARY = json.dumps(
    {
        "_wandb": {"runtime": 60},
        "_runtime": 1.5,
        "_step": 9,
        "_timestamp": 1731667482.0,
        "text": "secret",
    }
)
METADATA = json.dumps(
    {
        "startedAt": "2026-05-19T08:53:54Z",
        "email": "secret@example.org",
        "host": "secret",
        "cpu_count": 8,
        "codePath": "train.py",
        "executable": "/home/secret/python",
        "gpu": "NVIDIA A5000",
        "gpu_count": 2,
        "gpu_nvidia": [{"name": "NVIDIA A5000"}, {"name": "NVIDIA A5000"}],
    }
)
HISTORY = """\
_timestamp,system.gpu.0.powerWatts,system.gpu.1.powerWatts,system.gpu.process.0.powerWatts
1731667400,100,200,100
1731667415,100,200,100
1731667436,100,200,100
"""
ALL = [EXPORT, BARE, SUMMARY, METADATA, HISTORY]


def runs(folder: Path, text: str) -> list[Run]:
    found = found_in(wandb, folder, text)
    return [run for run in found if isinstance(run, Run)]


def test_an_export_gives_hours_and_outcomes(tmp_path: Path) -> None:
    first, second = runs(tmp_path, EXPORT)
    assert (first.name, first.external_id, first.gpu_hours) == ("a", "x1", 4)
    assert (first.outcome, second.outcome) == (Outcome.FINISHED, Outcome.FAILED)
    assert second.gpu_hours is None
    assert "ada" not in repr(first)


def test_an_export_without_times_says_so(tmp_path: Path) -> None:
    (run,) = runs(tmp_path, BARE)
    assert run.duration_s is None
    assert codes(run) == {"no-duration"}


def test_a_summary_with_two_running_times_says_so(tmp_path: Path) -> None:
    (run,) = runs(tmp_path, SUMMARY)
    assert (run.duration_s, run.facts) == (60, {"steps": 9})
    assert "runtimes-disagree" in codes(run)
    assert "secret" not in repr(run)


def test_metadata_gives_what_it_ran_on_and_nobody(tmp_path: Path) -> None:
    (run,) = runs(tmp_path, METADATA)
    assert (run.gpu_model, run.gpu_count, run.gpu_hours) == ("NVIDIA A5000", 2, None)
    assert "secret" not in repr(run)


def test_a_history_of_power_counts_each_gpu_once(tmp_path: Path) -> None:
    (run,) = runs(tmp_path, HISTORY)
    assert run.energy_kwh == pytest.approx(300 * 36 / 3.6e6)
    assert run.gpu_hours == pytest.approx(0.02)
    assert "sampled" in codes(run)


@pytest.mark.parametrize("runtime", ["-5", "18446744073709551614"])
def test_a_running_time_that_cannot_be_is_refused(tmp_path: Path, runtime: str) -> None:
    text = f"Name,State,Runtime\na,finished,{runtime}\n"
    (refused,) = found_in(wandb, tmp_path, text)
    assert isinstance(refused, Rejected)
    assert refused.line == 2


@given(st.sampled_from(ALL).flatmap(lambda text: mangled(text.encode())))
def test_mangled_bytes_are_borne(content: bytes) -> None:
    bear(wandb, content)
