"""Keys of programs, and the memory that makes their repeated requests harmless."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.accounts.models.base import OwnedQuerySet
from apps.accounts.models.organisation import Organisation


class Scope(models.TextChoices):
    """What a token may be used for."""

    READ = "read", "Read everything of the organisation"
    WRITE = "write", "Create and change declarations"
    PROBE = "probe", "Run probes and record measurements"


class ApiToken(models.Model):
    """A program's key to one organisation, kept as a hash; never more powerful than the member who issued it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="tokens")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens"
    )
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=20, editable=False)
    secret_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[OwnedQuerySet["ApiToken"]] = OwnedQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its query set's methods

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def state(self) -> str:
        """Tell whether the token works: ``active``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        return "active" if self.lives_at(timezone.now()) else "expired"

    def lives_at(self, moment: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > moment


class IdempotentRequest(models.Model):
    """The answer given to a create request, repeated when the same key comes again."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user", "key"], name="one_answer_per_key"
            )
        ]

    def __str__(self) -> str:
        return self.key
