"""The audit log."""

from typing import Any

from django.db import models

from apps.accounts.models import AuditEvent, Organisation, User


def record_event(
    organisation: Organisation,
    actor: User | None,
    verb: str,
    target: models.Model,
    data: dict[str, Any] | None = None,
) -> AuditEvent:
    """Add a line to the organisation's audit log: ``actor`` did ``verb`` to ``target``."""
    return AuditEvent.objects.create(
        organisation=organisation,
        actor=actor,
        actor_label=actor.email if actor else "system",
        verb=verb,
        target_type=target._meta.label_lower,  # noqa: SLF001  # Django's public name for it
        target_id=identifier(target),
        target_label=str(target)[:200],
        data=data or {},
    )


def identifier(target: models.Model) -> str:
    """Return the row's outside identifier, or its primary key where it has none."""
    return str(getattr(target, "uuid", None) or target.pk)
