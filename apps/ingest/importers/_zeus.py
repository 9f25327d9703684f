"""Runs of Zeus and ML.ENERGY: measured stretches of time, and means that are never added up."""

from typing import Any

from apps.ingest.importers._figures import JOULES_PER_KWH, MOST_JOULES
from apps.ingest.reading import figure
from apps.ingest.record import Boundary, Note, Rejected, Run
from lca.engine import Provenance

AVERAGE = Note(
    code="average",
    text="Its energy is the mean of one request; it is shown and not added up.",
)
GPUS_ONLY = Note(code="gpus-only", text="Its energy is that of the GPUs alone.")


def energy(cell: Any) -> float | None:
    """Read an energy, a time or another figure that is never negative."""
    value = figure(cell)
    return value if value is not None and 0 <= value <= MOST_JOULES else None


def refused(line: int) -> Rejected:
    """Refuse a row."""
    why = "Its energy or its time is missing, negative or no number."
    return Rejected(line=line, why=why, remedy="Correct or leave out the row.")


def run_of(line: int, joules: float | None, **fields: Any) -> Run:
    """Make a run from its joules."""
    kwh = None if joules is None else joules / JOULES_PER_KWH
    parts = {} if kwh is None else {"gpu": kwh}
    defaults = {
        "energy_parts_kwh": parts,
        "pue_inside": None if kwh is None else 1.0,
        "boundary": Boundary.ACCELERATOR,
        "provenance": Provenance.SUPPLIED if kwh is None else Provenance.MEASURED,
        "tool": "zeus",
    }
    return Run(line=line, energy_kwh=kwh, **(defaults | fields))


def positive(**cells: Any) -> dict[str, float]:
    """Keep those of several figures that can be."""
    found = {name: energy(cell) for name, cell in cells.items()}
    return {name: value for name, value in found.items() if value is not None}


def average(line: int, model: Any, joules: float, facts: dict[str, float], **fields: Any) -> Run:
    """Make a run that is a mean, which is never added up."""
    return run_of(
        line,
        joules,
        name=str(model or "")[:200],
        facts=facts,
        notes=(AVERAGE, GPUS_ONLY),
        is_alternative=True,
        **fields,
    )


def measurement(line: int, joules: list[float], seconds: float, name: str, **fields: Any) -> Run:
    """Make a run from the joules of each GPU over a stretch of time."""
    fields = {"notes": (GPUS_ONLY,)} | fields
    return run_of(
        line,
        sum(joules),
        name=name[:200],
        duration_s=seconds,
        gpu_count=float(len(joules)),
        gpu_hours=len(joules) * seconds / 3600,
        **fields,
    )
