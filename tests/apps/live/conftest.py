"""A deployed model at a site whose figures are known, and points of its counters."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.accounts import services as accounts
from apps.accounts.models import Membership, Role, Scope
from apps.assessments.models import AISystem, Assessment, Deployment, Site, StageDeclaration
from apps.factors.models import Release
from apps.ingest.otlp import Point
from apps.live import services
from apps.live.models import LiveService
from tests.factories import MembershipFactory

NS = 1_000_000_000
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
J_IN, J_OUT, PUE, GRID = 0.1, 2.0, 1.25, 0.4


@pytest.fixture
def member(db: None) -> Membership:
    return MembershipFactory(role=Role.EDITOR)


@pytest.fixture
def token(member):
    scopes = [Scope.READ, Scope.WRITE]
    return accounts.issue_token(actor=member, name="exporter", scopes=scopes, days=30)[1]


@pytest.fixture
def system(member: Membership) -> AISystem:
    return AISystem.objects.create(organisation=member.organisation, name="Aurora", slug="aurora")


@pytest.fixture
def deployment(system, release) -> Deployment:
    return make_deployment(system, release)


def make_deployment(system: AISystem, release: Release, slug: str = "a") -> Deployment:
    part = {"organisation": system.organisation}
    assessment = Assessment.objects.create(
        **part, system=system, title="A", slug=slug, release=release
    )
    StageDeclaration.objects.create(
        **part, assessment=assessment, stage="inference", status="included"
    )
    site = Site.objects.create(
        **part,
        assessment=assessment,
        name="Hall",
        zone="DE",
        pue=PUE,
        grid_kg_co2e_per_kwh=GRID,
        grid_scope="life_cycle",
        wue_l_per_kwh=0.5,
    )
    return Deployment.objects.create(
        **part,
        assessment=assessment,
        site=site,
        name="chat",
        energy_source="supplied",
        joules_per_input_token=J_IN,
        joules_per_output_token=J_OUT,
        energy_scope="node",
    )


@pytest.fixture
def service(system, deployment) -> LiveService:
    return followed(system, deployment)


def followed(system, deployment, since=NOON - timedelta(hours=3)) -> LiveService:
    """A service that is followed since some time."""
    made = services.follow(
        system=system, name="chat", deployment=deployment, metrics_url="", actor=None
    )
    LiveService.objects.filter(pk=made.pk).update(created_at=since)
    made.refresh_from_db()
    return made


def point(
    value, at=NOON, *, fact="output_tokens", start=None, delta=False, series="s", family="vllm"
) -> Point:
    return Point(
        family=family,
        fact=fact,
        series=f"{series} {fact}",
        model="aurora",
        instance="pod",
        is_delta=delta,
        start_ns=int(start.timestamp() * NS) if start else 0,
        time_ns=int(at.timestamp() * NS),
        value=float(value),
    )
