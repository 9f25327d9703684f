"""Carbontracker's stream of events, one JSON object a line: the record that ends each session."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from apps.ingest.reading import Head, figure, lines
from apps.ingest.record import Boundary, Found, Note, Outcome, Rejected, Run

NAME = "carbontracker_events"
TITLE = "Carbontracker events (JSON lines)"
END = "FinishedSession"
SPAN = "EventStats"
TOLERANCE = 10.0
TINY_KWH = 1e-9
SUSPICIOUS_KWH = 1e3


def score(head: Head) -> float:
    """By the type that each event names."""
    first = next((line for line in head.lines if line.strip()), "")
    return 0.9 if first.startswith("{") and '"__type__"' in first else 0.0


def read(path: Path) -> Iterator[Found]:
    """Yield a run for each finished session; one that contradicts its own spans is told to be impossible."""
    spans_kwh = 0.0
    for number, text in lines(path):
        if not text.strip():
            continue
        event = _event(text)
        if event is None:
            yield Rejected(
                line=number, why="It is no JSON object; the line is torn.", remedy="Leave it out."
            )
        elif event.get("__type__") == SPAN:
            spans_kwh += figure(_stats(event).get("power_usage_kwh")) or 0.0
        elif event.get("__type__") == END:
            yield _session(event, number, spans_kwh)
            spans_kwh = 0.0


def _event(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _stats(event: dict[str, Any]) -> dict[str, Any]:
    found = event.get("stats")
    return found if isinstance(found, dict) else {}


def _session(event: dict[str, Any], line: int, spans_kwh: float) -> Found:
    stats = _stats(event)
    energy, grams = (
        figure(stats.get("total_power_usage_kwh")),
        figure(stats.get("total_emissions_g")),
    )
    if energy is None or energy < 0:
        return Rejected(line=line, why="The session states no energy.")
    duration = figure(stats.get("duration_s"))
    is_impossible = energy > TINY_KWH and (duration == 0 or _contradicts(energy, spans_kwh))
    notes: tuple[Note, ...] = ()
    if is_impossible:
        text = f"The session states {energy:.4g} kWh; its spans add up to {spans_kwh:.4g} kWh in {duration or 0:g} s. It is not added up."
        notes = (Note(code="impossible-total", text=text),)
    return Run(
        line=line,
        name="Carbontracker session",
        ended_at=_moment(event.get("timestamp")),
        duration_s=duration,
        energy_kwh=energy,
        emissions_kg=None if grams is None else grams / 1000,
        outcome=Outcome.FINISHED,
        boundary=Boundary.NODE,
        tool="Carbontracker",
        notes=notes,
        is_impossible=is_impossible,
    )


def _contradicts(energy: float, spans_kwh: float) -> bool:
    """Whether a total is far beyond what its spans add up to; spans leave out what lies between them."""
    return spans_kwh > 0 and energy > TOLERANCE * spans_kwh and energy > SUSPICIOUS_KWH


def _moment(cell: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(cell or ""))
    except ValueError:
        return None
