"""What the fleet does by itself: probes on a schedule, and alarms when a device drifts."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from apps.accounts.models import Owned, OwnedQuerySet
from apps.probes.models.hosts import ProbeHost
from apps.probes.models.probes import Measurement, ProbeRequest
from apps.probes.models.workload import Workload


class ProbeSchedule(Workload, Owned):
    """A probe that is asked for again and again; never while the last one is still open."""

    host = models.ForeignKey(ProbeHost, on_delete=models.CASCADE, related_name="schedules")
    device = models.CharField(max_length=20)
    every_h = models.PositiveIntegerField(default=24)
    next_at = models.DateTimeField()
    last = models.ForeignKey(
        ProbeRequest, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    problem = models.TextField(blank=True)

    objects: ClassVar[OwnedQuerySet["ProbeSchedule"]] = OwnedQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its query set's methods

    class Meta:
        ordering = ["next_at", "id"]

    def __str__(self) -> str:
        return f"{self.preset} {self.precision} every {self.every_h} h"


class Phase(models.TextChoices):
    """What a model does with a token."""

    PREFILL = "prefill", "reading a token (prefill)"
    DECODE = "decode", "writing a token (decode)"


class DriftAlarm(Owned):
    """A device's joules per token moved by more than their interval: those of the baseline and of now do not meet."""

    baseline = models.ForeignKey(Measurement, on_delete=models.CASCADE, related_name="+")
    measurement = models.ForeignKey(Measurement, on_delete=models.CASCADE, related_name="alarms")
    phase = models.CharField(max_length=10, choices=Phase)
    change = models.FloatField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects: ClassVar[OwnedQuerySet["DriftAlarm"]] = OwnedQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its query set's methods

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["measurement", "phase"], name="one_alarm_per_phase")
        ]

    def __str__(self) -> str:
        return f"{self.get_phase_display()} of {self.measurement}"
