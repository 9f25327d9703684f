"""Compute runs of development and training, and the model that they started from."""

from django.db import models

from apps.assessments.models.base import Part, check_order, refuse
from apps.assessments.models.hardware import Hardware
from apps.assessments.models.quantities import limit, quantity, whole
from apps.assessments.models.site import Site
from apps.assessments.models.vocabulary import (
    DECLARED_PROVENANCE_CHOICES,
    TRAINING_CATEGORIES,
    EnergyScope,
    RunCategory,
    RunOutcome,
)
from lca.engine import Stage


class ComputeRun(Part):
    """One run, or many alike, known by GPU-hours, by energy, or by both."""

    siblings = ("site", "hardware")

    name = models.CharField("name", max_length=200)
    site = models.ForeignKey(Site, on_delete=models.RESTRICT)
    hardware = models.ForeignKey(Hardware, on_delete=models.RESTRICT, null=True, blank=True)
    category = models.CharField("category", max_length=20, choices=RunCategory.choices)
    component = models.CharField("component", max_length=120, blank=True)
    team = models.CharField("team", max_length=120, blank=True)
    outcome = models.CharField(
        "outcome", max_length=12, choices=RunOutcome.choices, default=RunOutcome.UNKNOWN
    )
    runs_count = whole("count", "number of runs", null=False, blank=False, default=1)
    gpu_hours = quantity("gpu_hours", "GPU-hours", "Of all these runs together.")
    energy_kwh = quantity("energy_kwh", "energy", "Of all these runs together.")
    energy_scope = models.CharField(
        "energy covers", max_length=12, choices=EnergyScope.choices, default=EnergyScope.ACCELERATOR
    )
    energy_provenance = models.CharField(
        "energy is", max_length=10, choices=DECLARED_PROVENANCE_CHOICES, default="supplied"
    )
    started_at = models.DateTimeField("started", null=True, blank=True)
    ended_at = models.DateTimeField("ended", null=True, blank=True)
    source = models.CharField("source", max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        default_related_name = "runs"
        indexes = [models.Index(fields=["assessment", "category"], name="run_category")]
        constraints = [
            limit("run", "runs_count", "count"),
            limit("run", "gpu_hours"),
            limit("run", "energy_kwh"),
            models.CheckConstraint(
                condition=models.Q(gpu_hours__isnull=False) | models.Q(energy_kwh__isnull=False),
                name="run_has_amount",
                violation_error_message="Give the GPU-hours, the energy, or both.",
            ),
            models.CheckConstraint(
                condition=models.Q(category__in=RunCategory.values), name="run_category_known"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__gte=models.F("started_at"))
                | models.Q(started_at__isnull=True)
                | models.Q(ended_at__isnull=True),
                name="run_time_order",
                violation_error_message="The run ends before it starts.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.gpu_hours is None and self.energy_kwh is None:
            refuse("gpu_hours", "Give the GPU-hours, the energy, or both.", "needed")
        check_order(self.started_at, self.ended_at, "ended_at", "The run ends before it starts.")

    @property
    def stage(self) -> Stage:
        """Training for what is in the released model, development for everything else."""
        return Stage.TRAINING if self.category in TRAINING_CATEGORIES else Stage.DEVELOPMENT


class UpstreamModel(Part):
    """A model that this one was made from, and the share of its burden that is inherited."""

    name = models.CharField("name", max_length=200)
    share_inherited = quantity(
        "share_inherited",
        "share inherited",
        "Above 0, at most 1 (the whole burden).",
        null=False,
        blank=False,
        default=1.0,
    )
    kg_co2e = quantity("kg_co2e", "climate impact")
    water_l = quantity("water_l", "water")
    kg_sb_eq = quantity("kg_sb_eq", "ADPe")
    mj = quantity("mj", "primary energy")
    energy_kwh = quantity("energy_kwh", "electricity")
    source = models.CharField("source", max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        default_related_name = "upstream_models"
        verbose_name = "upstream model"
        constraints = [
            limit("upstream", "share_inherited"),
            limit("upstream", "kg_co2e"),
            limit("upstream", "water_l"),
            limit("upstream", "kg_sb_eq"),
            limit("upstream", "mj"),
            limit("upstream", "energy_kwh"),
        ]

    def __str__(self) -> str:
        return self.name
