"""GPU hosts that measure for an organisation."""

from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Owned, OwnedQuerySet

SILENT_AFTER = timedelta(seconds=30)
PREFIX = "probe:"
USER_PREFIX = "cradle-host-"
CLOCK_TOLERANCE_S = 60.0


class HostQuerySet(OwnedQuerySet["ProbeHost"]):
    """Hosts of an organisation, or of all for the process that listens to them."""

    def present(self) -> "HostQuerySet":
        """Keep those that were not removed."""
        return self.filter(removed_at=None)


class ProbeHost(Owned):
    """A machine that joined with a token and takes probes from a queue of its own.

    The token and the broker's password are kept as hashes; the key that signs its results is derived from the
    server's secret and ``joins``, so joining again makes older credentials useless.
    """

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=20, editable=False)
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    password_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    joins = models.PositiveIntegerField(default=0, editable=False)
    joined_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    devices = models.JSONField(default=list, editable=False)
    software = models.JSONField(default=dict, editable=False)
    clock_error_s = models.FloatField(null=True, blank=True, editable=False)

    objects: ClassVar[HostQuerySet] = HostQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its query set's methods

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=Q(removed_at=None),
                name="host_name_once",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key_prefix(self) -> str:
        """What every key begins with that the host may touch on the broker."""
        return f"{PREFIX}{self.uuid.hex}:"

    @property
    def broker_user(self) -> str:
        return f"{USER_PREFIX}{self.uuid.hex}"

    @property
    def state(self) -> str:
        """Where the host stands: new, online, silent or removed."""
        if self.removed_at is not None:
            return "removed"
        if self.last_seen_at is None:
            return "new"
        return "online" if timezone.now() - self.last_seen_at < SILENT_AFTER else "silent"

    @property
    def clock_is_wrong(self) -> bool:
        return self.clock_error_s is not None and abs(self.clock_error_s) > CLOCK_TOLERANCE_S

    def device(self, address: str) -> dict[str, Any] | None:
        """Return the announced device with this address, such as ``cuda:0``."""
        return next((d for d in self.devices if d["address"] == address), None)
