"""Listening to the fleet: pulses become progress, results become measurements, orders that went astray are sent again.

Nothing here depends on what was heard before, so it may be killed and started again at any moment, and run twice.
"""

import json
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone
from redis import Redis
from redis.exceptions import RedisError, ResponseError

from apps.probes.errors import InvalidResult
from apps.probes.models import OPEN_STATES, ProbeHost, ProbeRequest, ProbeState
from apps.probes.services.admission import admit, admitted, dismiss
from apps.probes.services.dispatch import dispatch
from apps.probes.services.hosts import signing_key
from apps.probes.services.receiving import receive
from lca.measure.worker.messages import Untrusted, verify

log = structlog.get_logger(__name__)
SEEN_EVERY = timedelta(seconds=5)
ASTRAY_AFTER = timedelta(seconds=20)
STOP_LIVES_S = 86_400
RECEIPT_LIVES_S = 7 * 86_400
AT_ONCE = 20
MOST_ATTEMPTS = 32_767
MOST_ORDERS = 10
NEVER_BEGUN = "The host is there, but never began this probe though it was told to, again and again. Look at its log."


def listen(client: Redis) -> None:
    """Hear every host once."""
    hosts = list(ProbeHost.objects.present().exclude(password_sha256=""))
    if not hosts:
        return
    pulses = client.mget([f"{host.key_prefix}pulse" for host in hosts])
    for host, pulse in zip(hosts, pulses, strict=True):
        try:
            if pulse is not None:
                _hear(client, host, pulse)
            _drain(client, host)
        except ResponseError as error:  # the host made a key something that it is not meant to be
            log.warning("fleet.host_misbehaves", host=str(host.uuid), why=str(error))


def readmit(client: Redis) -> None:
    """Make the broker's users those of the hosts that are there: it may have been restarted, or a host removed."""
    hosts = {host.broker_user: host for host in ProbeHost.objects.present()}
    known = admitted(client)
    dismiss(client, (name for name in known if not _may_enter(hosts.get(name))))
    for name, host in hosts.items():
        if name not in known and host.password_sha256:
            admit(client, host)


def _may_enter(host: ProbeHost | None) -> bool:
    return host is not None and bool(host.password_sha256)


@dataclass(frozen=True)
class Doing:
    """What a host is at."""

    probe: UUID
    attempt: int
    phase: str
    progress: float


def _hear(client: Redis, host: ProbeHost, pulse: bytes | str) -> None:
    try:
        body = verify(pulse, signing_key(host))
        clock_error_s = float(body["clock"]) - time.time()
        doing = _doing(body) if body["probe"] is not None else None
    except (Untrusted, KeyError, TypeError, ValueError, OverflowError) as error:
        log.warning("fleet.pulse_refused", host=str(host.uuid), why=str(error))
        return
    _see(host, clock_error_s)
    if doing is not None:
        _follow(client, host, doing)
    else:
        _find_astray(client, host)


def _doing(body: Mapping[str, Any]) -> Doing:
    attempt, progress = int(body["attempt"]), float(body["progress"])
    if not (0 < attempt < MOST_ATTEMPTS and 0.0 <= progress <= 1.0):
        msg = f"attempt {attempt} or progress {progress} is out of bounds"
        raise ValueError(msg)
    return Doing(UUID(str(body["probe"])), attempt, str(body["phase"])[:30], progress)


def _see(host: ProbeHost, clock_error_s: float) -> None:
    if not math.isfinite(clock_error_s):
        return
    now = timezone.now()
    stale = host.last_seen_at is None or now - host.last_seen_at > SEEN_EVERY
    if stale or host.clock_error_s is None:
        ProbeHost.objects.filter(pk=host.pk).update(last_seen_at=now, clock_error_s=clock_error_s)


def _follow(client: Redis, host: ProbeHost, doing: Doing) -> None:
    """Write down how far a probe has come; tell the host to stop one that nobody waits for any more."""
    now = timezone.now()
    mine = host.probes.filter(uuid=doing.probe, attempts=doing.attempt, state__in=OPEN_STATES)
    wanted = mine.filter(cancel_requested=False)
    wanted.filter(state=ProbeState.QUEUED).update(state=ProbeState.RUNNING, started_at=now)
    heard = {"heartbeat_at": now, "updated_at": now}
    if wanted.update(phase=doing.phase, progress=doing.progress, **heard):
        return
    mine.update(**heard)  # it is being stopped; that is for the host to do as long as it lives
    name = f"{host.key_prefix}stop:{doing.probe}:{doing.attempt}"
    client.set(name, 1, ex=STOP_LIVES_S)


def _find_astray(client: Redis, host: ProbeHost) -> None:
    """Send again what waits although the host is idle and its queue is empty: the broker has lost it."""
    waiting = host.probes.filter(
        state=ProbeState.QUEUED, queued_at__lt=timezone.now() - ASTRAY_AFTER
    ).order_by("queued_at")
    request = waiting.select_related("host").first()
    if request is None or client.llen(f"{host.key_prefix}jobs"):
        return
    now = timezone.now()
    if request.attempts >= MOST_ORDERS:
        ended = {"state": ProbeState.FAILED, "message": NEVER_BEGUN, "finished_at": now}
        waiting.filter(pk=request.pk).update(updated_at=now, **ended)
        return
    with transaction.atomic():
        same = {"pk": request.pk, "state": ProbeState.QUEUED, "queued_at": request.queued_at}
        if ProbeRequest.objects.filter(**same).update(queued_at=now, updated_at=now):
            log.warning("fleet.sent_again", probe=str(request.uuid))
            dispatch(request)


def _drain(client: Redis, host: ProbeHost) -> None:
    outbox = f"{host.key_prefix}outbox"
    for message in client.lrange(outbox, 0, AT_ONCE - 1):
        keep = _take(client, host, message)
        client.lrem(outbox, 1, message)  # type: ignore[arg-type]  # bytes as they came
        if keep:
            client.rpush(outbox, message)


def _take(client: Redis, host: ProbeHost, message: bytes | str) -> bool:
    """Receive one message and tell whether to try it again later."""
    try:
        receipt = receive(host, message)
        name = f"{host.key_prefix}receipt:{receipt.result}"
        client.set(name, json.dumps(asdict(receipt)), ex=RECEIPT_LIVES_S)
    except (Untrusted, InvalidResult) as error:
        log.warning("fleet.message_dropped", host=str(host.uuid), why=str(error))
    except RedisError:
        raise
    except Exception:  # a fault of ours must not keep other results back
        log.exception("fleet.receiving_failed", host=str(host.uuid))
        return True
    return False
