"""Every real file of the shared samples gives the facts that its index states."""

import csv
import os
from pathlib import Path

import pytest

from apps.ingest.errors import FileRejected
from apps.ingest.importers import detect
from apps.ingest.summary import summarise

SAMPLES = Path(__file__).resolve().parents[3].parent / "shared" / "samples"
INDEX = SAMPLES / "INDEX.csv"
# Where the index counts samples or rows, not runs.
COUNTED_IN_ROWS = {"gpu_power_log", "other_trackers"}
# What is not right yet, and why; an entry that has become right fails.
NOT_YET: dict[str, str] = {
    "prometheus/DataDog__integrations-core__payload.txt": (
        "the index counts failed requests, which are no runs; they are the figure failed_requests"
    ),
}


def index() -> list[dict[str, str]]:
    if not INDEX.is_file():
        return []
    with INDEX.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["kind"] not in {"routing", "traces"}]


def test_the_samples_are_there() -> None:
    if not INDEX.is_file() and not os.environ.get("CI"):
        pytest.skip("the shared samples are not beside this checkout")
    assert len(index()) > 100


def named(row: dict[str, str]) -> object:
    why = NOT_YET.get(row["file"])
    marks = [pytest.mark.xfail(reason=why, strict=True)] if why else []
    return pytest.param(row, id=row["file"], marks=marks)


@pytest.mark.parametrize("row", [named(row) for row in index()])
def test_a_sample_gives_the_facts_of_the_index(row: dict[str, str]) -> None:
    path = SAMPLES / row["file"]
    if row["expected_runs"] == "0":
        with pytest.raises(FileRejected):
            summarise(detect(path).read(path))
        return
    found = summarise(detect(path).read(path))
    counted = found.rows_accepted if row["kind"] in COUNTED_IN_ROWS else found.runs
    assert counted == int(row["expected_runs"])
    if "IMPOSSIBLE" in row["note"]:  # flagged, never summed
        assert found.energy_kwh is None
        return
    for column, value in (
        ("expected_energy_kwh", found.energy_kwh),
        ("expected_emissions_kg", found.emissions_kg),
        ("expected_gpu_hours", found.gpu_hours),
        ("expected_failed", (found.failed or 0) + found.rows_rejected),  # the index counts both
    ):
        if row[column]:
            assert (value or 0.0) == pytest.approx(float(row[column]), rel=1e-6), column
