"""Rows of a table as runs: which column is what, in which unit, and how figures and dates are written."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from apps.ingest.reading import figure, records
from apps.ingest.record import Boundary, Found, Note, Outcome, Rejected, Run

TEXTS = ("external_id", "name", "gpu_model", "country", "region")
TIMES = ("started_at", "ended_at")
UNITS: dict[str, dict[str, float]] = {  # of a field's figures, and what turns each into the field's own
    "energy_kwh": {"kWh": 1, "Wh": 1e-3, "MWh": 1e3, "J": 1 / 3.6e6, "kJ": 1 / 3.6e3, "MJ": 1 / 3.6},
    "emissions_kg": {"kg CO2e": 1, "g CO2e": 1e-3, "t CO2e": 1e3},
    "gpu_hours": {"h": 1, "min": 1 / 60, "s": 1 / 3600},
    "gpu_count": {"": 1},
    "duration_s": {"s": 1, "min": 60, "h": 3600, "d": 86_400, "ms": 1e-3},
    "pue_inside": {"": 1},
}  # fmt: skip
OUTCOMES = {
    Outcome.FINISHED: {"finished", "completed", "complete", "success", "succeeded", "ok", "done"},
    Outcome.FAILED: {
        "failed", "failure", "error", "crashed", "killed", "timeout", "cancelled", "canceled",
        "abandoned", "aborted", "oom",
    },
}  # fmt: skip
DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(.*)")
SPLIT = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{2,4})[ T]*(.*)")
LONG_YEAR = 4
GROUPS = {".": re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?"), ",": re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?")}  # fmt: skip
COMMA = re.compile(r"-?\d+,\d+")
SPACES = str.maketrans("", "", " \u00a0\u202f'’")
FIRST_YEAR, LAST_YEAR = 2000, 2100
PUE_NOT_STATED = Note(
    code="pue-not-stated",
    text="The file does not say whether a PUE is in the energy; it is taken as without.",
)


@attrs.frozen(kw_only=True)
class Column:
    """A column with figures: its name, lower case, and as it is written; what turns them into the field's unit."""

    name: str
    scale: float = 1.0
    title: str = ""


@attrs.frozen(kw_only=True)
class Layout:
    """Which column is what; names are lower case.

    ``dates`` is ``auto``, ``dmy``, ``mdy``, ``ymd`` or ``epoch``; ``decimal`` the mark of figures or ``auto``; ``zone`` the clock of times that name none; empty where they are taken as they stand.
    """

    texts: Mapping[str, str]
    times: Mapping[str, str]
    numbers: Mapping[str, Column]
    outcome: str = ""
    decimal: str = "."
    dates: str = "auto"
    zone: str = ""


class WrongCell(ValueError):
    """A cell that says nothing usable."""


def runs(path: Path, layout: Layout) -> Iterator[Found]:
    """Stream one run a row; a row that cannot be used is refused with the cell and the reason."""
    for line, cells in records(path):
        row = {name.lower(): cell for name, cell in cells.items() if cell}
        try:
            yield _run(line, row, layout)
        except WrongCell as error:
            yield Rejected(line=line, why=str(error), remedy="Correct it and send the file again.")


def _run(line: int, row: Mapping[str, str], layout: Layout) -> Run:
    if "" in row:
        msg = f"It has more cells than the heading: “{row[''][:40]}”."
        raise WrongCell(msg)
    numbers = {
        field: number(row, column, layout.decimal) for field, column in layout.numbers.items()
    }
    times = {field: moment(row.get(name, ""), layout) for field, name in layout.times.items()}
    if numbers.get("energy_kwh") is None and numbers.get("gpu_hours") is None:
        numbers["gpu_hours"] = _gpu_hours(numbers)
    if numbers.get("energy_kwh") is None and numbers.get("gpu_hours") is None:
        raise WrongCell("It has neither energy nor GPU-hours.")
    start, end = times.get("started_at"), times.get("ended_at")
    if start and end and _naive(end) < _naive(start):
        raise WrongCell("It ends before it starts.")
    is_silent = numbers.get("pue_inside") or numbers.get("energy_kwh") is None
    texts = {field: row.get(name, "") for field, name in layout.texts.items()}
    found: dict[str, Any] = {**numbers, **times, **texts}
    return Run(
        line=line,
        outcome=outcome_of(row.get(layout.outcome, "")),
        boundary=Boundary.UNKNOWN,
        tool="table",
        notes=() if is_silent else (PUE_NOT_STATED,),
        **found,
    )


