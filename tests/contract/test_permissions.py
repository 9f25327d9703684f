"""Who may do what: each role against each verb, on every address."""

import pytest
from django.test import Client

from apps.accounts.models import Membership, Role
from tests.contract.conftest import routes
from tests.factories import MembershipFactory, bearer

NOBODY = "00000000-0000-4000-8000-000000000000"
LIBRARY = ("api/v1/releases/", "api/v1/sources/", "api/v1/entries/", "api/v1/factors/")
PUBLIC = (
    "api/v1/schema/",
    "api/v1/docs/",
    "api/v1/problems/",
    "api/v1/published-reports/",
)
HOSTS_OWN = "api/v1/probe-hosts/join/"  # answers to the tokens of hosts alone
OWNERS_TOKENS = "api/v1/tokens/"
HERE = "o/<slug:org>/"


def api_routes() -> list[str]:
    return [
        path.replace("<uuid:uuid>", NOBODY)
        for path, _ in routes()
        if path.startswith("api/v1/") and not path.startswith((*LIBRARY, *PUBLIC))
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_reading_needs_a_viewer_and_changing_an_editor(role: Role) -> None:
    client = Client(headers=bearer(MembershipFactory(role=role)))
    for path in api_routes():
        if path == HOSTS_OWN:
            continue
        read = client.get(f"/{path}").status_code
        may_read = role.includes(Role.EDITOR if path.startswith(OWNERS_TOKENS) else Role.VIEWER)
        assert (read == 403) is not may_read or read == 405, (path, read)
        for method in ("post", "patch", "delete"):
            status = getattr(client, method)(f"/{path}", {}, "application/json").status_code
            assert status == 405 or (status == 403) is not role.includes(Role.EDITOR), (
                path,
                method,
                status,
            )


@pytest.mark.django_db
def test_nothing_is_read_or_changed_without_saying_who_one_is() -> None:
    client = Client()
    for path in [
        *api_routes(),
        *(p for p, _ in routes() if p.startswith(LIBRARY) and "<" not in p),
    ]:
        for method in ("get", "post", "patch", "delete"):
            status = getattr(client, method)(f"/{path}", {}).status_code
            assert status == 401, (path, method, status)


@pytest.mark.django_db
def test_a_visitor_is_sent_to_sign_in(stranger: Membership) -> None:
    slug = stranger.organisation.slug
    for path, _ in routes():
        if path.startswith("o/") and path.count("<") == 1:
            address = f"/{path}".replace("<slug:org>", slug)
            answer = Client().get(address)
            assert answer.status_code == 302, address
            assert answer["Location"].startswith("/accounts/login/?next="), address


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_no_form_of_a_page_is_open_to_those_who_only_read(role: Role) -> None:
    member = MembershipFactory(role=role)
    client = Client()
    client.force_login(member.user)
    for path, _ in routes():
        if path.startswith("o/") and path.count("<") == 1:
            address = f"/{path}".replace("<slug:org>", member.organisation.slug)
            assert client.post(address).status_code in {403, 405}, address
