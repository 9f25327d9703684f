"""Tables that sum measured power up already: one row for each run, or one for each figure of a run."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from apps.ingest.importers._figures import duration, joules, kept
from apps.ingest.reading import figure, records
from apps.ingest.record import Boundary, Found, Note, Rejected, Run
from lca.engine import Provenance

ENERGY = re.compile(r"(?:total)?[ _]?energy[ _]?[\[(]?j(?:oules?)?[\])]?", re.IGNORECASE)
TIME = re.compile(r"(?:total)?[ _]?time[ _]?[\[(]?s(?:ec(?:onds)?)?[\])]?", re.IGNORECASE)
MOST_FIGURES = 10_000
METRICS = {"metric", "gpu_index", "value", "unit"}
GPUS_UNKNOWN = Note(code="gpus-unknown", text="The file does not say how many GPUs were measured.")


def kind_of(cells: Sequence[str]) -> str:
    """Name the kind of a table by its heading: ``metrics``, ``runs`` or nothing."""
    names = [cell.strip() for cell in cells]
    if {name.lower() for name in names} >= METRICS:
        return "metrics"
    is_runs = any(map(ENERGY.fullmatch, names)) and any(map(TIME.fullmatch, names))
    return "runs" if is_runs else ""


def read(kind: str, path: Path) -> Iterator[Found]:
    """Stream the runs of a table."""
    return _metrics(path) if kind == "metrics" else _runs(path)


def _runs(path: Path) -> Iterator[Found]:
    for line, row in records(path):
        energy_cell = next((cell for name, cell in row.items() if ENERGY.fullmatch(name)), None)
        seconds = duration(next((cell for name, cell in row.items() if TIME.fullmatch(name)), None))
        energy, note = joules(energy_cell)
        if energy is None or seconds is None or seconds < 0:
            why = note.text if note else "Its energy or its time is missing, negative or no number."
            yield Rejected(line=line, why=why, remedy="Correct or leave out the row.")
            continue
        labels = [cell for cell in list(row.values())[:3] if cell and figure(cell) is None]
        yield Run(
            line=line,
            name=" · ".join(labels)[:200],
            duration_s=seconds,
            energy_kwh=energy,
            energy_parts_kwh={"gpu": energy},
            pue_inside=1.0,
            boundary=Boundary.ACCELERATOR,
            provenance=Provenance.MEASURED,
            notes=kept(GPUS_UNKNOWN),
        )


def _metrics(path: Path) -> Iterator[Found]:
    figures: dict[tuple[str, str], float] = {}
    for line, row in records(path):
        values = {name.lower(): cell for name, cell in row.items()}
        value = figure(values.get("value"))
        if value is None or value < 0:
            yield Rejected(line=line, why="Its value is missing, negative or no number.")
        elif len(figures) < MOST_FIGURES:
            key = values.get("metric", "").upper(), values.get("gpu_index", "").upper()
            figures[key] = value * _scale(values.get("unit", ""))
    if figures:
        yield _of_metrics(figures)


def _scale(unit: str) -> float:
    return {"kj": 1e3, "mj": 1e-3, "wh": 3600.0, "kwh": 3.6e6, "ms": 1e-3, "min": 60.0}.get(
        unit.lower(), 1.0
    )


def _of_metrics(figures: dict[tuple[str, str], float]) -> Run:
    each = [
        value
        for (name, index), value in figures.items()
        if (name, index.isdigit()) == ("ENERGY", True)
    ]
    total = figures.get(("ENERGY_TOTAL", "ALL"), sum(each) if each else None)
    energy, note = joules(total)
    seconds = figures.get(("TIME", "ALL"))
    gpus = float(len({index for _, index in figures if index.isdigit()})) or None
    return Run(
        line=1,
        duration_s=seconds,
        energy_kwh=energy,
        energy_parts_kwh={} if energy is None else {"gpu": energy},
        pue_inside=None if energy is None else 1.0,
        gpu_count=gpus,
        gpu_hours=gpus * seconds / 3600 if gpus and seconds is not None else None,
        boundary=Boundary.ACCELERATOR,
        provenance=Provenance.SUPPLIED if energy is None else Provenance.MEASURED,
        notes=kept(note),
    )
