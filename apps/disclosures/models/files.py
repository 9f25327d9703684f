"""The files of a published report: written once, with their hashes."""

from django.db import models

from apps.accounts.models import Owned
from apps.disclosures.models.snapshot import Snapshot


class PublishedFile(Owned):
    """One file of a published report, kept read-only on disk; triggers hold this row still."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=80)
    media_type = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    path = models.CharField(max_length=200)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "name"], name="published_file_once"),
        ]

    def __str__(self) -> str:
        return self.name
