"""Runs that a CodeCarbon client reports as they go on: registered, added to, and set right by the record of the whole."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import attrs
from django.db import transaction
from django.db.models import Max, Min, Sum
from django.utils import timezone

from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, User
from apps.accounts.services import record_event
from apps.assessments.models import AISystem
from apps.ingest.identity import key_of
from apps.ingest.importers import codecarbon_csv
from apps.ingest.importers._codecarbon import BOUNDARIES, COUNTED, FALLBACK, QUEBEC
from apps.ingest.models import Delta, Experiment, RecordedRun, TrackedRun
from apps.ingest.record import Boundary, Note, Run
from apps.ingest.services.reconciling import offset_s, reconciled, settle
from apps.ingest.services.recording import record
from apps.ingest.services.rows import GROWING, grow, row_of
from apps.ingest.services.sums import changed

FAMILY = "codecarbon_api"
SECONDS_PER_HOUR = 3600.0
MOST_ABOUT = 200
ABOUT = ("os", "python_version", "codecarbon_version", "cpu_count", "cpu_model", "ram_total_size")
PUE_UNKNOWN = Note(
    code="pue-not-said",
    text="CodeCarbon's messages carry energy multiplied by a PUE that they do not name. Its emissions.csv names it:"
    " send that file too.",
)


class NoSuchExperiment(DomainError):
    """Neither an experiment nor a system of the organisation has this identifier."""

    code = "no_such_experiment"
    status = 404


@transaction.atomic
def add_experiment(
    *, system: AISystem, name: str, description: str, about: dict[str, Any], actor: User | None
) -> Experiment:
    """Name a set of runs of a system."""
    made = Experiment.objects.create(
        organisation=system.organisation,
        system=system,
        name=name,
        description=description,
        about=about,
    )
    record_event(system.organisation, actor, "created", made)
    return made


@transaction.atomic
def begin_run(*, organisation: Organisation, given: dict[str, Any]) -> TrackedRun:
    """Enter a run in the ledger at its client's first message; it has no energy yet.

    Raises
    ------
    NoSuchExperiment
        If ``experiment_id`` is of no experiment and no system of the organisation.
    """
    system = _system(organisation, given["experiment_id"])
    tracked = TrackedRun(
        organisation=organisation,
        experiment_id=given["experiment_id"],
        about={name: str(given[name])[:MOST_ABOUT] for name in ABOUT if given.get(name)},
    )
    run = _run(tracked.uuid, given)
    tracked.recorded = row_of(run, key_of(run, FAMILY), system)
    tracked.recorded.save(force_insert=True)
    changed(system, tracked.recorded.happened_at)
    tracked.save(force_insert=True)
    return tracked


def _system(organisation: Organisation, experiment: UUID) -> AISystem:
    found = (
        AISystem.objects.filter(organisation=organisation, experiments__uuid=experiment).first()
        or AISystem.objects.filter(organisation=organisation, uuid=experiment).first()
    )
    if found is None:
        msg = (
            f"No experiment and no AI system of {organisation} has the id {experiment}. Set experiment_id to the uuid of"
            " one; the page of recorded runs shows it."
        )
        raise NoSuchExperiment(msg, field="experiment_id")
    return found


def _run(uuid: UUID, given: dict[str, Any]) -> Run:
    place = (given.get("latitude"), given.get("longitude"))
    notes = [PUE_UNKNOWN, *([FALLBACK] if place == QUEBEC else [])]
    mode = str(given.get("tracking_mode") or "").lower()
    return Run(
        line=0,
        external_id=str(uuid),
        started_at=given["timestamp"],
        gpu_model=COUNTED.sub("", given.get("gpu_model") or ""),
        gpu_count=given.get("gpu_count") or None,
        region=given.get("region") or "",
        boundary=BOUNDARIES.get(mode, Boundary.UNKNOWN),
        tool=f"CodeCarbon {given.get('codecarbon_version') or ''}".strip(),
        notes=tuple(notes),
    )


@transaction.atomic
def add_delta(*, tracked: TrackedRun, given: dict[str, Any]) -> Delta:
    """Add what a run used since the message before; in any order, the same message twice counts once."""
    at: datetime = given["timestamp"]
    RecordedRun.objects.select_for_update().get(pk=tracked.recorded_id)
    delta, is_new = Delta.objects.get_or_create(
        tracked=tracked,
        at=at,
        defaults={
            "began_at": at - timedelta(seconds=given["duration"]),
            "energy_kwh": given["energy_consumed"],
            "emissions_kg": given["emissions_sum"],
        },
    )
    if is_new:
        _add_up(tracked)
    return delta


def _add_up(tracked: TrackedRun) -> None:
    """Bring a run to the sum of its messages, unless a record of the whole run says more."""
    sums = tracked.deltas.aggregate(
        kwh=Sum("energy_kwh"), kg=Sum("emissions_kg"), start=Min("began_at"), end=Max("at")
    )
    row = RecordedRun.objects.get(pk=tracked.recorded_id)
    if tracked.deltas_kwh is not None and (sums["kwh"] or 0.0) <= (row.energy_kwh or 0.0):
        TrackedRun.objects.filter(pk=tracked.pk).update(deltas_kwh=sums["kwh"])
        return
    row.started_at, row.ended_at = sums["start"], sums["end"]
    row.duration_s = (sums["end"] - sums["start"]).total_seconds()
    row.energy_kwh, row.claimed_kg_co2e = sums["kwh"], sums["kg"]
    if row.gpu_count:
        row.gpu_hours = row.gpu_count * row.duration_s / SECONDS_PER_HOUR
    row.happened_at = row.ended_at
    row.save()
    changed(row.system, row.happened_at)


@transaction.atomic
def add_record(*, system: AISystem, run: Run) -> tuple[RecordedRun, bool]:
    """Enter CodeCarbon's record of a run so far; it takes the place of the messages of the same run.

    Returns
    -------
    RecordedRun, bool
        The row, and whether it is new.
    """
    run = _in_utc(run)
    match = reconciled(system, run)
    if match is None:
        return record(system=system, run=run, family=codecarbon_csv.NAME)
    row = match.tracked.recorded
    grow(row, row_of(match.run, row.key, system))
    row.save(update_fields=GROWING)
    settle(row, match.heard_kwh)
    changed(system, row.happened_at)
    return row, False


def _in_utc(run: Run) -> Run:
    """Take the zone of a record's clock, which it does not name, from the time it arrives."""
    at = run.ended_at
    if at is None or at.tzinfo is not None:
        return run
    apart = (at.replace(tzinfo=UTC) - timezone.now()).total_seconds()
    return attrs.evolve(run, ended_at=at.replace(tzinfo=UTC) - timedelta(seconds=offset_s(apart)))
