"""Scenarios: measures stacked on an assessment, kept under a name; the roadmap of a system; what was learnt of routing."""

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from apps.accounts.models import Owned, User, Versioned
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


class StudyState(models.TextChoices):
    """Where a study of routing stands."""

    WAITING = "waiting", "waiting"
    LEARNING = "learning", "being learnt"
    READY = "ready", "ready"
    FAILED = "failed", "failed"


def study_path(study: "RoutingStudy", _name: str) -> str:
    """Where labelled queries are kept: by organisation and content, never under a name that was sent."""
    return f"routing/{study.organisation.uuid}/{study.uuid}/{study.sha256}"


class RoutingStudy(Owned):
    """What a router could save on labelled queries of one's own; learnt once, by a worker, and never changed.

    ``energy`` are joules of a query as ``MODEL=J``, none where the file holds them. ``result`` is what
    :func:`apps.scenarios.routing.study.study` returns.
    """

    assessment = models.ForeignKey(
        Assessment, on_delete=models.CASCADE, related_name="routing_studies"
    )
    started_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=80)
    file = models.FileField(upload_to=study_path, max_length=255)
    sha256 = models.CharField(max_length=64)
    budget = models.FloatField()
    folds = models.PositiveSmallIntegerField()
    energy = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=StudyState, default=StudyState.WAITING)
    message = models.CharField(max_length=1000, blank=True)
    progress = models.FloatField(default=0.0)
    attempts = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="ready") | models.Q(result__isnull=False),
                name="ready_study_has_a_result",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        place = [self.organisation.slug, self.assessment.slug, self.uuid]
        return reverse("scenarios:routing-study", args=place)

    @property
    def is_open(self) -> bool:
        """Whether it still waits or is being learnt."""
        return self.state in {StudyState.WAITING, StudyState.LEARNING}
