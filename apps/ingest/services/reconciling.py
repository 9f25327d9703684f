"""Telling which tracked run a record of a whole run belongs to, and what the client's messages lost.

CodeCarbon's messages are deltas that are never sent again, without PUE and country; its records are cumulative and have
both, but often carry no identifier of the run. They meet by experiment and time, whatever zone the record's clock is in.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import attrs

from apps.assessments.models import AISystem
from apps.ingest.models import RecordedRun, TrackedRun
from apps.ingest.record import Note, Run

QUARTER_HOUR_S = 900.0  # offsets of time zones are whole quarters of an hour
LONGEST_OFFSET_S = 15 * 3600.0
CLOSE_S = 30.0
LEAST_SHARE = 0.5
MOST_SHARE = 1.001


@attrs.frozen(kw_only=True)
class Match:
    """The record of a run whose messages are known, with what it says of them."""

    tracked: TrackedRun
    run: Run
    heard_kwh: float


def reconciled(system: AISystem, run: Run) -> Match | None:
    """Find the tracked run that a record is of, if it is of one."""
    return next(iter(reconcile(system, [run]).values()), None)


def reconcile(system: AISystem, runs: Iterable[Run]) -> dict[int, Match]:
    """Find the tracked runs that some records are of; by place among ``runs``."""
    asked = {place: run for place, run in enumerate(runs) if _uuid(run.experiment)}
    experiments = {key for run in asked.values() if (key := _uuid(run.experiment))}
    if not asked:
        return {}
    rows = TrackedRun.objects.filter(recorded__system=system, experiment_id__in=experiments)
    known = list(rows.select_related("recorded"))
    found = {}
    for place, run in asked.items():
        tracked = next((row for row in known if _is_of(run, row)), None)
        if tracked is not None:
            known.remove(tracked)
            heard = _heard(tracked)
            found[place] = Match(tracked=tracked, run=_with_gap(run, heard), heard_kwh=heard)
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _is_of(run: Run, tracked: TrackedRun) -> bool:
    if run.external_id == str(tracked.uuid):
        return True
    row = tracked.recorded
    if _uuid(run.experiment) != tracked.experiment_id or not run.energy_kwh:
        return False
    share = _heard(tracked) / run.energy_kwh
    ended = _together(run.ended_at, row.ended_at)
    began = _together(_start(run), row.started_at)
    return share <= MOST_SHARE and (
        (began and ended) or (share >= LEAST_SHARE and (began or ended))
    )


def _start(run: Run) -> datetime | None:
    if run.ended_at is None or run.duration_s is None:
        return None
    return run.ended_at - timedelta(seconds=run.duration_s)


def _together(at: datetime | None, known: datetime | None) -> bool:
    """Whether two moments are the same, but for the zone where the first names none."""
    if at is None or known is None:
        return False
    if at.tzinfo is not None:
        return abs((at - known).total_seconds()) <= CLOSE_S
    apart = (at - known.replace(tzinfo=None)).total_seconds()
    return abs(apart) <= LONGEST_OFFSET_S and abs(apart - offset_s(apart)) <= CLOSE_S


def offset_s(apart: float) -> float:
    """Offset of a zone that is nearest to a difference of clocks [s]."""
    return round(apart / QUARTER_HOUR_S) * QUARTER_HOUR_S


def _heard(tracked: TrackedRun) -> float:
    """What the messages of a run add up to [kWh]."""
    known = tracked.deltas_kwh
    return known if known is not None else tracked.recorded.energy_kwh or 0.0


def _with_gap(run: Run, heard: float) -> Run:
    total = run.energy_kwh or 0.0
    lost = max(0.0, 100 * (total - heard) / total) if total else 0.0
    text = (
        f"Messages of this run added up to {heard:.6g} kWh; its record says {total:.6g} kWh, which counts. The messages"
        f" lacked {lost:.1f} %."
    )
    return attrs.evolve(run, notes=(*run.notes, Note(code="reconciled", text=text)))


def settle(row: RecordedRun, heard_kwh: float | None) -> None:
    """Remember what the messages of a run added up to when a record took their place."""
    if heard_kwh is not None:
        TrackedRun.objects.filter(recorded=row).update(deltas_kwh=heard_kwh)
