"""What every record shares: rules that need no query, and the assessment that a part belongs to."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from apps.accounts.models import Owned, Versioned


class Record(Owned, Versioned):
    """A row that people edit; the database holds its limits too, but is not asked about them at every edit."""

    class Meta:
        abstract = True

    def get_constraints(self) -> list[tuple[type[models.Model], Sequence[Any]]]:
        """Leave check constraints to validators and ``clean``: Django would send a query for each."""
        return [
            (model, [item for item in items if not isinstance(item, models.CheckConstraint)])
            for model, items in super().get_constraints()
        ]


class Part(Record):
    """A row of one assessment; whatever it points at belongs to the same assessment."""

    assessment = models.ForeignKey("assessments.Assessment", on_delete=models.CASCADE)
    siblings: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        for name in self.siblings:
            if getattr(self, f"{name}_id") is None:
                continue
            sibling = getattr(self, name)
            if sibling.assessment_id != self.assessment_id:
                msg = f"“{sibling}” belongs to another assessment; choose one of this assessment."
                raise ValidationError({name: ValidationError(msg, code="foreign")})


def refuse(field: str, message: str, code: str) -> None:
    """Raise a validation error at one field."""
    raise ValidationError({field: ValidationError(message, code=code)})


def check_order(start: date | None, end: date | None, field: str, message: str) -> None:
    """Refuse a period that ends before it starts, at the field of its end."""
    if start is not None and end is not None and end < start:
        refuse(field, message, "order")
