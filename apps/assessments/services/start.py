"""Starting an assessment: from three fields to a first result."""

from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.text import slugify

from apps.accounts import services as accounts
from apps.accounts.errors import Conflict
from apps.accounts.models import Organisation, User
from apps.assessments import selectors
from apps.assessments.models import (
    AISystem,
    Assessment,
    ComputeRun,
    Hardware,
    RunCategory,
    Site,
    StageDeclaration,
    StageStatus,
)
from apps.assessments.services import records
from apps.factors import selectors as factors
from apps.factors.models import Release
from lca.engine import Stage

OFF_BY_DEFAULT = {
    Stage.NETWORK_DEVICES: "Left out by default: outside the provider's control and rarely known."
}
SLUG_LENGTH = 60


@transaction.atomic
def start_assessment(
    *,
    organisation: Organisation,
    actor: User | None,
    system_name: str,
    accelerator: str,
    gpu_hours: float,
    zone: str,
    uuid: UUID | None = None,
) -> Assessment:
    """Make a system, its assessment, a site, hardware and one training run from three answers.

    The same ``uuid`` sent twice gives the assessment that is there.
    """
    existing = Assessment.objects.of(organisation).filter(uuid=uuid).first() if uuid else None
    if existing is not None:
        return existing
    release = factors.current_release()
    assessment = create_assessment(
        system=system_named(organisation=organisation, actor=actor, name=system_name),
        actor=actor,
        title=system_name,
        release=release,
        uuid=uuid,
    )
    part = {"organisation": organisation, "assessment": assessment}
    site = records.create(record=Site(**part, name=_place(release, zone), zone=zone), actor=actor)
    machine = Hardware(**part, name=accelerator, accelerator=accelerator)
    machine = records.create(record=machine, actor=actor)
    run = ComputeRun(
        **part,
        name="Training",
        site=site,
        hardware=machine,
        category=RunCategory.FINAL_TRAINING,
        gpu_hours=gpu_hours,
    )
    records.create(record=run, actor=actor)
    return assessment


@transaction.atomic
def create_assessment(
    *,
    system: AISystem,
    actor: User | None,
    title: str,
    release: Release | None = None,
    slug: str = "",
    uuid: UUID | None = None,
    **details: Any,
) -> Assessment:
    """Open an assessment of a system, with every life-cycle stage waiting to be declared."""
    if slug and Assessment.objects.filter(slug=slug).exists():
        msg = f"The address “{slug}” is taken; choose another, or leave it out to have one made."
        raise Conflict(msg, field="slug", code="unique")
    assessment = Assessment(
        **details,
        organisation=system.organisation,
        system=system,
        title=title,
        slug=slug or free_slug(title),
        release=release or factors.current_release(),
        uuid=uuid or uuid4(),
    )
    records.check(record=assessment)
    assessment.save(force_insert=True)
    StageDeclaration.objects.bulk_create(_declarations(assessment))
    accounts.record_event(system.organisation, actor, "created", assessment)
    return assessment


def system_named(*, organisation: Organisation, actor: User | None, name: str) -> AISystem:
    """Return the organisation's system of that name, made if there is none."""
    found = AISystem.objects.of(organisation).filter(name=name).order_by("pk").first()
    if found is not None:
        return found
    slug = free_system_slug(organisation=organisation, name=name)
    system = AISystem(organisation=organisation, name=name, slug=slug)
    return records.create(record=system, actor=actor)


def free_system_slug(*, organisation: Organisation, name: str) -> str:
    """Return a short name that no other system of the organisation has."""
    return _numbered(name, set(AISystem.objects.of(organisation).values_list("slug", flat=True)))


def free_slug(title: str) -> str:
    """Return an address that no assessment of this installation has."""
    base = _base(title)
    return _numbered(
        title, set(Assessment.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    )


def _declarations(assessment: Assessment) -> list[StageDeclaration]:
    return [
        StageDeclaration(
            organisation=assessment.organisation,
            assessment=assessment,
            stage=stage.value,
            status=_status(stage),
            justification=OFF_BY_DEFAULT.get(stage, ""),
        )
        for stage in Stage
    ]


def _status(stage: Stage) -> StageStatus:
    if stage in OFF_BY_DEFAULT:
        return StageStatus.EXCLUDED
    return StageStatus.INCLUDED if stage is Stage.HARDWARE else StageStatus.NOT_DECLARED


def _place(release: Release, zone: str) -> str:
    key = selectors.catalogue_key(release, "zone", zone, field="zone")
    return dict(selectors.catalogue_choices(release, "zone")).get(key, key)


def _base(title: str) -> str:
    return slugify(title)[:SLUG_LENGTH].strip("-") or "assessment"


def _numbered(title: str, taken: set[str]) -> str:
    base, number = _base(title), 1
    slug = base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
