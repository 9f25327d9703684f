"""eco2AI's table: one row a run, units in the names of columns, ``kWTh`` for kWh in old versions."""

import re
from collections.abc import Iterator
from pathlib import Path

from apps.ingest.reading import Head, figure, records
from apps.ingest.record import Boundary, Found, Outcome, Rejected, Run

NAME = "eco2ai"
TITLE = "eco2AI, emission.csv"
ENERGY = re.compile(r"power_consumption\s*\(k\w*h\)", re.IGNORECASE)
EMISSIONS = re.compile(r"co2_emissions\s*\(kg\)", re.IGNORECASE)
DURATION = re.compile(r"(time|duration)\s*\(s\)", re.IGNORECASE)


def score(head: Head) -> float:
    """By its columns of energy and emissions."""
    columns = head.columns
    return (
        0.9
        if any(map(ENERGY.fullmatch, columns)) and any(map(EMISSIONS.fullmatch, columns))
        else 0.0
    )


def read(path: Path) -> Iterator[Found]:
    """Stream one run a row."""
    for line, row in records(path):
        energy, duration = _of(row, ENERGY), _of(row, DURATION)
        if energy is None or energy < 0 or (duration or 0.0) < 0:
            yield Rejected(
                line=line, why="It has no energy that can be.", remedy="Leave the row out."
            )
            continue
        yield Run(
            line=line,
            external_id=row.get("id", ""),
            name=row.get("project_name", ""),
            duration_s=duration,
            energy_kwh=energy,
            emissions_kg=_of(row, EMISSIONS),
            outcome=Outcome.FINISHED,
            boundary=Boundary.NODE,
            tool="eco2AI",
        )


def _of(row: dict[str, str], name: re.Pattern[str]) -> float | None:
    return next((figure(cell) for key, cell in row.items() if name.fullmatch(key)), None)
