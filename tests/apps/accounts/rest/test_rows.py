"""Rows over REST: made, read, edited and deleted, and everything that is refused."""

import json
from typing import Any

import pytest
from django.conf import settings

from apps.accounts.models import AuditEvent, IdempotentRequest, Membership
from apps.accounts.rest.views import MAX_ROWS
from apps.assessments.models import AISystem
from tests.apps.accounts.rest.conftest import SYSTEMS, Program, is_problem

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.apps.accounts.rest_urls")]


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
