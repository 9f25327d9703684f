"""Figures that the declarant has published elsewhere, shown beside the computed ones."""

from django.db import models

from apps.assessments.models.base import Part
from apps.assessments.models.quantities import limit, quantity
from apps.assessments.models.run import ComputeRun
from apps.assessments.models.vocabulary import CATEGORY_CHOICES, STAGE_CHOICES


class PublishedFigure(Part):
    """One published number: where it stands, and how near the computed one must come."""

    siblings = ("run",)

    label = models.CharField("what", max_length=200)
    stage = models.CharField("stage", max_length=20, choices=STAGE_CHOICES, blank=True)
    category = models.CharField("impact category", max_length=30, choices=CATEGORY_CHOICES)
    value = models.FloatField("value")
    unit = models.CharField("unit", max_length=40)
    tolerance_share = quantity("tolerance_share", "tolerance, as a share")
    run = models.ForeignKey(ComputeRun, on_delete=models.CASCADE, null=True, blank=True)
    where = models.CharField("where", max_length=300, blank=True)
    note = models.TextField("note", blank=True)

    class Meta:
        ordering = ["pk"]
        default_related_name = "published_figures"
        constraints = [
            limit("published", "tolerance_share"),
            models.CheckConstraint(
                condition=models.Q(category__in=[key for key, _ in CATEGORY_CHOICES]),
                name="published_category_known",
            ),
        ]

    def __str__(self) -> str:
        return self.label
