"""A file as it was sent, kept as evidence, and how far it has been read."""

from django.db import models
from django.urls import reverse

from apps.accounts.models import Owned, User
from apps.assessments.models import AISystem
from apps.ingest.models.labels import Labelled


class UploadState(models.TextChoices):
    """Where an upload stands."""

    WAITING = "waiting", "waiting"
    READING = "reading", "being read"
    HELD = "held", "looked at"
    DONE = "done", "read"
    REFUSED = "refused", "refused"
    UNDONE = "undone", "undone"


OPEN_STATES = (UploadState.WAITING, UploadState.READING)


def upload_path(upload: "Upload", _name: str) -> str:
    """Where a file is kept: by organisation and content, never under a name that was sent."""
    return f"uploads/{upload.organisation.uuid}/{upload.uuid}/{upload.sha256}"


class Upload(Owned, Labelled):
    """A file of another tool's records; read once, whole or not at all. Its labels are those of all its runs.

    One that is to be looked at first (``is_preview``) is read without keeping a run; ``preview`` then has its first runs and
    its sums. ``mapping`` is the document of columns that it is read by, if somebody named them.
    """

    system = models.ForeignKey(AISystem, on_delete=models.CASCADE, related_name="uploads")
    sent_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    file = models.FileField(upload_to=upload_path, max_length=255)
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    asked_format = models.CharField(max_length=40, blank=True)
    mapping = models.JSONField(default=dict, blank=True)
    is_preview = models.BooleanField(default=False)
    preview = models.JSONField(default=dict, blank=True)
    format = models.CharField(max_length=40, blank=True)
    state = models.CharField(
        max_length=10, choices=UploadState.choices, default=UploadState.WAITING
    )
    message = models.CharField(max_length=1000, blank=True)
    rows_read = models.PositiveBigIntegerField(default=0)
    runs_added = models.PositiveBigIntegerField(default=0)
    runs_duplicate = models.PositiveBigIntegerField(default=0)
    rows_refused = models.PositiveBigIntegerField(default=0)
    notes = models.JSONField(default=dict)
    attempt = models.PositiveIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="upload_state")]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("ingest:upload", args=[self.organisation.slug, self.uuid])

    @property
    def is_open(self) -> bool:
        """Whether it still waits or is being read."""
        return self.state in OPEN_STATES


class RefusedRow(models.Model):
    """A row of a file that could not be used, why, and what to do; the first thousand of a file are kept."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="refused")
    line = models.PositiveBigIntegerField()
    why = models.CharField(max_length=500)
    remedy = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["line", "pk"]

    def __str__(self) -> str:
        return f"line {self.line}: {self.why}"
