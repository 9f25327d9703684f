"""One way to create, change and delete every row of an assessment: validated, logged, never overwritten blindly."""

from collections.abc import Sequence
from typing import TypeAlias, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError

from apps.accounts import services as accounts
from apps.accounts.errors import Conflict, DomainError
from apps.accounts.models import User
from apps.assessments import selectors
from apps.assessments.inventory.records import AnyFactor
from apps.assessments.models import (
    AISystem,
    Assessment,
    ComputeRun,
    Contract,
    Deployment,
    FactorChoice,
    Hardware,
    Part,
    Site,
    StageDeclaration,
    StageStatus,
)
from apps.assessments.services.agreement import agree
from apps.factors import selectors as factors
from apps.factors.models import OwnFactor
from lca.engine import Stage

Record: TypeAlias = AISystem | Assessment | Part
R = TypeVar("R", bound="AISystem | Assessment | Part")

CATALOGUE: dict[type[Part], dict[str, str]] = {
    Site: {"zone": "zone", "cloud_region": "cloud_region", "datacentre": "datacentre"},
    Contract: {"zone": "zone"},
    Hardware: {"accelerator": "accelerator", "host": "host"},
}


class InUse(Conflict):
    """Other rows still point at this one."""

    code = "in_use"


class UnknownSource(DomainError):
    """No figure of that source for that indicator of that entry; the message names those there are."""

    code = "unknown_source"

    def __init__(
        self, place: tuple[str, str, str], source: str, rivals: Sequence[AnyFactor]
    ) -> None:
        known = ", ".join(row.source.key for row in rivals)
        hint = f"Its sources: {known}." if known else "The release holds no such figure."
        msg = f"“{source[:60]}” gives no figure for {place[2]} of {place[1]}. {hint}"
        super().__init__(msg, field="source")


def check(*, record: Record) -> None:
    """Refuse what cannot be saved; keys of the catalogue are put into their own spelling.

    Raises ``ValidationError`` with messages by field, or ``UnknownKey``.
    """
    for field, kind in CATALOGUE.get(type(record), {}).items():  # type: ignore[arg-type]  # systems and assessments have no keys
        release = record.assessment.release  # type: ignore[union-attr]  # only parts are in CATALOGUE
        key = selectors.catalogue_key(release, kind, getattr(record, field), field=field)
        setattr(record, field, key)
    if isinstance(record, Site) and not record.zone:
        record.zone = selectors.zone_of_region(record.assessment.release, record.cloud_region)
    if isinstance(record, FactorChoice):
        _check_source(record)
    record.full_clean(exclude={"uuid", *_known_relations(record)}, validate_unique=False)


def _check_source(choice: FactorChoice) -> None:
    """Refuse a source without a figure there, and hold an own factor so that it is not deleted meanwhile."""
    release, organisation = choice.assessment.release, choice.assessment.organisation
    rivals = factors.rivals_at(release, organisation, [choice.place]).get(choice.place, [])
    found = next((row for row in rivals if row.source.key == choice.source), None)
    if found is None:
        raise UnknownSource(choice.place, choice.source, rivals)
    choice.own = found if isinstance(found, OwnFactor) else None


def _known_relations(record: Record) -> set[str]:
    """Name the relations that hold a row: it was looked up, and need not be again."""
    fields = record._meta.concrete_fields  # noqa: SLF001 - Django's public name for it
    return {f.name for f in fields if f.is_relation and getattr(record, f.attname) is not None}


def create(*, record: R, actor: User | None) -> R:
    """Add a row; the same ``uuid`` sent twice (a double-clicked form) gives the row that is there."""
    if isinstance(record, Part):
        record.organisation_id = record.assessment.organisation_id
    existing = _existing(record)
    if existing is not None:
        return existing
    check(record=record)
    try:
        return _insert(record, actor)
    except IntegrityError as error:
        existing = _existing(record)
        if existing is not None:
            return existing
        msg = f"“{record}” collides with a row that exists already; choose another name or address."
        raise Conflict(msg) from error


@transaction.atomic
def _insert(record: R, actor: User | None) -> R:
    agree(record)
    record.save(force_insert=True)
    accounts.record_event(record.organisation, actor, "created", record)
    if isinstance(record, ComputeRun | Deployment):
        include_stages(record.assessment, {stage_of(record)})
    if isinstance(record, Part):
        touch(record.assessment)
    return record


def _existing(record: R) -> R | None:
    rows = type(record).objects.of(record.organisation)
    return cast("R | None", rows.filter(uuid=record.uuid).first())


@transaction.atomic
def update(*, record: R, expected_version: int, actor: User | None) -> R:
    """Save an edit of the row that was read at ``expected_version``.

    Raises ``StaleEdit``, telling what others changed since, if it has moved on.
    """
    check(record=record)
    agree(record)
    accounts.save_versioned(record, expected_version, actor=actor)
    if isinstance(record, Part):
        touch(record.assessment)
    return record


@transaction.atomic
def delete(*, record: Record, actor: User | None) -> None:
    """Remove a row that nothing points at any more."""
    if isinstance(record, StageDeclaration):
        raise DomainError("A life-cycle stage is not removed; declare it excluded instead.")
    accounts.record_event(record.organisation, actor, "deleted", record)
    try:
        record.delete()
    except RestrictedError as error:
        users = sorted(str(row) for row in error.restricted_objects)
        names = ", ".join(f"“{name}”" for name in users[:3]) + (" and others" if users[3:] else "")
        msg = f"“{record}” is used by {names}. Give them another one first, or delete them."
        raise InUse(msg) from error
    if isinstance(record, Part):
        touch(record.assessment)


def include_stages(assessment: Assessment, stages: set[Stage]) -> None:
    """Count a stage as included once something is declared in it; an exclusion stays as it was declared."""
    StageDeclaration.objects.filter(
        assessment=assessment, stage__in=stages, status=StageStatus.NOT_DECLARED
    ).update(status=StageStatus.INCLUDED)


def touch(assessment: Assessment) -> None:
    """Move the assessment's date of change."""
    assessment.save(update_fields=["updated_at"])


def stage_of(record: ComputeRun | Deployment) -> Stage:
    """Life-cycle stage that a row's electricity belongs to."""
    return record.stage if isinstance(record, ComputeRun) else Stage.INFERENCE


__all__ = ["CATALOGUE", "InUse", "Record", "ValidationError", "check", "create", "delete", "update"]
