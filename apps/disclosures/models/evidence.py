"""Files that stand behind figures: kept with hash, period and who may see them."""

from django.db import models

from apps.accounts.models import Owned, User
from apps.assessments.models import Assessment


class EvidenceKind(models.TextChoices):
    """What a file of evidence is."""

    METER = "meter", "meter export"
    INVOICE = "invoice", "invoice"
    LOG = "log", "log of a scheduler or a tool"
    FOOTPRINT = "footprint", "product carbon footprint"
    CONTRACT = "contract", "contract or certificate"
    OTHER = "other", "other"


class Confidentiality(models.TextChoices):
    """Who may open a file of evidence."""

    PUBLIC = "public", "public, with the report"
    REVIEWER = "reviewer", "confidential, seen by the reviewer"


def evidence_path(evidence: "EvidenceFile", _name: str) -> str:
    """Where a file is kept: by content, never under a name that was sent."""
    return f"evidence/{evidence.organisation.uuid}/{evidence.uuid}/{evidence.sha256}"


class EvidenceFile(Owned):
    """One file; it can be removed until a report that lists it has been submitted for review."""

    assessment = models.ForeignKey(
        Assessment, on_delete=models.CASCADE, related_name="evidence_files"
    )
    title = models.CharField("title", max_length=200)
    kind = models.CharField("kind", max_length=20, choices=EvidenceKind.choices)
    supports = models.CharField("what it supports", max_length=300, blank=True)
    period_start = models.DateField("period from", null=True, blank=True)
    period_end = models.DateField("period to", null=True, blank=True)
    confidentiality = models.CharField(
        "confidentiality",
        max_length=10,
        choices=Confidentiality.choices,
        default=Confidentiality.REVIEWER,
    )
    file = models.FileField("file", upload_to=evidence_path, max_length=255)
    file_name = models.CharField(max_length=120, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveBigIntegerField(editable=False)
    added_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "sha256"], name="evidence_once"),
            models.CheckConstraint(
                condition=models.Q(period_end__gte=models.F("period_start"))
                | models.Q(period_start__isnull=True)
                | models.Q(period_end__isnull=True),
                name="evidence_period_order",
                violation_error_message="The period ends before it starts.",
            ),
        ]

    def __str__(self) -> str:
        return self.title
