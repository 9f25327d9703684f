"""Adding, changing and removing an organisation's own factors: checked, logged, never overwritten blindly."""

from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, RestrictedError

from apps.accounts import services as accounts
from apps.accounts.errors import Conflict
from apps.accounts.models import User
from apps.factors import evidence as evidences
from apps.factors import rules, selectors
from apps.factors.errors import NoRelease
from apps.factors.indicators import INDICATORS
from apps.factors.models import Entry, OwnFactor

TAKEN = "This number is here already from the same source; edit it instead."


class InUse(Conflict):
    """Something still points at the factor."""

    code = "in_use"


@transaction.atomic
def add(*, factor: OwnFactor, actor: User | None) -> OwnFactor:
    """Keep a factor; the same ``uuid`` sent twice (a double-clicked form) gives the one that is there.

    Raises ``ValidationError`` with messages by field, or ``Conflict``.
    """
    existing = OwnFactor.objects.of(factor.organisation).filter(uuid=factor.uuid).first()
    if existing is not None:
        return existing
    _prepare(factor)
    try:
        with transaction.atomic():
            factor.save(force_insert=True)
    except IntegrityError:
        raise Conflict(TAKEN, field="source_text") from None
    accounts.record_event(factor.organisation, actor, "created", factor)
    return factor


@transaction.atomic
def change(*, factor: OwnFactor, expected_version: int, actor: User | None) -> OwnFactor:
    """Save an edit of the factor that was read at ``expected_version``; raises ``StaleEdit`` if it has moved on."""
    _prepare(factor)
    try:
        with transaction.atomic():
            return accounts.save_versioned(factor, expected_version, actor=actor)
    except IntegrityError:
        raise Conflict(TAKEN, field="source_text") from None


@transaction.atomic
def attach(
    *, factor: OwnFactor, file: IO[bytes], name: str, expected_version: int, actor: User | None
) -> OwnFactor:
    """Attach the evidence, in place of what was attached before; raises ``EvidenceRefused``."""
    found = evidences.examine(file, name)
    old = factor.evidence.name
    factor.evidence_name, factor.evidence_type = found.name, found.type
    factor.evidence_sha256, factor.evidence_size = found.sha256, len(found.content)
    factor.evidence.save(found.sha256, ContentFile(found.content), save=False)
    try:
        accounts.save_versioned(factor, expected_version, actor=actor)
    except Exception:
        if factor.evidence.name and factor.evidence.name != old:
            factor.evidence.storage.delete(factor.evidence.name)
        raise
    if old and old != factor.evidence.name:
        transaction.on_commit(lambda: factor.evidence.storage.delete(old))
    return factor


@transaction.atomic
def remove(*, factor: OwnFactor, actor: User | None) -> None:
    """Delete a factor that nothing uses, with its evidence."""
    accounts.record_event(factor.organisation, actor, "deleted", factor)
    try:
        factor.delete()
    except (ProtectedError, RestrictedError) as error:
        users = sorted(str(row) for row in error.args[1])
        names = ", ".join(f"“{user}”" for user in users[:3]) + (" and others" if users[3:] else "")
        msg = f"“{factor}” is used by {names}. Choose another source there first."
        raise InUse(msg) from error


def _prepare(factor: OwnFactor) -> None:
    """Name the factor, check it, and write it in the library's unit."""
    entry = _entry(factor)
    factor.name = factor.name.strip() or (entry.name if entry else "")
    if not factor.name:
        msg = f"The library has no {factor.kind} “{factor.key}”, so give the new thing a name."
        raise ValidationError({"name": msg})
    factor.full_clean(exclude={"organisation", "uuid", "evidence"}, validate_unique=False)
    indicator = INDICATORS[factor.kind][factor.indicator]
    scale = rules.scale_of(factor.unit, indicator)
    if isinstance(scale, float) and scale != 1:
        number = rules.converted(factor.number, scale, indicator.unit or factor.unit)
        factor.value, factor.low, factor.high = number.value, number.low, number.high
        factor.observed, factor.unit = [*number.observed], number.unit


def _entry(factor: OwnFactor) -> Entry | None:
    try:
        release = selectors.current_release()
    except NoRelease:
        return None
    return Entry.objects.filter(release=release, kind=factor.kind, key=factor.key).first()
