"""What the records of CodeCarbon mean, whichever file they stand in."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apps.ingest.reading import figure
from apps.ingest.record import Boundary, Note, Outcome, Run

SECONDS_PER_HOUR = 3600.0
COUNTED = re.compile(r"^\s*(\d+)\s*x\s*", re.IGNORECASE)
QUEBEC = (46.8, -71.2)
BOUNDARIES = {"machine": Boundary.NODE, "process": Boundary.PROCESS}
PARTS = {"cpu": "cpu_energy", "gpu": "gpu_energy", "ram": "ram_energy"}
LONGEST_S = 3.2e8  # ten years
MOST_KWH = 1e12
NOT_SAID = {"", "none", "nan", "null"}

FALLBACK = Note(
    code="quebec-fallback",
    text="The place is where CodeCarbon falls back to without a network, Quebec, whose electricity is almost"
    " all hydropower. Only the energy was taken over; check the place.",
)


class Unusable(ValueError):
    """A record without a usable amount; the text says why."""


def identifier(row: Mapping[str, Any]) -> str:
    """The run's own id: ``run_id``, or in files of version 1 ``experiment_id``; empty where neither is said."""
    key = "run_id" if "run_id" in row else "experiment_id"
    value = str(row.get(key) or "").strip()
    return "" if value.lower() in NOT_SAID else value


def run_of(row: Mapping[str, Any], line: int, *, rows: int = 1) -> Run:
    """Make a run of one record.

    Raises
    ------
    Unusable
        Without energy or duration, or with figures that cannot be.
    """
    energy, duration = amount(row, "energy_consumed", MOST_KWH), amount(row, "duration", LONGEST_S)
    count = figure(row.get("gpu_count")) or None
    ended = moment(row.get("timestamp"))
    emissions = figure(row.get("emissions"))
    return Run(
        line=line,
        rows=rows,
        external_id=identifier(row),
        experiment=_text(row.get("experiment_id")),
        name=_text(row.get("project_name")),
        ended_at=ended,
        duration_s=duration,
        energy_kwh=energy,
        energy_parts_kwh={
            part: value
            for part, name in PARTS.items()
            if (value := figure(row.get(name))) is not None
        },
        pue_inside=figure(row.get("pue")) or None,
        emissions_kg=emissions,
        gpu_model=COUNTED.sub("", _text(row.get("gpu_model"))),
        gpu_count=count,
        gpu_hours=count * duration / SECONDS_PER_HOUR if count else None,
        country=_text(row.get("country_iso_code"))[:3].upper(),
        region=_text(row.get("region")),
        outcome=Outcome.FINISHED,
        boundary=BOUNDARIES.get(_text(row.get("tracking_mode")).lower(), Boundary.UNKNOWN),
        tool=f"CodeCarbon {_text(row.get('codecarbon_version'))}".strip(),
        notes=tuple(_notes(row, emissions, duration)),
    )


def amount(row: Mapping[str, Any], name: str, most: float) -> float:
    """A figure that a record must have: a number from 0 that can be."""
    value = figure(row.get(name))
    if value is None:
        cell = str(row.get(name) or "").strip()
        msg = f"{name} is “{cell[:40]}”, not a number." if cell else f"{name} is empty."
        raise Unusable(msg)
    if not 0 <= value <= most:
        msg = f"{name} is {value:g}, which cannot be."
        raise Unusable(msg)
    return value


def moment(cell: Any) -> datetime | None:
    """A time as CodeCarbon writes it, local and without zone in files."""
    try:
        return datetime.fromisoformat(str(cell or "").strip())
    except ValueError:
        return None


def _text(cell: Any) -> str:
    value = str(cell if cell is not None else "").strip()
    return "" if value.lower() in NOT_SAID else value


def _notes(row: Mapping[str, Any], emissions: float | None, duration: float) -> list[Note]:
    place = (figure(row.get("latitude")), figure(row.get("longitude")))
    notes = []
    if place == QUEBEC and _text(row.get("region")).lower() == "quebec":
        notes.append(FALLBACK)
    rate = figure(row.get("emissions_rate"))
    if emissions and rate and duration and rate / (emissions / duration) > 100:  # noqa: PLR2004  1 or 1000
        text = (
            "The rate is in g/s, as versions before 2.2 wrote it; emissions are in kg all the same."
        )
        notes.append(Note(code="rate-in-grams", text=text))
    return notes
