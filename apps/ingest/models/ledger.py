"""Runs as other tools recorded them, each once in the ledger of its system."""

from django.db import models

from apps.accounts.models import Owned
from apps.assessments.models import AISystem
from apps.ingest.models.labels import Labelled
from apps.ingest.models.upload import Upload


class RecordedRun(Owned, Labelled):
    """One run of a system; ``key`` tells it from every other, whichever file it comes in.

    ``upload`` is the file it came in, or empty for a run that a program sent by itself. Runs of an upload that is not
    done do not exist yet: read them through :mod:`apps.ingest.selectors`. ``happened_at`` is its end, or else its start. ``counts`` is false for what must not be added up. A later file may hold a run in a later state: ``grown_by`` says which, ``before``
    what it was.
    """

    system = models.ForeignKey(AISystem, on_delete=models.CASCADE, related_name="recorded_runs")
    upload = models.ForeignKey(
        Upload, on_delete=models.CASCADE, related_name="runs", null=True, blank=True
    )
    key = models.CharField(max_length=64)
    line = models.PositiveBigIntegerField()
    rows = models.PositiveBigIntegerField(default=1)
    external_id = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    happened_at = models.DateTimeField(null=True)
    duration_s = models.FloatField(null=True)
    energy_kwh = models.FloatField(null=True)
    pue_inside = models.FloatField(null=True)
    claimed_kg_co2e = models.FloatField(null=True)
    gpu_model = models.CharField(max_length=200, blank=True)
    gpu_count = models.FloatField(null=True)
    gpu_hours = models.FloatField(null=True)
    country = models.CharField(max_length=3, blank=True)
    region = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=10)
    boundary = models.CharField(max_length=12)
    provenance = models.CharField(max_length=10)
    tool = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    counts = models.BooleanField(default=True)
    flags = models.CharField(max_length=100, blank=True)
    grown_by = models.ForeignKey(
        Upload, on_delete=models.SET_NULL, null=True, blank=True, related_name="grown"
    )
    before = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["system", "key"], name="recorded_run_once"),
        ]
        indexes = [
            models.Index(fields=["system", "counts", "outcome"], name="recorded_run_sums"),
            models.Index(fields=["system", "happened_at"], name="recorded_run_month"),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id or f"line {self.line}"
