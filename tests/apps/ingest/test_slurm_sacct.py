"""Jobs from sacct, in each dialect, with each trap."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ingest.errors import FileRejected
from apps.ingest.importers import slurm_sacct
from apps.ingest.record import Outcome, Rejected, Run
from lca.engine import Provenance
from tests.apps.ingest.mangling import bear, codes, found_in, mangled

HEADED = """\
JobIDRaw|JobName|User|State|Start|End|ElapsedRaw|AllocTRES|ConsumedEnergyRaw
10|train|ada|COMPLETED|2025-03-01T10:00:00|2025-03-01T12:00:00|7200|cpu=8,gres/gpu:h100=4,gres/gpu=4,node=1|7200000
10.batch|batch||COMPLETED|2025-03-01T10:00:00|2025-03-01T12:00:00|7200|cpu=8,gres/gpu=4|7200000
11|tune|ada|CANCELLED by 1000|2025-03-02T10:00:00+02:00|2025-03-02T11:00:00+02:00|3600|gres/gpu:a100=1|0
12|next|ada|RUNNING|2025-03-02T10:00:00|Unknown|60|gres/gpu=2|18446744073709551614
"""
PAIRS = 'v=0.1.0,JobID=7,JobIDRaw=7,State=TIMEOUT,ElapsedRaw=1800,"AllocTRES=cpu=1,gres/gpu=2",JobName=x\n'
FIXED = """\
JobID         AllocCPUS    Elapsed      State
------------ ---------- ---------- ----------
5                     1   00:30:00  COMPLETED
6                     1 1-00:00:00 CANCELLED+
"""
BARE = "|".join(
    ["8", "8", "u", "a", "FAILED"] + [""] * 7 + ["600"] + [""] * 16 + ["gres/gpu=1", "1", "n"]
)
SLURM_JSON = json.dumps(
    {
        "meta": {"Slurm": {"release": "23"}},
        "jobs": [
            {
                "job_id": 3,
                "name": "j",
                "user": "ada",
                "state": {"current": ["OUT_OF_MEMORY"]},
                "time": {"elapsed": 900, "start": 1740000000, "end": 1740000900},
                "tres": {"allocated": [{"type": "gres", "name": "gpu", "count": 4}]},
            }
        ],
    }
)
SONAR_JSON = json.dumps(
    {
        "meta": {"producer": "sonar"},
        "data": {
            "attributes": {
                "slurm_jobs": [
                    {
                        "job_id": 4,
                        "job_state": "COMPLETED",
                        "allocated_resources": "gres/gpu=1",
                        "sacct": {"ElapsedRaw": 3600},
                    },
                    {"job_id": 4, "job_step": "batch", "job_state": "COMPLETED"},
                ]
            }
        },
    }
)


def test_a_job_and_its_steps_are_one_run(tmp_path: Path) -> None:
    first, second, third = found_in(slurm_sacct, tmp_path, HEADED)
    assert isinstance(first, Run)
    assert (first.rows, first.line, first.external_id, first.name) == (2, 2, "10", "train")
    assert (first.gpu_count, first.gpu_model, first.gpu_hours) == (4, "h100", 8)
    assert first.energy_kwh == pytest.approx(2)
    assert first.provenance is Provenance.MEASURED
    assert codes(first) == {"time-without-zone", "gpus-listed-twice", "energy-of-node"}
    assert isinstance(second, Run)
    assert second.outcome is Outcome.FAILED
    assert second.started_at is not None
    assert second.started_at.isoformat() == "2025-03-02T08:00:00+00:00"
    assert "no-energy" in codes(second)
    assert isinstance(third, Run)
    assert third.energy_kwh is None
    assert {"still-running", "odd-energy"} <= codes(third)
    assert "ada" not in repr((first, second, third))


@pytest.mark.parametrize(
    ("text", "hours", "outcome"),
    [
        (PAIRS, 1.0, Outcome.FAILED),
        (BARE, 1 / 6, Outcome.FAILED),
        (SLURM_JSON, 1.0, Outcome.FAILED),
        (SONAR_JSON, 1.0, Outcome.FINISHED),
    ],
)
def test_each_dialect_gives_its_hours(
    tmp_path: Path, text: str, hours: float, outcome: Outcome
) -> None:
    (run,) = found_in(slurm_sacct, tmp_path, text)
    assert isinstance(run, Run)
    assert run.gpu_hours == pytest.approx(hours)
    assert run.outcome is outcome


def test_fixed_columns_show_what_is_cut(tmp_path: Path) -> None:
    first, second = found_in(slurm_sacct, tmp_path, FIXED)
    assert isinstance(first, Run)
    assert isinstance(second, Run)
    assert (first.duration_s, second.duration_s) == (1800, 86_400)
    assert first.gpu_hours is None
    assert second.outcome is Outcome.FAILED
    assert "value-cut" in codes(second)


def test_a_trailing_bar_is_no_column(tmp_path: Path) -> None:
    text = "JobID|State|Start|End|\n1|PENDING|Unknown|Unknown|\n"
    (run,) = found_in(slurm_sacct, tmp_path, text)
    assert isinstance(run, Run)
    assert (run.outcome, run.duration_s, run.started_at) == (Outcome.UNKNOWN, None, None)


@pytest.mark.parametrize("row", ["2|FAILED", "2|FAILED|1|2|3", "2|FAILED|-5", "2.batch|FAILED|5"])
def test_a_torn_or_impossible_row_is_refused_with_its_line(tmp_path: Path, row: str) -> None:
    found = found_in(slurm_sacct, tmp_path, f"JobIDRaw|State|ElapsedRaw\n1|FAILED|5\n{row}\n")
    assert isinstance(found[1], Rejected)
    assert found[1].line == 3
    assert found[1].why
    assert found[1].remedy


def test_times_outside_this_century_are_left_out(tmp_path: Path) -> None:
    text = "JobIDRaw|State|Start|End\n1|FAILED|1970-01-01T00:00:00|2999-01-01T00:00:00\n"
    (run,) = found_in(slurm_sacct, tmp_path, text)
    assert isinstance(run, Run)
    assert (run.started_at, run.ended_at, run.duration_s) == (None, None, None)
    assert "odd-time" in codes(run)


def test_another_file_named_as_sacct_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sacct.txt"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(FileRejected):
        list(slurm_sacct.read(path))


@given(
    st.sampled_from([HEADED, PAIRS, FIXED, BARE, SLURM_JSON, SONAR_JSON]).flatmap(
        lambda t: mangled(t.encode())
    )
)
def test_mangled_bytes_are_borne(content: bytes) -> None:
    bear(slurm_sacct, content)
