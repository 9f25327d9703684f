"""What the columns of a table mean, kept under a name for the next file of its kind."""

from django.db import models

from apps.accounts.models import Owned


class ColumnMapping(Owned):
    """Columns, units, decimal mark and dates of a kind of table; ``document`` is as :mod:`apps.ingest.mapping` reads it.

    An upload keeps the document that it was read by, so editing or deleting a mapping changes no import.
    """

    name = models.CharField("name", max_length=80)
    document = models.JSONField()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="mapping_named_once")
        ]

    def __str__(self) -> str:
        return self.name
