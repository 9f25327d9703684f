"""Probes asked for, and the measurements they and other machines brought back."""

import math
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.accounts.models import Owned, OwnedQuerySet
from apps.probes.models.hosts import ProbeHost
from apps.probes.models.workload import Workload


class ProbeState(models.TextChoices):
    """Where a probe stands; the last four are final."""

    QUEUED = "queued", "waiting for a worker"
    RUNNING = "running", "running"
    SUCCEEDED = "succeeded", "done"
    FAILED = "failed", "failed"
    ERRORED = "errored", "stopped by a fault"
    CANCELLED = "cancelled", "cancelled"


OPEN_STATES = (ProbeState.QUEUED, ProbeState.RUNNING)


class Provenance(models.TextChoices):
    """Whether the energy was counted by a meter or calculated from a power model."""

    MEASURED = "measured", "measured"
    MODELLED = "modelled", "modelled"


class Boundary(models.TextChoices):
    """What the energy includes; a processor package counts as the accelerator of a model that runs on it."""

    ACCELERATOR = "accelerator", "the chip that runs the model"
    NODE = "node", "the whole node"


class Measurement(Owned):
    """One document of ``lca.measure``, kept as it came, with its headline figures beside it; never edited.

    One that a host of the fleet sent also knows the device, the ``load`` it was under, and the id of the result; its
    ``measured_at`` is then the server's own time.
    """

    document = models.JSONField()
    sha256 = models.CharField(max_length=64, editable=False)
    label = models.CharField(max_length=150)
    model_name = models.CharField(max_length=200)
    precision = models.CharField(max_length=10)
    device = models.CharField(max_length=200, blank=True)
    meter = models.CharField(max_length=50)
    boundary = models.CharField(max_length=12, choices=Boundary)
    is_modelled = models.BooleanField()
    provenance = models.CharField(max_length=10, choices=Provenance)
    measured_at = models.DateTimeField()
    prefill_j_per_token = models.FloatField()
    prefill_j_per_token_p05 = models.FloatField()
    prefill_j_per_token_p95 = models.FloatField()
    decode_j_per_token = models.FloatField()
    decode_j_per_token_p05 = models.FloatField()
    decode_j_per_token_p95 = models.FloatField()
    idle_w = models.FloatField()
    host = models.ForeignKey(
        ProbeHost, on_delete=models.SET_NULL, null=True, blank=True, related_name="measurements"
    )
    host_device = models.CharField(max_length=100, blank=True)
    load = models.CharField(max_length=60, blank=True)
    result_id = models.UUIDField(null=True, blank=True, editable=False)

    objects: ClassVar[OwnedQuerySet["Measurement"]] = OwnedQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its query set's methods

    class Meta:
        ordering = ["-measured_at", "-id"]
        indexes = [
            models.Index(fields=["host", "host_device", "measured_at"], name="measured_by_device")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "sha256"], name="measurement_stored_once"
            ),
            models.UniqueConstraint(
                fields=["host", "result_id"], name="one_measurement_per_result"
            ),
            models.CheckConstraint(
                condition=Q(is_modelled=True, provenance="modelled")
                | Q(is_modelled=False, provenance="measured"),
                name="modelled_is_not_measured",
            ),
            models.CheckConstraint(
                condition=Q(
                    decode_j_per_token__gt=0,
                    prefill_j_per_token__gt=0,
                    decode_j_per_token_p05__lte=F("decode_j_per_token"),
                    decode_j_per_token_p95__gte=F("decode_j_per_token"),
                    prefill_j_per_token_p05__lte=F("prefill_j_per_token"),
                    prefill_j_per_token_p95__gte=F("prefill_j_per_token"),
                ),
                name="measurement_intervals_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def device_label(self) -> str:
        """The device's name, with the end of its number, since a host may have several alike."""
        return f"{self.device or 'unnamed device'} ({self.host_device[-8:] or 'no number'})"


class ProbeRequest(Workload, Owned):
    """A measurement to be made by a worker, and how far it has come.

    ``attempts`` counts executions and fences them: a worker that was given up for lost can no longer write here.
    Without a host, the server's own worker measures. With ``sweep`` (its axes and budget) there are many ``runs``, each
    stored when it is finished; ``unmeasured`` says what could not be measured, and why.
    """

    label = models.CharField(max_length=150, blank=True)
    host = models.ForeignKey(
        ProbeHost, on_delete=models.CASCADE, null=True, blank=True, related_name="probes"
    )
    device = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10, choices=ProbeState, default=ProbeState.QUEUED)
    phase = models.CharField(max_length=30, blank=True)
    progress = models.FloatField(default=0.0)
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    message = models.TextField(blank=True)
    reference = models.CharField(max_length=32, blank=True)
    submission = models.UUIDField(null=True, blank=True, editable=False)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    measurement = models.ForeignKey(
        Measurement, on_delete=models.SET_NULL, null=True, blank=True, related_name="requests"
    )
    sweep = models.JSONField(null=True, blank=True)
    runs = models.ManyToManyField(Measurement, blank=True, related_name="sweeps")
    unmeasured = models.JSONField(default=list, blank=True)

    objects: ClassVar[OwnedQuerySet["ProbeRequest"]] = OwnedQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its query set's methods

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["state", "heartbeat_at"], name="probe_by_heartbeat"),
            models.Index(fields=["organisation", "-created_at"], name="probe_by_date"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ProbeState.values), name="probe_state_known"
            ),
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=1), name="probe_progress_share"
            ),
            models.UniqueConstraint(
                fields=["organisation", "submission"], name="one_probe_per_submission"
            ),
        ]

    def __str__(self) -> str:
        if self.sweep:
            return self.label or f"Sweep of {self.preset}"
        return self.label or f"{self.preset} {self.precision}"

    @property
    def run_count(self) -> int:
        """How many runs the probe has: the combinations of a sweep, else one."""
        axes = (self.sweep or {}).values()
        return math.prod(len(values) for values in axes if isinstance(values, list))

    @property
    def is_open(self) -> bool:
        """Whether the probe is still waiting or running."""
        return self.state in OPEN_STATES

    @property
    def elapsed_s(self) -> float | None:
        """Seconds since it started, up to its end or its last sign of life."""
        if self.started_at is None:
            return None
        end = self.finished_at or self.heartbeat_at or self.started_at
        return max(0.0, (end - self.started_at).total_seconds())
