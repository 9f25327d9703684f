"""The plumbing of the API: who may, what is refused, what is never overwritten."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from apps.accounts.models import AuditEvent, IdempotentRequest, Membership, Role, Scope
from apps.accounts.rest.views import MAX_ROWS
from apps.assessments.models import AISystem
from tests.factories import MembershipFactory, bearer, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.apps.accounts.rest_urls")]
SYSTEMS = "/api/systems/"


class Program:
    """A program that calls the API with a token."""

    def __init__(self, member: Membership, *scopes: Scope) -> None:
        self.client = Client(headers=bearer(member, *scopes))
        self.organisation = member.organisation

    def send(self, method: str, address: str, body: Any, **headers: str) -> Any:
        raw = body if isinstance(body, str | bytes) else json.dumps(body)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = names.pop("content-type", "application/json")
        return self.client.generic(method, address, raw, content_type=kind, headers=names)

    def post(self, body: Any, address: str = SYSTEMS, **headers: str) -> Any:
        return self.send("POST", address, body, **headers)

    def patch(self, row: AISystem, body: Any, **headers: str) -> Any:
        return self.send("PATCH", f"{SYSTEMS}{row.uuid}/", body, **headers)

    def system(self, **fields: Any) -> AISystem:
        values = {"slug": "s", "name": "First", **fields}
        return AISystem.objects.create(organisation=self.organisation, **values)


@pytest.fixture
def program(editor: Membership) -> Program:
    return Program(editor)


def is_problem(response: Any, status: int, code: str) -> bool:
    document = response.json()
    assert response["Content-Type"] == "application/problem+json", document
    assert {"type", "title", "status", "detail", "code"} <= set(document)
    assert (response.status_code, document["status"], document["code"]) == (status, status, code)
    return True


def test_a_row_is_created_read_edited_and_deleted(program: Program) -> None:
    made = program.post({"slug": "s", "name": "First", "params_total_b": 7})
    assert made.status_code == 201, made.json()
    address = made["Location"]
    assert made["ETag"] == '"1"'
    assert program.client.get(address).json()["params_total_b"] == 7.0
    edited = program.send("PATCH", address, {"name": "Second"}, If_Match='"1"')
    assert (edited.status_code, edited["ETag"]) == (200, '"2"')
    assert program.client.delete(address).status_code == 204
    assert program.client.get(address).status_code == 404
    assert list(AuditEvent.objects.values_list("verb", flat=True)) == [
        "deleted",
        "changed",
        "created",
    ]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ('{"slug": "s", "name": "x", "params_total_b": NaN}', 400, "parse_error"),
        ('{"slug": "s", "name": "x", "params_total_b": -Infinity}', 400, "parse_error"),
        ('{"slug": "s", "name": "x", "params_total_b": 1e400}', 400, "parse_error"),
        ('{"slug": "s", "slug": "t", "name": "x"}', 400, "parse_error"),
        ('{"slug": ', 400, "parse_error"),
        ("", 422, "invalid"),
        (b'{"slug": "\xff"}', 400, "parse_error"),
        ("[" * 100_000, 400, "parse_error"),
        ("1" * 5_000, 400, "parse_error"),
        ("7", 422, "invalid"),
        ("null", 422, "null"),
        ('{"slug": "s", "name": "x", "params_total_b": 1e308}', 422, "max_value"),
        ('{"slug": "s", "name": "x", "params_total_b": "7"}', 422, "not_a_number"),
        ('{"slug": "s", "name": "x", "params_total_b": true}', 422, "not_a_number"),
        ('{"slug": "s", "name": "x", "params_total_b": -1}', 422, "limits"),
        ('{"slug": "s", "name": 7}', 422, "not_text"),
        ('{"slug": "s", "name": "a\\u0000b"}', 422, "control_character"),
        ('{"slug": "s", "name": "\\ud800"}', 422, "surrogate_characters_not_allowed"),
        ('{"slug": "s", "name": ""}', 422, "blank"),
        ('{"slug": "s"}', 422, "required"),
        ('{"slug": "s", "name": "x", "colour": "red"}', 422, "unknown_field"),
        ('{"slug": "s", "name": "x", "uuid": "x"}', 422, "read_only"),
        ('{"slug": "s", "name": "x", "modality": 1}', 422, "not_text"),
        ('{"slug": "s", "name": "x", "modality": "smell"}', 422, "invalid_choice"),
        ('{"slug": "s", "name": "x", "released_on": "yesterday"}', 422, "invalid"),
        ('{"slug": "s", "name": "x", "website": "javascript:alert(1)"}', 422, "invalid"),
        ('{"slug": "s", "name": "x", "version": "1"}', 422, "not_a_whole_number"),
    ],
)
def test_bad_input_is_refused_with_its_reason(
    program: Program, body: str | bytes, status: int, code: str
) -> None:
    response = program.post(body)
    document = response.json()
    if code == "limits":
        assert response.status_code == 422
        assert document["errors"][0]["pointer"] == "/params_total_b"
    else:
        assert is_problem(response, status, code)
    assert not AISystem.objects.exists()


def test_each_error_names_its_place(program: Program) -> None:
    rows = [{"slug": "a", "name": "A"}, {"slug": "b", "name": 7, "params_total_b": "x"}]
    document = program.post(rows).json()
    assert [item["pointer"] for item in document["errors"]] == ["/1/name", "/1/params_total_b"]
    assert not AISystem.objects.exists()


def test_another_content_type_is_415(program: Program) -> None:
    response = program.post("slug=s", content_type="application/x-www-form-urlencoded")
    assert is_problem(response, 415, "unsupported_media_type")
    assert is_problem(program.post("<a/>", content_type="text/xml"), 415, "unsupported_media_type")


def test_a_name_taken_is_a_conflict_not_a_wrong_value(program: Program) -> None:
    program.system()
    response = program.post({"slug": "s", "name": "Again"})
    assert response.status_code == 409
    assert response.json()["code"] == "unique"


def test_two_organisations_may_use_one_name(program: Program, stranger: Membership) -> None:
    AISystem.objects.create(organisation=stranger.organisation, slug="s", name="Theirs")
    assert program.post({"slug": "s", "name": "Mine"}).status_code == 201


def test_many_rows_are_created_at_once_or_not_at_all(program: Program) -> None:
    rows = [{"slug": f"s{n}", "name": f"System {n}"} for n in range(300)]
    made = program.post(rows)
    assert made.status_code == 201
    assert len(made.json()) == 300
    assert AuditEvent.objects.get().data == {"rows": 300}
    clash = program.post([{"slug": "new", "name": "x"}, {"slug": "s7", "name": "x"}])
    assert clash.status_code == 409
    assert clash.json()["errors"][0]["pointer"].startswith("/1")
    assert AISystem.objects.count() == 300


def test_many_rows_take_few_queries(program: Program, django_assert_max_num_queries: Any) -> None:
    rows = [{"slug": f"s{n}", "name": f"System {n}"} for n in range(400)]
    with django_assert_max_num_queries(20):
        assert program.post(rows).status_code == 201


def test_ten_thousand_rows_are_413_and_say_what_to_do(program: Program) -> None:
    response = program.post([{"slug": f"s{n}", "name": "x"} for n in range(10_000)])
    assert is_problem(response, 413, "too_many_rows")
    assert str(MAX_ROWS) in response.json()["detail"]
    assert "several requests" in response.json()["detail"]


def test_a_body_that_is_too_long_is_413(program: Program) -> None:
    body = json.dumps({"slug": "s", "name": "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE})
    assert is_problem(program.post(body), 413, "too_large")


def test_a_key_sent_again_gives_the_first_answer_again(program: Program) -> None:
    body = {"slug": "s", "name": "First"}
    first = program.post(body, Idempotency_Key="k1")
    again = program.post('{"name":"First",   "slug":"s"}', Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert AISystem.objects.count() == 1


def test_a_key_is_not_used_for_two_requests(program: Program) -> None:
    program.post({"slug": "s", "name": "First"}, Idempotency_Key="k1")
    other = program.post({"slug": "t", "name": "Second"}, Idempotency_Key="k1")
    assert is_problem(other, 422, "idempotency_key_reused")


def test_a_refused_request_leaves_its_key_free(program: Program) -> None:
    assert program.post({"slug": "s"}, Idempotency_Key="k1").status_code == 422
    assert not IdempotentRequest.objects.exists()
    assert program.post({"slug": "s", "name": "x"}, Idempotency_Key="k1").status_code == 201


def test_keys_of_different_organisations_do_not_meet(
    program: Program, stranger: Membership
) -> None:
    other = Program(stranger)
    body = {"slug": "s", "name": "First"}
    assert program.post(body, Idempotency_Key="k1").status_code == 201
    assert "Idempotent-Replayed" not in other.post(body, Idempotency_Key="k1")
    assert is_problem(program.post(body, Idempotency_Key="a b"), 400, "bad_header")


def test_a_stale_edit_is_refused_with_what_changed(program: Program) -> None:
    row = program.system()
    assert program.patch(row, {"name": "Theirs", "version": 1}).status_code == 200
    stale = program.patch(row, {"name": "Mine", "version": 1})
    assert is_problem(stale, 409, "stale")
    document = stale.json()
    assert document["changes"] == [{"field": "name", "before": "First", "after": "Theirs"}]
    assert document["version"] == 2
    assert is_problem(program.patch(row, {"name": "Mine"}, If_Match='"1"'), 409, "stale")
    row.refresh_from_db()
    assert row.name == "Theirs"


def test_an_edit_must_say_what_it_is_based_on(program: Program) -> None:
    row = program.system()
    assert is_problem(program.patch(row, {"name": "x"}), 428, "version_needed")
    assert is_problem(program.patch(row, {"name": "x"}, If_Match="1"), 400, "bad_header")
    both = program.patch(row, {"name": "x", "version": 2}, If_Match='"1"')
    assert is_problem(both, 400, "bad_header")


def test_a_row_read_may_be_sent_back_whole(program: Program) -> None:
    row = program.system()
    document = program.client.get(f"{SYSTEMS}{row.uuid}/").json()
    assert program.patch(row, document | {"name": "Second"}).status_code == 200


def test_deleting_an_older_version_is_refused(program: Program) -> None:
    row = program.system(version=3)
    stale = program.send("DELETE", f"{SYSTEMS}{row.uuid}/", "", If_Match='"2"')
    assert is_problem(stale, 409, "stale")
    assert AISystem.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        *("limit=", "limit=null", "limit=0", "limit=-1", "limit=1.0", "limit=201", "limit=٣"),
        *("offset=null", "offset=-1", "offset=1e3", "offset=99999999999"),
        *("colour=red", "page=2", "format=json", "limit=1&limit=2"),
    ],
)
def test_a_query_that_is_not_understood_is_refused(program: Program, query: str) -> None:
    assert is_problem(program.client.get(f"{SYSTEMS}?{query}"), 400, "bad_query")


def test_a_list_comes_in_pages(program: Program) -> None:
    for number in range(5):
        program.system(slug=f"s{number}")
    page = program.client.get(f"{SYSTEMS}?limit=2&offset=4").json()
    assert (page["count"], len(page["results"]), page["next"]) == (5, 1, None)
    assert program.client.get(f"{SYSTEMS}?slug=s3").json()["count"] == 1


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
