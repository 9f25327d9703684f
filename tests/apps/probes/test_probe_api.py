"""Probes and measurements over REST."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.accounts import services as accounts
from apps.accounts.models import Membership, Scope
from apps.probes.models import Measurement, ProbeRequest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("extra_installed")]
PROBES = "/api/v1/probes/"
MEASUREMENTS = "/api/v1/measurements/"
START = {"preset": "tiny", "precision": "fp4"}


def program(member: Membership, *scopes: Scope) -> APIClient:
    _, secret = accounts.issue_token(actor=member, name="a program", scopes=scopes, days=1)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


@pytest.fixture
def api(member: Membership) -> APIClient:
    return program(member, Scope.READ, Scope.PROBE)


def test_a_program_starts_watches_and_cancels_a_probe(api: APIClient) -> None:
    made = api.post(PROBES, START, format="json")
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["state"], body["progress"], body["measurement"]) == ("queued", 0.0, None)
    assert api.get(made["Location"]).json() == body
    listed = api.get(PROBES, {"state": "queued"}).json()
    assert [row["uuid"] for row in listed["results"]] == [body["uuid"]]
    assert api.post(f"{made['Location']}cancel/").json()["state"] == "cancelled"
    again = api.post(f"{made['Location']}cancel/")
    assert again.status_code == 409
    assert again["Content-Type"].startswith("application/problem+json")


def test_a_repeated_key_starts_one_probe(api: APIClient) -> None:
    answers = [
        api.post(PROBES, START, format="json", headers={"Idempotency-Key": "one"}).json()
        for _ in range(2)
    ]
    assert answers[0]["uuid"] == answers[1]["uuid"]
    assert ProbeRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("preset", "huge"),
        ("precision", None),
        ("batch_size", 0),
        ("batch_size", "1"),
        ("prompt_tokens", 10**30),
        ("time_limit_s", 1e308),
        ("state", "succeeded"),
        ("surprise", 1),
    ],
)
def test_a_wrong_field_is_pointed_at(api: APIClient, field: str, value: Any) -> None:
    answer = api.post(PROBES, {**START, field: value}, format="json")
    assert answer.status_code in {400, 422}, answer.content
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{field}"]
    assert not ProbeRequest.objects.exists()


def test_a_document_is_recorded_once_and_read_back(
    api: APIClient, make_document: Callable[..., Any]
) -> None:
    document = make_document()
    first = api.post(MEASUREMENTS, {"document": document, "label": "night run"}, format="json")
    second = api.post(MEASUREMENTS, {"document": document}, format="json")
    assert first.status_code == 201, first.content
    assert first.json()["uuid"] == second.json()["uuid"]
    assert Measurement.objects.count() == 1
    body = api.get(first["Location"]).json()
    assert body["document"] == document
    assert (body["label"], body["provenance"], body["is_modelled"]) == (
        "night run",
        "modelled",
        True,
    )
    line = api.get(MEASUREMENTS, {"provenance": "modelled"}).json()["results"][0]
    assert line["decode_j_per_token"] == pytest.approx(25.0)
    assert "document" not in line


@pytest.mark.parametrize("document", [None, [], "text", {}, {"schema": "cradle-measurement/1.0"}])
def test_what_is_not_a_document_is_refused_at_its_field(api: APIClient, document: Any) -> None:
    answer = api.post(MEASUREMENTS, {"document": document}, format="json")
    assert answer.status_code in {400, 422}, answer.content
    assert answer.json()["errors"][0]["pointer"].startswith("/document")


def test_measurements_are_neither_changed_nor_deleted(
    api: APIClient, make_document: Callable[..., Any]
) -> None:
    place = api.post(MEASUREMENTS, {"document": make_document()}, format="json")["Location"]
    assert api.patch(place, {"label": "x"}, format="json").status_code == 405
    assert api.delete(place).status_code == 405


def test_starting_and_recording_need_the_scope_probe(
    member: Membership, make_document: Callable[..., Any]
) -> None:
    client = program(member, Scope.READ, Scope.WRITE)
    assert client.post(PROBES, START, format="json").status_code == 403
    answer = client.post(MEASUREMENTS, {"document": make_document()}, format="json")
    assert answer.status_code == 403
    assert client.get(MEASUREMENTS).status_code == 200


def test_neighbours_rows_do_not_exist(
    api: APIClient, stranger: Membership, make_document: Callable[..., Any]
) -> None:
    probe = api.post(PROBES, START, format="json")["Location"]
    measurement = api.post(MEASUREMENTS, {"document": make_document()}, format="json")["Location"]
    other = program(stranger, Scope.READ, Scope.PROBE)
    assert other.get(probe).status_code == 404
    assert other.post(f"{probe}cancel/").status_code == 404
    assert other.get(measurement).status_code == 404
    assert other.get(PROBES).json()["results"] == []
    assert other.get(MEASUREMENTS).json()["results"] == []
