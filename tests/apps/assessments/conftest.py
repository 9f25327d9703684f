"""A started assessment, the people around it, and a neighbour's."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Membership, Role
from apps.assessments import services
from apps.assessments.models import Assessment, ComputeRun, Deployment, Hardware, Site
from apps.factors.models import Release
from tests.factories import MembershipFactory


@pytest.fixture
def editor(db: None) -> Membership:
    return MembershipFactory(role=Role.EDITOR)


@pytest.fixture
def viewer(editor: Membership) -> Membership:
    return MembershipFactory(organisation=editor.organisation, role=Role.VIEWER)


@pytest.fixture
def stranger(db: None) -> Membership:
    return MembershipFactory(role=Role.OWNER)


def started(member: Membership, name: str = "Aurora 7B") -> Assessment:
    return services.start_assessment(
        organisation=member.organisation,
        actor=member.user,
        system_name=name,
        accelerator="nvidia-h100-sxm5-80gb",
        gpu_hours=1000.0,
        zone="DE",
    )


@pytest.fixture
def assessment(release: Release, editor: Membership) -> Assessment:
    return started(editor)


@pytest.fixture
def theirs(release: Release, stranger: Membership) -> Assessment:
    return started(stranger, "Rival 9B")


@pytest.fixture
def site(assessment: Assessment) -> Site:
    return assessment.sites.get()


@pytest.fixture
def hardware(assessment: Assessment) -> Hardware:
    return assessment.hardware.get()


@pytest.fixture
def run(assessment: Assessment) -> ComputeRun:
    return assessment.runs.get()


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def page(editor: Membership) -> Client:
    """A browser signed in as the editor."""
    return signed_in(editor)


def deployed(assessment: Assessment, site: Site, hardware: Hardware, **fields: Any) -> Deployment:
    """A deployment whose energy per token is supplied, made as a user makes it."""
    known = {"name": "Public API", "requests": 1_000_000, "energy_source": "supplied"}
    record = Deployment(
        organisation=assessment.organisation,
        assessment=assessment,
        site=site,
        hardware=hardware,
        **known | fields,
    )
    return services.create(record=record, actor=None)


HTMX = {"HX-Request": "true"}


def address(name: str, assessment: Assessment, *args: Any) -> str:
    """Address of one of the assessment's pages."""
    start = [assessment.organisation.slug, assessment.slug]
    return reverse(f"assessments:{name}", args=[*start, *args])


def answers(form: Any, **changes: Any) -> dict[str, Any]:
    """What a browser would send for a form as it was shown, with some fields changed."""
    shown = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    return {name: value for name, value in {**shown, **changes}.items() if value is not None}
