"""The review of a snapshot: five answers, an opinion, and a numbered dialogue."""

from typing import Any

from django.db import models
from django.db.models import Q

from apps.accounts.models import Owned, User
from apps.assessments.models import Assessment
from apps.disclosures.models.snapshot import Snapshot

TESTS = (
    ("methods_consistent", "The methods used are consistent with ISO 14040 and ISO 14044"),
    ("methods_valid", "The methods used are scientifically and technically valid"),
    ("data_appropriate", "The data used are appropriate and reasonable for the goal of the study"),
    ("interpretation", "The interpretation reflects the limitations and the goal of the study"),
    ("transparent", "The report is transparent and consistent"),
)


class Level(models.TextChoices):
    """What kind of review was made; only the last three are independent."""

    INTERNAL = "internal", "internal check"
    EXTERNAL = "external", "external critical review"
    LIMITED = "limited", "verification, limited assurance"
    REASONABLE = "reasonable", "verification, reasonable assurance"


class Outcome(models.TextChoices):
    """What the reviewer concludes."""

    PASSED = "passed", "passed"
    CHANGES = "changes", "changes requested"


class Review(Owned):
    """A reviewer's signed form on one snapshot, whose hash it names; written once."""

    snapshot = models.OneToOneField(Snapshot, on_delete=models.CASCADE, related_name="review")
    reviewer = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField("name", max_length=200)
    affiliation = models.CharField("affiliation", max_length=200)
    level = models.CharField("level", max_length=12, choices=Level.choices)
    standard = models.CharField("standard", max_length=200, default="ISO 14040, ISO 14044")
    scope = models.CharField("scope", max_length=500)
    independence = models.TextField("independence", max_length=2000)
    tests = models.JSONField()
    opinion = models.TextField("opinion", max_length=4000)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    sha256 = models.CharField(max_length=64, editable=False)
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["-signed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=Level.values), name="review_level_known"),
        ]

    def __str__(self) -> str:
        return f"Review of {self.snapshot}"

    @property
    def is_independent(self) -> bool:
        return self.level != Level.INTERNAL

    def answers(self) -> list[dict[str, Any]]:
        """The five tests with their answers."""
        return [{"key": key, "text": text, **self.tests.get(key, {})} for key, text in TESTS]


class Severity(models.TextChoices):
    """How much a comment matters."""

    EDITORIAL = "editorial", "editorial"
    MINOR = "minor", "minor"
    MAJOR = "major", "major: must be resolved"


class ReviewComment(Owned):
    """A numbered remark of a reviewer on a section or figure, its response, and how it was settled."""

    assessment = models.ForeignKey(
        Assessment, on_delete=models.CASCADE, related_name="review_comments"
    )
    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="comments")
    number = models.PositiveIntegerField()
    section = models.CharField("section", max_length=40)
    figure = models.CharField("figure or line", max_length=200, blank=True)
    severity = models.CharField(
        "severity", max_length=10, choices=Severity.choices, default=Severity.MINOR
    )
    text = models.TextField("comment", max_length=4000)
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=200)
    response = models.TextField("response", max_length=4000, blank=True)
    responded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    responded_at = models.DateTimeField(null=True)
    resolution = models.TextField("resolution", max_length=1000, blank=True)
    resolved_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "number"], name="comment_once"),
            models.CheckConstraint(
                condition=Q(severity__in=Severity.values), name="comment_severity_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Comment {self.number} on {self.assessment}"

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None
