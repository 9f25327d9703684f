"""Adding a GPU host, letting it join, and removing it."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

from apps.accounts import keys
from apps.accounts.errors import Conflict
from apps.accounts.models import Organisation, User
from apps.accounts.services import record_event
from apps.probes.errors import TooManyHosts
from apps.probes.models import OPEN_STATES, ProbeHost, ProbeState
from apps.probes.services.admission import admit, dismiss
from lca.broker import broker

HOST_LIMIT = 200
REMOVED = "The host was removed before the probe was done."


@dataclass(frozen=True)
class Admission:
    """What a host is told when it joins; never stored as it stands."""

    host: str
    name: str
    broker_url: str
    username: str
    password: str
    key_prefix: str
    signing_key: str


def signing_key(host: ProbeHost) -> str:
    """Return the key that signs the host's messages since it last joined."""
    return salted_hmac("probes.host", f"{host.uuid}:{host.joins}", algorithm="sha256").hexdigest()


@transaction.atomic
def add_host(*, organisation: Organisation, actor: User | None, name: str) -> tuple[ProbeHost, str]:
    """Add a host and return it with its token, which is shown once and kept only as a hash."""
    if ProbeHost.objects.of(organisation).filter(removed_at=None).count() >= HOST_LIMIT:
        msg = f"There are {HOST_LIMIT} hosts. Remove one that is gone, then add this one."
        raise TooManyHosts(msg)
    token, prefix = keys.new_token()
    host = ProbeHost(
        organisation=organisation,
        name=name.strip(),
        prefix=prefix,
        token_sha256=keys.digest(token),
    )
    try:
        with transaction.atomic():
            host.save()
    except IntegrityError as error:
        msg = f"There is a host “{host.name}” already. Choose another name, or remove that one."
        raise Conflict(msg, field="name") from error
    record_event(organisation, actor, "added", host)
    return host, token


@transaction.atomic
def renew_token(*, host: ProbeHost, actor: User | None) -> str:
    """Give the host another token; the old one, and the credentials it brought, work no more."""
    token, host.prefix = keys.new_token()
    host.token_sha256, host.password_sha256 = keys.digest(token), ""
    host.joins += 1
    host.save()
    record_event(host.organisation, actor, "renewed", host)
    _lock_out(host)
    return token


def join(*, host: ProbeHost, told: Mapping[str, Any]) -> Admission:
    """Let a host in with fresh credentials; whoever used the older ones is cut off."""
    password = secrets.token_urlsafe(32)
    with transaction.atomic():
        host.password_sha256 = hashlib.sha256(password.encode()).hexdigest()
        host.joins += 1
        host.joined_at = host.last_seen_at = timezone.now()
        host.devices = [_device(device) for device in told["devices"]]
        host.software = {name: told[name] for name in ("probe_version", "python", "packages")}
        host.save()
        admit(broker(), host)
        record_event(host.organisation, None, "joined", host, {"devices": len(host.devices)})
    return Admission(
        host=str(host.uuid),
        name=host.name,
        broker_url=settings.FLEET_BROKER_URL,
        username=host.broker_user,
        password=password,
        key_prefix=host.key_prefix,
        signing_key=signing_key(host),
    )


def _device(device: Mapping[str, Any]) -> dict[str, Any]:
    """Return a device with its address, and the key it is known by over the years: its own number if it tells one."""
    kind, index = device["kind"], device["index"]
    address = kind if kind == "cpu" else f"{kind}:{index}"
    return {**device, "address": address, "key": device.get("uuid") or address}


@transaction.atomic
def remove_host(*, host: ProbeHost, actor: User | None) -> ProbeHost:
    """Remove a host: it is cut off at once, its open probes fail, its measurements stay."""
    if host.removed_at is None:
        now = timezone.now()
        host.removed_at, host.password_sha256 = now, ""
        host.save()
        host.schedules.all().delete()
        host.probes.filter(state__in=OPEN_STATES).update(
            state=ProbeState.FAILED, message=REMOVED, finished_at=now, updated_at=now
        )
        record_event(host.organisation, actor, "removed", host)
        _lock_out(host)
    return host


def _lock_out(host: ProbeHost) -> None:
    """Cut the host off; should the broker be away, the fleet's own process does it later."""
    try:
        dismiss(broker(), [host.broker_user])
    except RedisError:
        return
