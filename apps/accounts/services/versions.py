"""Optimistic locking: an edit is accepted only if nobody edited the row in between."""

from collections.abc import Sequence
from typing import Any, TypeVar, cast

from django.db import models, transaction
from django.db.models import F

from apps.accounts.errors import Change, StaleEdit
from apps.accounts.models import AuditEvent, User, Versioned
from apps.accounts.services.audit import identifier, record_event

V = TypeVar("V", bound=Versioned)
UNWATCHED = {"id", "uuid", "version", "created_at", "updated_at"}


@transaction.atomic
def save_versioned(instance: V, expected_version: int, *, actor: User | None = None) -> V:
    """Save the edit of a row that was read at ``expected_version``, and log what it changed.

    Raises ``StaleEdit``, naming what others changed since, if the row has moved on. An edit that changes nothing
    (a form sent twice) is accepted and leaves the version alone.
    """
    manager = type(instance)._default_manager  # noqa: SLF001  # Django's public name for it
    stored = manager.select_for_update().get(pk=instance.pk)
    changes = differences(stored, instance)
    if not changes:
        instance.version = stored.version
        return instance
    moved = manager.filter(pk=instance.pk, version=expected_version).update(
        version=F("version") + 1
    )
    if not moved:
        raise _stale(stored, expected_version, changes)
    instance.version = expected_version + 1
    instance.save(force_update=True)
    _log(instance, actor, changes)
    return instance


def demand_version(instance: Versioned, expected_version: int) -> None:
    """Raise ``StaleEdit`` if the row is no longer at the version the actor saw."""
    if instance.version != expected_version:
        raise _stale(instance, expected_version, [])


def differences(before: models.Model, after: models.Model) -> list[Change]:
    """List the fields whose values differ between two states of one row."""
    pairs = (
        (field.name, _value(before, field), _value(after, field))
        for field in before._meta.concrete_fields  # noqa: SLF001  # Django's public name for it
        if field.name not in UNWATCHED
    )
    return [Change(field=name, before=old, after=new) for name, old, new in pairs if old != new]


def _value(instance: models.Model, field: "models.Field[Any, Any]") -> Any:
    return field.to_python(getattr(instance, field.attname))


def _log(instance: Versioned, actor: User | None, changes: Sequence[Change]) -> None:
    organisation = getattr(instance, "organisation", None)
    if organisation is None:
        return
    data = {c.field: [_plain(c.before), _plain(c.after)] for c in changes}
    record_event(
        organisation, actor, "changed", instance, {"version": instance.version, "changes": data}
    )


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | float | str | None) else str(value)


def _stale(stored: Versioned, expected: int, mine: Sequence[Change]) -> StaleEdit:
    events = _events_since(stored, expected)
    changes = _merged(events) or [
        Change(field=c.field, before=c.after, after=c.before) for c in mine
    ]
    who = ", ".join(dict.fromkeys(event.actor_label for event in events)) or "somebody else"
    what = "; ".join(str(change) for change in changes) or "see the current version"
    message = (
        f"{who} changed this since you opened it: {what}. Nothing of yours was saved. "
        f"Open the current version ({stored.version}) and make your edit again."
    )
    return StaleEdit(message, changes=changes, version=stored.version)


def _events_since(stored: Versioned, expected: int) -> list[AuditEvent]:
    """Return the logged edits made after ``expected``, oldest first."""
    return list(
        AuditEvent.objects.filter(
            target_type=stored._meta.label_lower,  # noqa: SLF001  # Django's public name for it
            target_id=identifier(stored),
            verb="changed",
            data__version__gt=min(expected, stored.version),  # the database holds no larger number
        ).order_by("id")
    )


def _merged(events: Sequence[AuditEvent]) -> list[Change]:
    merged: dict[str, Change] = {}
    for event in events:
        for field, (before, after) in cast("dict[str, list[Any]]", event.data["changes"]).items():
            first = merged.get(field)
            merged[field] = Change(
                field=field, before=first.before if first else before, after=after
            )
    return list(merged.values())
