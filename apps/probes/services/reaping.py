"""Giving up probes whose worker went silent, so that none is ever left hanging."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.probes.models import ProbeRequest, ProbeState
from apps.probes.services.dispatch import dispatch
from apps.probes.services.fitting import give_up_fits
from apps.probes.services.sweeps import rescue_runs

log = structlog.get_logger(__name__)
SILENT_AFTER = timedelta(seconds=30)
LOST_IN_QUEUE_AFTER = timedelta(minutes=10)
HOST_GONE_AFTER = timedelta(hours=24)
ATTEMPTS = 2
HOST_ATTEMPTS = 3  # an order that got lost on its way counts as well
LOST = (
    "The worker was lost while measuring, more than once. It may have been stopped or have run out of memory: "
    "look at its log, or try a smaller model."
)

HOST_GONE = "The host was not seen for 24 hours. Start its worker, then start the probe again."


def reap(*, now: datetime | None = None) -> int:
    """Put silent probes back in the queue once, then fail them; send again what the broker lost. Return how many probes."""
    now = now or timezone.now()
    silent = ProbeRequest.objects.filter(state=ProbeState.RUNNING).filter(
        Q(heartbeat_at__lt=now - SILENT_AFTER) | Q(heartbeat_at=None)
    )
    waiting = ProbeRequest.objects.filter(
        state=ProbeState.QUEUED, host=None, queued_at__lt=now - LOST_IN_QUEUE_AFTER
    )
    ended = sum(
        _give_up(request, now)
        for request in silent.select_related("host", "organisation", "requested_by")
    )
    ended += _give_up_hosts(now)
    give_up_fits(now)
    return ended + sum(_send_again(request, now) for request in waiting)


@transaction.atomic
def _give_up(request: ProbeRequest, now: datetime) -> bool:
    mine = ProbeRequest.objects.filter(
        pk=request.pk,
        state=ProbeState.RUNNING,
        attempts=request.attempts,
        heartbeat_at=request.heartbeat_at,
    )
    if request.cancel_requested:
        values = {"state": ProbeState.CANCELLED, "finished_at": now}
    elif request.attempts < (ATTEMPTS if request.host is None else HOST_ATTEMPTS):
        values = {"state": ProbeState.QUEUED, "queued_at": now, "phase": "", "progress": 0.0}
    else:
        values = {"state": ProbeState.FAILED, "finished_at": now, "message": LOST}
    changed = bool(mine.update(updated_at=now, **values))
    if changed and values["state"] != ProbeState.QUEUED:
        rescue_runs(request)
    if changed and values["state"] == ProbeState.QUEUED:
        dispatch(request)
    if changed:
        log.warning("probe.lost", probe=str(request.uuid), now=values["state"])
    return changed


def _give_up_hosts(now: datetime) -> int:
    """Fail what waits for a host that has been away for long."""
    gone = now - HOST_GONE_AFTER
    return ProbeRequest.objects.filter(
        state=ProbeState.QUEUED, queued_at__lt=gone, host__last_seen_at__lt=gone
    ).update(state=ProbeState.FAILED, message=HOST_GONE, finished_at=now, updated_at=now)


@transaction.atomic
def _send_again(request: ProbeRequest, now: datetime) -> bool:
    mine = ProbeRequest.objects.filter(
        pk=request.pk, state=ProbeState.QUEUED, queued_at=request.queued_at
    )
    changed = bool(mine.update(queued_at=now, updated_at=now))
    if changed:
        dispatch(request)
    return changed
