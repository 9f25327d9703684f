"""From what an importer found to a row of the ledger."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
from django.utils import timezone

from apps.assessments.models import AISystem
from apps.ingest.flags import own_flags, packed
from apps.ingest.models import RecordedRun, Upload
from apps.ingest.record import Note, Run

OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST = {
    "external_id": 200,
    "name": 200,
    "gpu_model": 200,
    "country": 3,
    "region": 100,
    "tool": 60,
}
GROWING = (
    "duration_s",
    "energy_kwh",
    "pue_inside",
    "claimed_kg_co2e",
    "gpu_hours",
    "country",
    "region",
    "outcome",
    "boundary",
    "facts",
    "notes",
)
SAME = ("line", "rows", "energy_kwh", "pue_inside", "gpu_count", "gpu_hours", "facts")


def to_row(run: Run, key: str, upload: Upload) -> RecordedRun:
    """Make a row of a run of a file, with the file's labels."""
    return row_of(run, key, upload.system, upload=upload, **upload.labels())


def row_of(run: Run, key: str, system: AISystem, **more: Any) -> RecordedRun:
    """Make a row of a run; what is too long is cut, what lies outside plausible time is left out and said."""
    notes = list(run.notes)
    started, ended = _moment(run.started_at, notes), _moment(run.ended_at, notes)
    texts = {name: getattr(run, name)[:most] for name, most in LONGEST.items()}
    return RecordedRun(
        organisation_id=system.organisation_id,
        system=system,
        key=key,
        started_at=started,
        ended_at=ended,
        happened_at=ended or started,
        flags=packed(own_flags(run)),
        duration_s=_duration(run, started, ended),
        claimed_kg_co2e=run.emissions_kg,
        outcome=run.outcome.value,
        boundary=run.boundary.value,
        provenance=run.provenance.value,
        counts=not (run.is_impossible or run.is_alternative),
        notes=[attrs.asdict(note) for note in notes],
        **texts,
        **{name: getattr(run, name) for name in SAME},
        **more,
    )


def _duration(run: Run, started: datetime | None, ended: datetime | None) -> float | None:
    """Duration as recorded, else from start to end [s]."""
    if run.duration_s is not None or started is None or ended is None:
        return run.duration_s
    return max(0.0, (ended - started).total_seconds())


def _moment(at: datetime | None, notes: list[Any]) -> datetime | None:
    if at is None:
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    if OLDEST <= aware <= timezone.now() + timedelta(days=2):
        return aware
    text = f"The time {aware:%Y-%m-%d} is not plausible and was left out."
    notes.append(Note(code="implausible-time", text=text))
    return None


def grew(old: RecordedRun, new: RecordedRun) -> bool:
    """Whether a run is known in a later state: more energy, or longer."""
    return any(
        (getattr(new, name) or 0.0) > (getattr(old, name) or 0.0)
        for name in ("energy_kwh", "duration_s")
    )


def grow(old: RecordedRun, new: RecordedRun) -> None:
    """Give a row the values of its later state, without saving it."""
    for name in GROWING:
        setattr(old, name, getattr(new, name))
