"""What every part of an assessment shares."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from apps.accounts.models import Owned, Versioned


class Part(Owned, Versioned):
    """A row of one assessment; whatever it points at belongs to the same assessment."""

    assessment = models.ForeignKey("assessments.Assessment", on_delete=models.CASCADE)
    siblings: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        for name in self.siblings:
            sibling = getattr(self, name)
            if sibling is not None and sibling.assessment_id != self.assessment_id:
                msg = f"“{sibling}” belongs to another assessment; choose one of this assessment."
                raise ValidationError({name: ValidationError(msg, code="foreign")})
