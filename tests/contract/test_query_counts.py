"""Lists take as many queries for many rows as for one."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Membership
from apps.assessments.models import Assessment
from tests.contract.conftest import routes
from tests.factories import MembershipFactory, bearer

LISTS = 25
PAGES = 60


def counts(client: Client, addresses: list[str]) -> dict[str, int]:
    found = {}
    for address in addresses:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200, address
        found[address] = len(queries)
    return found


@pytest.mark.django_db
def test_lists_do_not_ask_once_per_row(
    owner: Membership, furnish: Callable[[Membership, str], Assessment]
) -> None:
    furnish(owner, "Aurora")
    client = Client(headers=bearer(owner))
    client.force_login(owner.user)
    skipped = ("api/v1/schema/", "api/v1/docs/", "api/v1/problems/", "api/v1/probe-hosts/join/")
    lists = [
        f"/{p}"
        for p, _ in routes()
        if p.startswith("api/v1/") and "<" not in p and p not in skipped
    ]
    base = f"/o/{owner.organisation.slug}/"
    pages = [
        base + name
        for name in ("", "members/", "tokens/", "audit/", "probes/", "probes/hosts/", "factors/")
    ]
    counts(client, [*lists, *pages])
    one = counts(client, [*lists, *pages])
    for name in ("Borealis", "Corona 3", "Dawn"):
        furnish(owner, name)
        MembershipFactory(organisation=owner.organisation)
    counts(client, [*lists, *pages])
    many = counts(client, [*lists, *pages])
    grown = {
        address: (one[address], many[address]) for address in one if many[address] > one[address]
    }
    assert grown == {}
    assert max(many[address] for address in lists) <= LISTS
    assert max(many[address] for address in pages) <= PAGES
