"""Benchmarks that print CodeCarbon's energies stage by stage, a row for each setting: columns ``energy_<stage>_<part>``."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from apps.ingest.reading import Head, figure, records
from apps.ingest.record import Boundary, Found, Note, Outcome, Rejected, Run

NAME = "codecarbon_stages"
TITLE = "CodeCarbon, energies by stage"
ENERGY = re.compile(r"energy_(?P<stage>\w+)_(?P<part>cpu|gpu|ram)")
FEWEST = 3


def score(head: Head) -> float:
    """By several columns of energy, each of a stage and a part."""
    return 0.6 if sum(map(bool, map(ENERGY.fullmatch, head.columns))) >= FEWEST else 0.0


def read(path: Path) -> Iterator[Found]:
    """Stream a run for each row: the sum of the stages that it has."""
    for line, row in records(path):
        parts = _parts(row)
        if not parts:
            yield Rejected(line=line, why="No stage has an energy.", remedy="Leave the row out.")
            continue
        text = "The sum of the stages that the row has; an empty stage is one that did not run."
        yield Run(
            line=line,
            name=row.get("model_name", ""),
            energy_kwh=sum(parts.values()),
            energy_parts_kwh=parts,
            gpu_model=row.get("gpu_model", ""),
            gpu_count=figure(row.get("gpu_count")) or None,
            outcome=Outcome.FINISHED,
            boundary=Boundary.NODE,
            tool="CodeCarbon",
            notes=(Note(code="stages-added", text=text),),
        )


def _parts(row: Mapping[str, str]) -> dict[str, float]:
    """Energy of each part over all stages, in kWh."""
    found: dict[str, float] = {}
    for name, cell in row.items():
        match, value = ENERGY.fullmatch(name.lower()), figure(cell)
        if match and value is not None and value >= 0:
            found[match["part"]] = found.get(match["part"], 0.0) + value
    return found
