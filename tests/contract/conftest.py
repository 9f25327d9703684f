"""An organisation that has one of everything, and everything the site answers to."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from apps.accounts import services as accounts
from apps.accounts.models import Membership, Owned, Role, Scope
from apps.assessments import services as assessments
from apps.assessments.models import (
    Assessment,
)
from apps.factors.services import load_release
from apps.probes.models import (
    ProbeRequest,
)
from tests.contract.furnishing import (
    add_budget,
    add_host,
    add_own_factor,
    add_parts,
    add_review,
    add_roadmap,
    add_routing_study,
    add_scenario,
    add_served_and_fit,
    follow_service,
    measure,
    record_runs,
)
from tests.factories import MembershipFactory


@pytest.fixture
def owner(db: None) -> Membership:
    return MembershipFactory(role=Role.OWNER)


@pytest.fixture
def stranger(db: None) -> Membership:
    return MembershipFactory(role=Role.OWNER)


@pytest.fixture
def library(db: None) -> None:
    cache.clear()
    load_release()


@pytest.fixture(scope="session")
def one_of_everything() -> Callable[[Membership, str], Assessment]:
    """Give a member's organisation one more of everything; the library must have been loaded."""

    def furnish(member: Membership, name: str) -> Assessment:
        who = {"organisation": member.organisation, "actor": member.user}
        assessment = assessments.start_assessment(
            **who, system_name=name, accelerator="nvidia-h100-sxm5-80gb", gpu_hours=10.0, zone="DE"
        )
        part = {"organisation": member.organisation, "assessment": assessment}
        add_parts(assessment, part)
        add_own_factor(**who, name=name)
        measure(**who, name=name)
        add_host(**who, name=name)
        add_served_and_fit(**who, name=name)
        record_runs(assessment, member.user, name)
        add_budget(assessment, name)
        add_scenario(assessment, name)
        add_roadmap(assessment)
        add_routing_study(assessment, name)
        follow_service(assessment, name)
        ProbeRequest.objects.create(
            organisation=member.organisation,
            requested_by=member.user,
            preset="tiny",
            precision="bf16",
            queued_at=timezone.now(),
        )
        accounts.issue_token(actor=member, name=name, scopes=list(Scope), days=7)
        accounts.invite_member(actor=member, email=f"{name}@example.org".lower(), role=Role.VIEWER)
        add_review(assessment, member.user)
        return assessment

    return furnish


@pytest.fixture
def furnish(
    library: None, one_of_everything: Callable[[Membership, str], Assessment]
) -> Callable[[Membership, str], Assessment]:
    """Do so in a database that has the library."""
    return one_of_everything


def owned_models() -> list[type[Owned]]:
    return [model for model in apps.get_models() if issubclass(model, Owned)]


def rows_of(member: Membership) -> list[Owned]:
    """Every row that belongs to the member's organisation."""
    return [row for model in owned_models() for row in model.objects.of(member.organisation)]


def routes(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Walk every address of the site but the administration's, with its pattern."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if path.startswith("admin/"):
            continue
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, path)
        else:
            yield path, pattern
