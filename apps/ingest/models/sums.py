"""Sums of the ledger by month and label, so that pages are as fast for a million runs as for a thousand."""

from django.db import models

from apps.assessments.models import AISystem

EVERY_MONTH = "*"


class MonthlySum(models.Model):
    """Runs of one system that are alike in all of ``ALIKE``, summed; those that must not be added up are left out.

    ``month`` is such as 2026-05, or empty for runs without a time. A sum is empty where no run says anything.
    """

    system = models.ForeignKey(AISystem, on_delete=models.CASCADE, related_name="monthly_sums")
    month = models.CharField(max_length=7, blank=True)
    category = models.CharField(max_length=20, blank=True)
    component = models.CharField(max_length=100, blank=True)
    team = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=10)
    boundary = models.CharField(max_length=12)
    provenance = models.CharField(max_length=10)
    runs = models.PositiveBigIntegerField()
    silent_runs = models.PositiveBigIntegerField()
    it_energy_kwh = models.FloatField(null=True)
    gpu_hours = models.FloatField(null=True)

    class Meta:
        ordering = ["system", "month", "pk"]
        indexes = [models.Index(fields=["system", "month"], name="monthly_sum_month")]

    def __str__(self) -> str:
        return f"{self.system}, {self.month or 'without a time'}"


ALIKE = ("category", "component", "team", "outcome", "boundary", "provenance")


class StaleSums(models.Model):
    """A month of a system whose sums are older than its runs; ``*`` stands for all of them."""

    system = models.ForeignKey(AISystem, on_delete=models.CASCADE, related_name="+")
    month = models.CharField(max_length=7, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "month"], name="stale_sums_once"),
        ]

    def __str__(self) -> str:
        return f"{self.system}, {self.month}"
