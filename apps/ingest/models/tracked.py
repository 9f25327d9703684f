"""Runs that a CodeCarbon client reports while they go on, and what it reported."""

import uuid

from django.db import models

from apps.accounts.models import Owned
from apps.assessments.models import AISystem
from apps.ingest.models.ledger import RecordedRun


class Experiment(Owned):
    """A named set of tracked runs of one system; ``about`` is where it says it runs."""

    system = models.ForeignKey(AISystem, on_delete=models.CASCADE, related_name="experiments")
    name = models.CharField(max_length=200)
    description = models.CharField(max_length=1000, blank=True)
    about = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class TrackedRun(Owned):
    """A run of the ledger that a client tracks.

    ``experiment_id`` is the client's, an experiment's or a system's uuid; ``deltas_kwh`` is what the client's messages add up
    to once a record of the whole run has taken their place.
    """

    recorded = models.OneToOneField(RecordedRun, on_delete=models.CASCADE, related_name="tracked")
    experiment_id = models.UUIDField()
    about = models.JSONField(default=dict)
    deltas_kwh = models.FloatField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["experiment_id"], name="tracked_run_experiment")]

    def __str__(self) -> str:
        return str(self.recorded)


class Delta(models.Model):
    """What a client added since its message before; the same moment twice is the same message."""

    tracked = models.ForeignKey(TrackedRun, on_delete=models.CASCADE, related_name="deltas")
    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    began_at = models.DateTimeField()
    energy_kwh = models.FloatField(null=True)
    emissions_kg = models.FloatField(null=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["tracked", "at"], name="delta_once"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}"
