"""Snapshots: an assessment as it stood at one moment, written once."""

import json
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.accounts.models import Owned, OwnedQuerySet
from apps.assessments.models import Assessment


class Status(models.TextChoices):
    """Where a snapshot stands; ``MOVES`` holds the ways between."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    CHANGES_REQUESTED = "changes_requested", "Changes requested"
    APPROVED = "approved", "Approved"
    PUBLISHED = "published", "Published"
    SUPERSEDED = "superseded", "Superseded"
    WITHDRAWN = "withdrawn", "Withdrawn"


RELEASED = (Status.PUBLISHED, Status.SUPERSEDED, Status.WITHDRAWN)
MOVES = frozenset(
    {
        (Status.DRAFT, Status.IN_REVIEW),
        (Status.IN_REVIEW, Status.CHANGES_REQUESTED),
        (Status.IN_REVIEW, Status.APPROVED),
        (Status.IN_REVIEW, Status.DRAFT),
        (Status.CHANGES_REQUESTED, Status.IN_REVIEW),
        (Status.CHANGES_REQUESTED, Status.DRAFT),
        (Status.APPROVED, Status.PUBLISHED),
        (Status.APPROVED, Status.DRAFT),
        (Status.PUBLISHED, Status.SUPERSEDED),
        (Status.PUBLISHED, Status.WITHDRAWN),
        (Status.SUPERSEDED, Status.WITHDRAWN),
    }
)
TONES = {Status.PUBLISHED: "good", Status.APPROVED: "good", Status.WITHDRAWN: "bad"}


class ChangeKind(models.TextChoices):
    """Why there is another report; only a correction supersedes the one before."""

    FIRST = "first", "the first report"
    CORRECTION = "correction", "a correction of the report before"
    PERIOD = "period", "a new period"


class SnapshotQuerySet(OwnedQuerySet["Snapshot"]):
    def released(self) -> Self:
        """Keep what the public has been shown: published snapshots and those superseded or withdrawn since."""
        return self.filter(status__in=RELEASED)


class Snapshot(Owned):
    """Inputs, inventory and result of an assessment as canonical JSON; a report is made from nothing else.

    Triggers in the database hold it still: the document changes once, when publication is added to it; the status moves
    only as ``MOVES`` says, and a published snapshot cannot be deleted. ``signed_sha256`` is the hash of what was reviewed
    and approved: the document without ``publication``.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.RESTRICT, related_name="snapshots")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT)
    document = models.BinaryField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=ChangeKind.choices, default=ChangeKind.FIRST)
    reason = models.TextField(blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    predecessor = models.ForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="successors"
    )
    signed_sha256 = models.CharField(max_length=64, editable=False, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.TextField(blank=True)

    objects: ClassVar[SnapshotQuerySet] = SnapshotQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its query set's methods

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "number"], name="snapshot_once"),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="snapshot_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=RELEASED, published_at__isnull=False)
                | (~Q(status__in=RELEASED) & Q(published_at__isnull=True)),
                name="snapshot_publication_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"Report {self.number} of {self.assessment}"

    def get_absolute_url(self) -> str:
        return reverse("disclosures:version", args=[self.assessment.slug, self.number])

    @property
    def tone(self) -> str:
        """Tone of the state's tag."""
        return TONES.get(Status(self.status), "warn")

    @property
    def is_released(self) -> bool:
        """Whether the public has been shown it."""
        return self.status in RELEASED

    @property
    def content(self) -> bytes:
        """The document's bytes, exactly as hashed."""
        return bytes(self.document)

    @property
    def edition(self) -> "Edition":
        """What the document cannot know about itself: whether and when it was published."""
        return Edition(
            status=self.status,
            published_at=self.published_at,
            withdrawn_because=self.withdrawn_because,
        )

    def read(self) -> dict[str, Any]:
        """The document as plain JSON."""
        document: dict[str, Any] = json.loads(self.content)
        return document


class Edition:
    """Publication state that is printed on a report beside its document."""

    def __init__(
        self,
        *,
        status: str = Status.DRAFT,
        published_at: datetime | None = None,
        withdrawn_because: str = "",
    ) -> None:
        self.status = status
        self.published_at = published_at
        self.withdrawn_because = withdrawn_because

    @property
    def label(self) -> str:
        return Status(self.status).label

    @property
    def is_draft(self) -> bool:
        """Whether the public has not been shown it."""
        return self.status not in RELEASED
