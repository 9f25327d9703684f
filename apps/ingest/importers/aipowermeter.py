"""AIPowerMeter's samples, one JSON object a line: power of the processor over time, integrated without bridging gaps."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from apps.ingest.reading import Head, figure, lines
from apps.ingest.record import Boundary, Found, Note, Outcome, Rejected, Run

NAME = "aipowermeter"
TITLE = "AIPowerMeter samples (JSON lines)"
LONGEST_GAP_S = 60.0
J_PER_KWH = 3.6e6


def score(head: Head) -> float:
    """By a date beside metrics of the processor."""
    first = next((line for line in head.lines if line.strip()), "")
    return 0.9 if first.startswith('{"date"') and '"metrics"' in first and '"cpu"' in first else 0.0


def read(path: Path) -> Iterator[Found]:
    """Yield the one run that the samples are of."""
    joules = seconds = gap_s = 0.0
    first: datetime | None = None
    last: tuple[datetime, float] | None = None
    samples = 0
    for number, text in lines(path):
        if not text.strip():
            continue
        sample = _sample(text)
        if sample is None:
            yield Rejected(
                line=number, why="It is no sample with a date and a power.", remedy="Leave it out."
            )
            continue
        samples += 1
        first = first or sample[0]
        if last:
            step = (sample[0] - last[0]).total_seconds()
            if 0 <= step <= LONGEST_GAP_S:
                joules, seconds = joules + step * (sample[1] + last[1]) / 2, seconds + step
            else:
                gap_s += max(step, 0.0)
        last = sample
    if first and last:
        yield Run(
            line=1,
            rows=samples,
            name="AIPowerMeter run",
            started_at=first,
            ended_at=last[0],
            duration_s=seconds,
            energy_kwh=joules / J_PER_KWH,
            energy_parts_kwh={"cpu": joules / J_PER_KWH},
            outcome=Outcome.UNKNOWN,
            boundary=Boundary.PROCESS,
            tool="AIPowerMeter",
            notes=_notes(gap_s),
        )


def _notes(gap_s: float) -> tuple[Note, ...]:
    if not gap_s:
        return ()
    text = f"Gaps of {gap_s:,.0f} s between samples hold no energy: they were not bridged."
    return (Note(code="gaps", text=text),)


def _sample(text: str) -> tuple[datetime, float] | None:
    try:
        found: Any = json.loads(text)
        moment = datetime.fromisoformat(found["date"])
        power = figure(found["metrics"]["cpu"].get("intel_power"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return (moment, power) if power is not None and power >= 0 else None
