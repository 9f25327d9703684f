"""Scenarios: measures stacked on an assessment, kept under a name."""

from django.db import models

from apps.accounts.models import Owned, Versioned
from apps.assessments.models import Assessment


class Scenario(Owned, Versioned):
    """What if: a list of measures with their options, in the order in which they are taken.

    Its figures are computed when they are asked for, from the assessment as it stands; a report keeps those of its day.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="scenarios")
    name = models.CharField(max_length=80)
    notes = models.CharField(max_length=600, blank=True)
    measures = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "name"],
                name="scenario_name_once",
                violation_error_message="This assessment has a scenario of that name already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
