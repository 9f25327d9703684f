"""Drift: a device that takes other joules per token than it did, by more than the intervals of both measurements."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import record_event
from apps.probes.models import DriftAlarm, Measurement, Phase
from apps.probes.selectors import series_of


def watch_drift(measurement: Measurement) -> list[DriftAlarm]:
    """Compare a new measurement with the baseline of its series, and raise an alarm for each phase that moved.

    A modelled one raises none: its power is calculated, so it cannot tell that the device draws more than it did.
    """
    if measurement.is_modelled:
        return []
    earlier = series_of(measurement).exclude(pk=measurement.pk)
    found = (_compare(measurement, phase, earlier) for phase in Phase)
    return [alarm for alarm in found if alarm is not None]


def _compare(
    measurement: Measurement, phase: Phase, earlier: QuerySet[Measurement]
) -> DriftAlarm | None:
    alarms = DriftAlarm.objects.filter(measurement__in=earlier, phase=phase)
    if alarms.filter(accepted_at=None).exists():
        return None
    accepted = alarms.select_related("measurement").order_by("-accepted_at").first()
    baseline = accepted.measurement if accepted else earlier.first()
    if baseline is None or _meet(baseline, measurement, phase):
        return None
    name = f"{phase}_j_per_token"
    alarm = DriftAlarm.objects.create(
        organisation=measurement.organisation,
        baseline=baseline,
        measurement=measurement,
        phase=phase,
        change=getattr(measurement, name) / getattr(baseline, name) - 1.0,
    )
    record_event(measurement.organisation, None, "drifted", alarm, {"change": alarm.change})
    return alarm


def _meet(one: Measurement, other: Measurement, phase: Phase) -> bool:
    """Tell whether the 90 % intervals of two measurements overlap."""
    low, high = f"{phase}_j_per_token_p05", f"{phase}_j_per_token_p95"
    return bool(
        getattr(one, low) <= getattr(other, high) and getattr(other, low) <= getattr(one, high)
    )


@transaction.atomic
def accept_drift(*, alarm: DriftAlarm, actor: User | None) -> DriftAlarm:
    """Take the new figure as the baseline from here on."""
    if alarm.accepted_at is None:
        alarm.accepted_at, alarm.accepted_by = timezone.now(), actor
        alarm.save()
        record_event(alarm.organisation, actor, "accepted", alarm)
    return alarm
