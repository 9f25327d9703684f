"""Curious neighbours: every address of the site, with the identifiers of another organisation."""

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Invitation, Membership
from apps.assessments.models import Assessment
from apps.assessments.sections import SECTIONS
from apps.assessments.services import evaluate
from tests.contract.conftest import owned_models, routes, rows_of
from tests.factories import bearer

pytestmark = pytest.mark.timeout(900)  # thousands of requests, each of which ends at once
Furnish = Callable[[Membership, str], Assessment]
LIBRARY = ("api/v1/releases/", "api/v1/sources/", "api/v1/entries/", "api/v1/factors/")
PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")
METHODS = ("get", "post", "patch", "delete")


@pytest.fixture
def theirs(owner: Membership, furnish: Furnish) -> Assessment:
    return furnish(owner, "Aurora")


def addresses(path: str, values: dict[str, list[Any]]) -> Iterator[str]:
    """Fill the places of a route with every combination of identifiers."""
    names = [name for _, name in PLACE.findall(path)]
    for combination in itertools.product(*(values[name] for name in names)):
        address = path
        for value in combination:
            address = PLACE.sub(str(value), address, count=1)
        yield f"/{address}"


def identifiers(
    assessment: Assessment, owner: Membership, organisation: str
) -> dict[str, list[Any]]:
    """The identifiers of the furnished organisation, under the slug of ``organisation``."""
    invitations = Invitation.objects.filter(organisation=owner.organisation)
    tokens = owner.organisation.tokens.all()
    rows = [*rows_of(owner), *invitations, *tokens, owner.organisation]
    return {
        "org": [organisation],
        "uuid": [row.uuid for row in rows],
        "pk": [owner.pk],
        "slug": [assessment.slug],
        "section": list(SECTIONS),
        "flow": [evaluate(assessment).result["flows"][0]["name"]],
        "category": ["gwp_location"],
        "number": [1],
        "kind": ["json"],
        "name": ["cyclonedx.json"],
        "sha256": ["0" * 64],
        "table": ["accelerator"],
        "key": ["nvidia-h100-sxm5-80gb"],
        "indicator": ["embodied_gwp"],
    }


def organisation_routes() -> list[str]:
    return [path for path, _ in routes() if path.startswith("o/")]


def public_routes() -> list[str]:
    """Reports for everybody, which a draft is not."""
    return [path for path, _ in routes() if path.startswith("d/<")]


def api_detail_routes() -> list[str]:
    return [
        path
        for path, _ in routes()
        if path.startswith("api/v1/") and "<" in path and not path.startswith(LIBRARY)
    ]


@pytest.mark.django_db
def test_the_furnished_organisation_has_one_of_everything(
    theirs: Assessment, owner: Membership
) -> None:
    missing = [m.__name__ for m in owned_models() if not m.objects.of(owner.organisation).exists()]
    assert missing == [], "add these to tests/contract/conftest.py, so that their routes are walked"


@pytest.mark.django_db
def test_every_page_of_an_organisation_is_a_404_for_its_neighbours(
    theirs: Assessment, owner: Membership, stranger: Membership
) -> None:
    client = Client()
    client.force_login(stranger.user)
    values = identifiers(theirs, owner, owner.organisation.slug)
    leaks = [
        (method, address, status)
        for path in [*organisation_routes(), *public_routes()]
        for address in addresses(path, values)
        for method in ("get", "post")
        if (status := getattr(client, method)(address).status_code) not in {404, 405}
    ]
    assert leaks == []


@pytest.mark.django_db
def test_another_organisations_identifiers_under_ones_own_address_are_a_404(
    theirs: Assessment, owner: Membership, stranger: Membership
) -> None:
    client = Client()
    client.force_login(stranger.user)
    values = identifiers(theirs, owner, stranger.organisation.slug)
    leaks = [
        (method, address, status)
        for path in organisation_routes()
        if len(PLACE.findall(path)) > 1
        for address in addresses(path, values)
        for method in ("get", "post")
        if (status := getattr(client, method)(address).status_code) not in {404, 405}
    ]
    assert leaks == []


@pytest.mark.django_db
def test_every_row_of_the_api_is_a_404_for_its_neighbours(
    theirs: Assessment, owner: Membership, stranger: Membership
) -> None:
    client = Client(headers=bearer(stranger) | {"If-Match": '"1"'})
    values = identifiers(theirs, owner, "")
    leaks = [
        (method, address, status)
        for path in api_detail_routes()
        for address in addresses(path, values)
        for method in METHODS
        if (status := send(client, method, address).status_code) not in {404, 405}
    ]
    assert leaks == []


def send(client: Client, method: str, address: str) -> Any:
    return getattr(client, method)(
        address, **({} if method == "get" else {"data": {}, "content_type": "application/json"})
    )


@pytest.mark.django_db
def test_the_same_addresses_work_for_a_member(theirs: Assessment, owner: Membership) -> None:
    """Without this, the tests above would pass on addresses that lead nowhere."""
    client = Client(headers=bearer(owner))
    client.force_login(owner.user)
    values = identifiers(theirs, owner, owner.organisation.slug)
    unreached = [
        path
        for path in [*organisation_routes(), *api_detail_routes()]
        if not any(reached(client, address) for address in addresses(path, values))
    ]
    assert unreached == []


def reached(client: Client, address: str) -> bool:
    response = client.get(address)
    if response.streaming:
        list(response.streaming_content)  # a file, which is closed when it is read
    return response.status_code in {200, 302, 405}


@pytest.mark.django_db
def test_lists_of_the_api_hold_nothing_of_a_neighbours(
    theirs: Assessment, owner: Membership, stranger: Membership
) -> None:
    client = Client(headers=bearer(stranger))
    uuids = {str(row.uuid) for row in rows_of(owner)}
    for path, _ in routes():
        if path.startswith("api/v1/") and "<" not in path:
            shown = client.get(f"/{path}").content.decode()
            assert not [uuid for uuid in uuids if uuid in shown], path


@pytest.mark.django_db
def test_a_row_cannot_be_put_into_a_neighbours_assessment(
    theirs: Assessment, owner: Membership, stranger: Membership
) -> None:
    mine, other = Client(headers=bearer(owner)), Client(headers=bearer(stranger))
    tried = 0
    for path, pattern in routes():
        shape = getattr(getattr(pattern.callback, "cls", None), "serializer_class", None)
        if "<" in path or shape is None or not path.startswith("api/v1/"):
            continue
        for row in mine.get(f"/{path}").json()["results"]:
            if not {"assessment", "system"} & set(row):
                continue
            fields = shape(context={}).fields
            body = {n: v for n, v in row.items() if n in fields and not fields[n].read_only}
            answer = other.post(f"/{path}", body, "application/json")
            assert answer.status_code in {405, 415, 422}, (path, answer.content)
            tried += answer.status_code == 422
    assert tried >= 5
