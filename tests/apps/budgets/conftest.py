"""A system with a site whose electricity is known, and runs of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Membership, Role
from apps.assessments.models import AISystem, Assessment, Site
from apps.budgets.models import Budget
from apps.ingest import services as ingest
from apps.ingest.record import Boundary, Outcome, Run
from lca.engine import Provenance
from tests.factories import MembershipFactory


@pytest.fixture
def member(db: None) -> Membership:
    return MembershipFactory(role=Role.EDITOR)


@pytest.fixture
def system(member: Membership) -> AISystem:
    return AISystem.objects.create(organisation=member.organisation, name="Aurora", slug="aurora")


@pytest.fixture
def site(release, system) -> Site:
    assessment = Assessment.objects.create(
        organisation=system.organisation, system=system, title="A", slug="a", release=release
    )
    return Site.objects.create(
        organisation=system.organisation,
        assessment=assessment,
        name="Hall",
        zone="DE",
        pue=1.25,
        grid_kg_co2e_per_kwh=0.4,
        wue_l_per_kwh=0.5,
    )


def add_run(
    system, kwh=10.0, *, name="pretrain", ago=timedelta(), hours=2.0, fails=False, **labels
):
    now = timezone.now()
    run = Run(
        line=0,
        external_id=f"{name} {kwh} {ago} {labels}",
        name=name,
        started_at=now - ago - timedelta(hours=1),
        ended_at=now - ago,
        energy_kwh=kwh,
        gpu_hours=hours,
        pue_inside=1.0,
        outcome=Outcome.FAILED if fails else Outcome.FINISHED,
        boundary=Boundary.NODE,
        provenance=Provenance.MEASURED,
    )
    return ingest.record(system=system, run=run, **labels)[0]


def budget(system, **changes):
    given = {"name": "Runs", "metric": "gwp_location", "per": "total", "fail_at": 10.0, **changes}
    return Budget.objects.create(organisation=system.organisation, system=system, **given)
