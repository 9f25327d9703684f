"""A table of runs that somebody keeps by hand or exports: plain names of columns, units in the names."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from apps.ingest.reading import Head, delimiter, figure, head_of, records
from apps.ingest.record import Boundary, Found, Note, Outcome, Rejected, Run

NAME = "plain_csv"
TITLE = "Table of runs (CSV)"
TEXTS = {
    "external_id": ("id", "run_id", "job_id"),
    "name": ("name", "run", "run_name", "job", "job_name", "experiment"),
    "gpu_model": ("gpu", "gpu_model", "accelerator"),
    "country": ("country_iso_code", "country_code"),
    "region": ("region",),
}
TIMES = {
    "started_at": ("start", "started", "started_at", "start_time"),
    "ended_at": ("end", "ended", "ended_at", "end_time"),
}
NUMBERS: dict[str, dict[str, float]] = {  # names of a column, and what turns it into the field's unit
    "energy_kwh": {"energy_kwh": 1, "kwh": 1, "energy_wh": 1e-3, "energy_mwh": 1e3, "energy_j": 1 / 3.6e6},
    "emissions_kg": {"emissions_kg": 1, "kg_co2e": 1, "co2_kg": 1, "co2e_kg": 1, "co2_g": 1e-3, "emissions_g": 1e-3},
    "gpu_hours": {"gpu_hours": 1, "gpu_h": 1, "accelerator_hours": 1},
    "gpu_count": {"gpu_count": 1, "gpus": 1, "n_gpus": 1},
    "duration_s": {"duration_s": 1, "seconds": 1, "duration_min": 60, "duration_h": 3600, "hours": 3600},
    "pue_inside": {"pue": 1},
}  # fmt: skip
OUTCOMES = {
    Outcome.FINISHED: {"finished", "completed", "complete", "success", "succeeded", "ok", "done"},
    Outcome.FAILED: {
        "failed", "failure", "error", "crashed", "killed", "timeout", "cancelled", "canceled",
        "abandoned", "aborted", "oom",
    },
}  # fmt: skip
OUTCOME_NAMES = ("outcome", "state", "status", "result")
DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(.*)")


def score(head: Head) -> float:
    """Low, so that any format with a name of its own goes first."""
    columns = set(head.columns)
    amounts = {*NUMBERS["energy_kwh"], *NUMBERS["gpu_hours"]} & columns
    named = {*TEXTS["name"], *TEXTS["external_id"], *TIMES["started_at"]} & columns
    return 0.2 if amounts and named else 0.0


def read(path: Path) -> Iterator[Found]:
    """Stream one run a row."""
    has_comma = delimiter(next(iter(head_of(path).lines), "")) == ";"
    for line, cells in records(path):
        row = {name.lower(): cell for name, cell in cells.items() if cell}
        try:
            yield _run(line, row, has_comma=has_comma)
        except _WrongCell as error:
            yield Rejected(line=line, why=str(error), remedy="Correct it and send the file again.")


class _WrongCell(ValueError):
    """A cell that says nothing usable."""


def _run(line: int, row: Mapping[str, str], *, has_comma: bool) -> Run:
    if "" in row:
        msg = f"It has more cells than the heading: “{row[''][:40]}”."
        raise _WrongCell(msg)
    numbers = {field: _number(row, names, has_comma=has_comma) for field, names in NUMBERS.items()}
    texts = {field: _first(row, names) for field, names in TEXTS.items()}
    times = {field: _moment(_first(row, names)) for field, names in TIMES.items()}
    if numbers["energy_kwh"] is None and numbers["gpu_hours"] is None:
        numbers["gpu_hours"] = _gpu_hours(numbers)
    if numbers["energy_kwh"] is None and numbers["gpu_hours"] is None:
        raise _WrongCell("It has neither energy nor GPU-hours.")
    if (
        (start := times["started_at"])
        and (end := times["ended_at"])
        and _naive(end) < _naive(start)
    ):
        raise _WrongCell("It ends before it starts.")
    notes = () if numbers["pue_inside"] or numbers["energy_kwh"] is None else (
        Note(code="pue-not-stated", text="The file does not say whether a PUE is in the energy; it is taken as without."),
    )  # fmt: skip
    found: dict[str, Any] = {**numbers, **texts, **times}
    return Run(
        line=line,
        outcome=_outcome(_first(row, OUTCOME_NAMES)),
        boundary=Boundary.UNKNOWN,
        tool="table",
        notes=notes,
        **found,
    )


def _first(row: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((row[name] for name in names if name in row), "")


def _number(row: Mapping[str, str], names: Mapping[str, float], *, has_comma: bool) -> float | None:
    name = next((name for name in names if name in row), "")
    if not name:
        return None
    cell = row[name]
    if has_comma and DECIMAL_COMMA.fullmatch(cell):
        cell = cell.replace(",", ".")
    value = figure(cell)
    if value is None or value < 0:
        msg = f"“{row[name][:40]}” in column {name} is not a number from 0."
        raise _WrongCell(msg)
    return value * names[name]


def _gpu_hours(numbers: Mapping[str, float | None]) -> float | None:
    count, seconds = numbers["gpu_count"], numbers["duration_s"]
    return count * seconds / 3600 if count is not None and seconds is not None else None


def _moment(cell: str) -> datetime | None:
    if not cell:
        return None
    if found := GERMAN_DATE.fullmatch(cell):
        day, month, year, rest = found.groups()
        cell = f"{year}-{month:>02}-{day:>02}{rest}"
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        msg = f"“{cell[:40]}” is not a time such as 2026-03-01 12:00."
        raise _WrongCell(msg) from None


def _naive(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def _outcome(cell: str) -> Outcome:
    word = cell.strip().lower()
    return next((outcome for outcome, words in OUTCOMES.items() if word in words), Outcome.UNKNOWN)
