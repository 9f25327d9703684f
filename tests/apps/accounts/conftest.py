from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from apps.accounts.models import Membership, Role
from tests.factories import MembershipFactory


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Failed sign-ins of one test do not slow down another."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def owner(db: None) -> Membership:
    return MembershipFactory(role=Role.OWNER)


@pytest.fixture
def editor(owner: Membership) -> Membership:
    return MembershipFactory(role=Role.EDITOR, organisation=owner.organisation)


@pytest.fixture
def viewer(owner: Membership) -> Membership:
    return MembershipFactory(role=Role.VIEWER, organisation=owner.organisation)


@pytest.fixture
def stranger(db: None) -> Membership:
    return MembershipFactory(role=Role.OWNER)


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def page(owner: Membership) -> Client:
    """A browser signed in as an owner."""
    return signed_in(owner)
