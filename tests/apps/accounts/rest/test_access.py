"""Who may do what over REST: tokens, roles, scopes, sessions, organisations."""

from datetime import timedelta

import pytest
from django.test import Client

from apps.accounts.models import Membership, Role, Scope
from apps.assessments.models import AISystem
from tests.apps.accounts.rest.conftest import SYSTEMS, Program, is_problem
from tests.factories import MembershipFactory, bearer, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.apps.accounts.rest_urls")]


def test_a_row_of_another_organisation_does_not_exist(
    program: Program, stranger: Membership
) -> None:
    foreign = AISystem.objects.create(organisation=stranger.organisation, slug="s", name="Theirs")
    address = f"{SYSTEMS}{foreign.uuid}/"
    assert is_problem(program.client.get(address), 404, "not_found")
    assert is_problem(program.patch(foreign, {"name": "x", "version": 1}), 404, "not_found")
    assert is_problem(program.client.delete(address), 404, "not_found")
    assert program.client.get(SYSTEMS).json()["count"] == 0
    foreign.refresh_from_db()
    assert foreign.name == "Theirs"


def test_a_relation_to_another_organisations_row_is_refused_at_its_field(
    program: Program,
) -> None:
    body = {"assessment": "a4f0d1b2-0000-4000-8000-000000000000", "name": "x", "zone": "FR"}
    document = program.post(body, "/api/sites/").json()
    assert document["errors"][0]["pointer"] == "/assessment"
    assert document["code"] == "does_not_exist"
    wrong = program.post(body | {"assessment": 7}, "/api/sites/").json()
    assert wrong["code"] == "not_a_uuid"


def test_no_token_a_wrong_one_an_expired_one_and_a_revoked_one_are_401(editor: Membership) -> None:
    client = Client()
    anonymous = client.get(SYSTEMS)
    assert is_problem(anonymous, 401, "not_authenticated")
    assert anonymous["WWW-Authenticate"].startswith("Bearer")
    expired = token_of(editor, lives=timedelta(seconds=-1))
    revoked = token_of(editor, revoked=True)
    for secret, code in [
        ("cradle_guess", "token_invalid"),
        ("two words", "token_invalid"),
        (expired, "token_expired"),
        (revoked, "token_revoked"),
    ]:
        response = client.get(SYSTEMS, headers={"Authorization": f"Bearer {secret}"})
        assert is_problem(response, 401, code)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("method", "needed"),
    [("GET", Role.VIEWER), ("POST", Role.EDITOR), ("PATCH", Role.EDITOR), ("DELETE", Role.EDITOR)],
)
def test_a_role_allows_what_it_allows_and_no_more(
    owner: Membership, role: Role, method: str, needed: Role
) -> None:
    program = Program(MembershipFactory(organisation=owner.organisation, role=role))
    row = program.system()
    body = {"slug": "new", "name": "x"} if method == "POST" else {"name": "x", "version": 1}
    address = SYSTEMS if method == "POST" else f"{SYSTEMS}{row.uuid}/"
    response = program.send(method, address, body if method in {"POST", "PATCH"} else "")
    if role.includes(needed):
        assert response.status_code in {200, 201, 204}
    else:
        assert is_problem(response, 403, "role_too_low")


def test_a_token_does_only_what_its_scopes_say(editor: Membership) -> None:
    reader, writer = Program(editor, Scope.READ), Program(editor, Scope.WRITE)
    assert reader.client.get(SYSTEMS).status_code == 200
    assert is_problem(reader.post({"slug": "s", "name": "x"}), 403, "scope_missing")
    assert writer.post({"slug": "s", "name": "x"}).status_code == 201
    assert is_problem(writer.client.get(SYSTEMS), 403, "scope_missing")


def test_a_token_works_in_its_own_organisation_alone(editor: Membership) -> None:
    second = MembershipFactory(user=editor.user, role=Role.OWNER)
    client = Client(headers=bearer(editor))
    named = client.get(SYSTEMS, headers={"X-Organisation": second.organisation.slug})
    assert is_problem(named, 404, "not_found")


def test_a_session_names_its_organisation(editor: Membership, stranger: Membership) -> None:
    client = Client()
    client.force_login(editor.user)
    assert client.get(SYSTEMS).status_code == 200
    second = MembershipFactory(user=editor.user)
    assert is_problem(client.get(SYSTEMS), 400, "organisation_needed")
    named = {"X-Organisation": second.organisation.slug}
    assert client.get(SYSTEMS, headers=named).status_code == 200
    foreign = {"X-Organisation": stranger.organisation.slug}
    assert is_problem(client.get(SYSTEMS, headers=foreign), 404, "not_found")


def test_a_session_changes_nothing_without_the_forms_token(editor: Membership) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor.user)
    response = client.post(SYSTEMS, {"slug": "s", "name": "x"}, "application/json")
    assert response.status_code == 403
    assert not AISystem.objects.exists()


def test_methods_that_do_not_exist_are_405(program: Program) -> None:
    assert is_problem(program.send("PUT", SYSTEMS, {}), 405, "method_not_allowed")
    assert is_problem(program.send("OPTIONS", SYSTEMS, ""), 405, "method_not_allowed")


def test_an_address_that_leads_nowhere_is_a_problem_document(program: Program) -> None:
    assert is_problem(program.client.get("/api/nothing/"), 404, "not_found")
    assert is_problem(program.client.get(f"{SYSTEMS}not-a-uuid/"), 404, "not_found")
    assert is_problem(program.client.get("/api/systems.json"), 404, "not_found")
