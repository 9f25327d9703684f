"""Scenarios: measures stacked on an assessment, kept under a name; and the roadmap of a system."""

from django.core.exceptions import ValidationError
from django.db import models

from apps.accounts.models import Owned, Versioned
from apps.assessments.models import AISystem, Assessment


class Scenario(Owned, Versioned):
    """What if: a list of measures with their options, in the order in which they are taken.

    Its figures are computed when they are asked for, from the assessment as it stands; a report keeps those of its day.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="scenarios")
    name = models.CharField(max_length=80)
    notes = models.CharField(max_length=600, blank=True)
    measures = models.JSONField(default=list, blank=True)
    in_report = models.BooleanField(
        "put into the report", default=False, help_text="The next report shows it, as it is then."
    )

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


class Roadmap(Owned, Versioned):
    """The plan of a system: targets from a baseline, and actions in five phases that are to reach them.

    ``targets`` and ``actions`` have the shape that :mod:`apps.scenarios.roadmap.plan` reads. What is expected and what was
    achieved is computed when it is asked for; a report keeps the figures of its day.
    """

    system = models.OneToOneField(AISystem, on_delete=models.CASCADE, related_name="roadmap")
    baseline = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="+")
    notes = models.CharField(max_length=600, blank=True)
    targets = models.JSONField(default=list, blank=True)
    actions = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Roadmap of {self.system}"

    def clean(self) -> None:
        """Refuse a baseline of another system."""
        super().clean()
        if self.baseline.system_id != self.system_id:
            msg = "The baseline is an assessment of the same system."
            raise ValidationError({"baseline": msg})
