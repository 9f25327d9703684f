"""What every row of an organisation has: an owner, an outside identifier, dates, and a version where it is edited."""

import uuid
from typing import ClassVar, Self, TypeVar

from django.db import models

from apps.accounts.models.organisation import Organisation

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class OwnedQuerySet(models.QuerySet[M_co]):
    """Rows of an organisation. Every read begins with ``visible_to`` or ``of``."""

    def visible_to(self, user: object) -> Self:
        """Keep the rows of the organisations that ``user`` is a member of."""
        return self.filter(organisation__memberships__user=user)

    def of(self, organisation: Organisation) -> Self:
        """Keep the rows of one organisation."""
        return self.filter(organisation=organisation)


class Owned(models.Model):
    """Something that belongs to one organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[OwnedQuerySet[Self]] = OwnedQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its query set's methods

    class Meta:
        abstract = True


class Versioned(models.Model):
    """Something that people edit; ``services.save_versioned`` refuses an edit of an older version."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
