"""Probes on a schedule."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, User
from apps.accounts.services import record_event
from apps.probes.errors import InvalidProbe
from apps.probes.models import ProbeHost, ProbeSchedule
from apps.probes.services.requests import check_device, request_probe

LONGEST_H = 24 * 366
SCHEDULE_LIMIT = 50


@transaction.atomic
def add_schedule(
    *,
    organisation: Organisation,
    actor: User | None,
    host: ProbeHost,
    device: str,
    every_h: int,
    preset: str,
    precision: str,
    batch_size: int = 1,
    prompt_tokens: int = 128,
    output_tokens: int = 32,
    repeats: int = 5,
    time_limit_s: int = 300,
) -> ProbeSchedule:
    """Ask for a probe again and again, the first time at once."""
    check_device(host, device)
    if not 1 <= every_h <= LONGEST_H:
        msg = f"The interval is {every_h} h; it must lie between 1 and {LONGEST_H} h."
        raise InvalidProbe(msg, field="every_h")
    if host.schedules.count() >= SCHEDULE_LIMIT:
        msg = f"The host has {SCHEDULE_LIMIT} schedules. Stop one, then add this one."
        raise InvalidProbe(msg, field="host")
    schedule = ProbeSchedule.objects.create(
        organisation=organisation,
        host=host,
        device=device,
        every_h=every_h,
        next_at=timezone.now(),
        preset=preset,
        precision=precision,
        batch_size=batch_size,
        prompt_tokens=prompt_tokens,
        output_tokens=output_tokens,
        repeats=repeats,
        time_limit_s=time_limit_s,
    )
    record_event(organisation, actor, "scheduled", schedule)
    return schedule


@transaction.atomic
def stop_schedule(*, schedule: ProbeSchedule, actor: User | None) -> None:
    """Ask no more; what was measured stays."""
    record_event(schedule.organisation, actor, "stopped", schedule)
    schedule.delete()


def run_due(*, now: datetime | None = None) -> int:
    """Ask for every probe whose time has come; return how many."""
    now = now or timezone.now()
    due = ProbeSchedule.objects.filter(next_at__lte=now, host__removed_at=None)
    return sum(
        _run(schedule, now) for schedule in due.select_related("host", "organisation", "last")
    )


@transaction.atomic
def _run(schedule: ProbeSchedule, now: datetime) -> bool:
    """Ask once, however late, and not while the last probe is open; a problem is told on the host's page."""
    next_at = schedule.next_at
    while next_at <= now:
        next_at += timedelta(hours=schedule.every_h)
    mine = ProbeSchedule.objects.filter(pk=schedule.pk, next_at=schedule.next_at)
    if not mine.update(next_at=next_at, updated_at=now):
        return False
    if schedule.last is not None and schedule.last.is_open:
        return False
    problem, probe = "", None
    try:
        with transaction.atomic():
            probe = request_probe(
                organisation=schedule.organisation,
                actor=None,
                label=str(schedule),
                host=schedule.host,
                device=schedule.device,
                preset=schedule.preset,
                precision=schedule.precision,
                batch_size=schedule.batch_size,
                prompt_tokens=schedule.prompt_tokens,
                output_tokens=schedule.output_tokens,
                repeats=schedule.repeats,
                time_limit_s=schedule.time_limit_s,
            )
    except DomainError as error:
        problem = error.message
    ProbeSchedule.objects.filter(pk=schedule.pk).update(
        last=probe or schedule.last, problem=problem
    )
    return probe is not None
