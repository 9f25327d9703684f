"""Giving up probes whose worker went silent, so that none is ever left hanging."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.probes.models import ProbeRequest, ProbeState
from lca.queue import enqueue

log = structlog.get_logger(__name__)
SILENT_AFTER = timedelta(seconds=30)
LOST_IN_QUEUE_AFTER = timedelta(minutes=10)
ATTEMPTS = 2
LOST = (
    "The worker was lost while measuring, twice. It may have been stopped or have run out of memory: "
    "look at its log, or try a smaller model."
)


def reap(*, now: datetime | None = None) -> int:
    """Put silent probes back in the queue once, then fail them; send again what the broker lost. Return how many."""
    now = now or timezone.now()
    silent = ProbeRequest.objects.filter(state=ProbeState.RUNNING).filter(
        Q(heartbeat_at__lt=now - SILENT_AFTER) | Q(heartbeat_at=None)
    )
    waiting = ProbeRequest.objects.filter(
        state=ProbeState.QUEUED, queued_at__lt=now - LOST_IN_QUEUE_AFTER
    )
    ended = sum(_give_up(request, now) for request in silent)
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
    elif request.attempts < ATTEMPTS:
        values = {"state": ProbeState.QUEUED, "queued_at": now, "phase": "", "progress": 0.0}
    else:
        values = {"state": ProbeState.FAILED, "finished_at": now, "message": LOST}
    changed = bool(mine.update(updated_at=now, **values))
    if changed and values["state"] == ProbeState.QUEUED:
        enqueue("probes.execute", request.pk)
    if changed:
        log.warning("probe.lost", probe=str(request.uuid), now=values["state"])
    return changed


@transaction.atomic
def _send_again(request: ProbeRequest, now: datetime) -> bool:
    mine = ProbeRequest.objects.filter(
        pk=request.pk, state=ProbeState.QUEUED, queued_at=request.queued_at
    )
    changed = bool(mine.update(queued_at=now, updated_at=now))
    if changed:
        enqueue("probes.execute", request.pk)
    return changed