def number(row: Mapping[str, str], column: Column, decimal: str) -> float | None:
    """A figure from nought of a row, in the field's unit; ``None`` where its cell is empty.

    Raises
    ------
    WrongCell
        If it is no such figure.
    """
    cell = row.get(column.name)
    if cell is None:
        return None
    value = figure(plain(cell, decimal))
    if value is None or value < 0:
        msg = f"“{cell[:40]}” in column {column.title or column.name} is not a number from 0."
        raise WrongCell(msg)
    return value * column.scale


def plain(cell: str, decimal: str) -> str:
    """A figure as people write it, with groups of thousands and their decimal mark, as a program does.

    With a mark that is declared, ``1.500`` is fifteen hundred where that is a comma, and ``1.5`` is no number at all. Where
    it is not (``auto``), a single comma between digits is the mark, and points are.
    """
    text = cell.translate(SPACES)
    if decimal == "auto":
        return text.replace(",", ".") if COMMA.fullmatch(text) else text
    other = "," if decimal == "." else "."
    if GROUPS[decimal].fullmatch(text):
        text = text.replace(other, "")
    return (
        text.replace(",", ".") if decimal == "," and other not in text else text.replace(other, "?")
    )


def _gpu_hours(numbers: Mapping[str, float | None]) -> float | None:
    count, seconds = numbers.get("gpu_count"), numbers.get("duration_s")
    return count * seconds / 3600 if count is not None and seconds is not None else None


def moment(cell: str, layout: Layout) -> datetime | None:
    """A time as the layout writes it.

    Raises
    ------
    WrongCell
        If it is none.
    """
    if not cell:
        return None
    try:
        at = _epoch(cell) if layout.dates == "epoch" else datetime.fromisoformat(_iso(cell, layout))
    except (ValueError, OverflowError, OSError):
        msg = f"“{cell[:40]}” is not a time such as {EXAMPLES[layout.dates]}."
        raise WrongCell(msg) from None
    if at.tzinfo is None and layout.zone:
        at = at.replace(tzinfo=ZoneInfo(layout.zone)).astimezone(UTC)
    return at


EXAMPLES = {
    "auto": "2026-03-01 12:00",
    "ymd": "2026-03-01 12:00",
    "dmy": "1.3.2026 12:00",
    "mdy": "3/1/2026 12:00",
    "epoch": "1772366400 (seconds since 1970)",
}


def _epoch(cell: str) -> datetime:
    return datetime.fromtimestamp(float(cell), UTC)


def _iso(cell: str, layout: Layout) -> str:
    """A date in the order of ISO 8601."""
    pattern = DOTTED if layout.dates == "auto" else SPLIT
    found = pattern.fullmatch(cell.strip())
    if layout.dates == "ymd" or not found:
        return cell
    first, second, third, rest = found.groups()
    if len(first) == LONG_YEAR:
        return cell
    day, month = (second, first) if layout.dates == "mdy" else (first, second)
    year = third if len(third) == LONG_YEAR else f"20{third}"
    time = f" {rest.strip()}" if rest.strip() else ""
    return f"{year}-{month:>02}-{day:>02}{_clock(time)}"


def _clock(time: str) -> str:
    """A time of day with two digits of the hour."""
    return re.sub(r"^ (\d):", r" 0\1:", time)


def _naive(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def outcome_of(cell: str) -> Outcome:
    """How a run ended, by the word for it."""
    word = cell.strip().lower()
    return next((outcome for outcome, words in OUTCOMES.items() if word in words), Outcome.UNKNOWN)
