"""The AI system and its assessment: goal and scope, and which stages are declared."""

from django.db import models

from apps.assessments.models.base import Part, Record, check_order
from apps.assessments.models.quantities import limit, quantity, whole
from apps.assessments.models.vocabulary import STAGE_CHOICES, Modality, StageStatus

DEFAULT_FUNCTIONAL_UNIT = "one reply of 400 output tokens"


class AISystem(Record):
    """A model or a service built on models, as its provider names it."""

    slug = models.SlugField("short name", max_length=80)
    name = models.CharField("name", max_length=200)
    description = models.TextField("description", blank=True)
    provider = models.CharField("provider", max_length=200, blank=True)
    modality = models.CharField(
        "modality", max_length=20, choices=Modality.choices, default=Modality.TEXT
    )
    params_total_b = quantity("params_total_b", "total parameters")
    params_active_b = quantity(
        "params_active_b",
        "active parameters",
        "Parameters used for one token; equals the total in a dense model.",
    )
    released_on = models.DateField("released on", null=True, blank=True)
    website = models.URLField("website", blank=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = "AI system"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "slug"], name="system_slug_unique"),
            limit("system", "params_total_b"),
            limit("system", "params_active_b"),
        ]

    def __str__(self) -> str:
        return self.name


class Assessment(Record):
    """A study of one AI system: its goal, functional unit, period and method."""

    system = models.ForeignKey(AISystem, on_delete=models.CASCADE, related_name="assessments")
    slug = models.SlugField("address", max_length=80, unique=True)
    title = models.CharField("title", max_length=200)
    goal = models.TextField(
        "goal", blank=True, help_text="Why the study is made, and for which readers."
    )
    functional_unit = models.CharField(
        "functional unit",
        max_length=200,
        default=DEFAULT_FUNCTIONAL_UNIT,
        help_text="The quantified service that per-use figures are given for.",
    )
    functional_unit_output_tokens = quantity(
        "tokens", "output tokens per functional unit", null=False, blank=False, default=400
    )
    functional_unit_input_tokens = quantity("tokens", "input tokens per functional unit")
    period_start = models.DateField("period from", null=True, blank=True)
    period_end = models.DateField("period to", null=True, blank=True)
    lifetime_queries = whole(
        "lifetime_queries",
        "queries over the model's whole life",
        "Shares development, training and hardware among the queries; without it the fully loaded "
        "figure is not declared.",
    )
    release = models.ForeignKey(
        "factors.Release", on_delete=models.PROTECT, related_name="assessments"
    )
    draws = models.PositiveIntegerField("draws", default=4096)
    seed = models.PositiveIntegerField("seed", default=2026)

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            limit("assessment", "functional_unit_output_tokens", "tokens"),
            limit("assessment", "functional_unit_input_tokens", "tokens"),
            limit("assessment", "lifetime_queries"),
            models.CheckConstraint(
                condition=models.Q(draws__gte=2, draws__lte=65_536), name="assessment_draws_limits"
            ),
            models.CheckConstraint(
                condition=models.Q(period_end__gte=models.F("period_start"))
                | models.Q(period_start__isnull=True)
                | models.Q(period_end__isnull=True),
                name="assessment_period_order",
                violation_error_message="The period ends before it starts.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        check_order(
            self.period_start, self.period_end, "period_end", "The period ends before it starts."
        )


class StageDeclaration(Part):
    """Whether a life-cycle stage is inside the study's boundary, and why."""

    stage = models.CharField("stage", max_length=20, choices=STAGE_CHOICES)
    status = models.CharField(
        "status",
        max_length=20,
        choices=StageStatus.choices,
        default=StageStatus.NOT_DECLARED,
    )
    justification = models.TextField("justification", blank=True)

    class Meta:
        ordering = ["pk"]
        default_related_name = "stage_declarations"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "stage"], name="stage_once"),
            models.CheckConstraint(
                condition=models.Q(stage__in=[stage for stage, _ in STAGE_CHOICES]),
                name="stage_known",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=StageStatus.values), name="stage_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()}: {self.get_status_display()}"
