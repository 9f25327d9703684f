"""The library over REST: to read, for whoever holds a token, one release at a time."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts import services as accounts
from apps.accounts.models import Scope
from apps.factors import services
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(library):
    library.factors(
        library.row(),
        library.row(source="RIVAL", value="0.063", chosen="no"),
        library.row(key="SE", value="0.035"),
    )
    return services.load_release(path=library.folder)


def bearer(*scopes):
    member = MembershipFactory()
    _, secret = accounts.issue_token(actor=member, name="test", scopes=scopes, days=1)
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def get(client):
    headers = bearer(Scope.READ)
    return lambda address, **query: client.get(f"/api/v1/{address}", query, headers=headers)


def test_factors_come_with_value_unit_source_and_entry(get, release):
    row = get("factors/", kind="zone", key="FR", chosen="true").json()["results"][0]
    assert (row["value"], row["unit"], row["indicator"]) == (0.041, "kg CO2e/kWh", "gwp_location")
    assert row["source"]["citation"] == "Ember yearly data"
    assert row["entry"]["name"] == "France"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, 3),
        ({"chosen": "false"}, 1),
        ({"source": "RIVAL"}, 1),
        ({"key": "SE"}, 1),
        ({"kind": "host"}, 0),
    ],
)
def test_factors_are_filtered(get, release, query, expected):
    assert get("factors/", **query).json()["count"] == expected


def test_entries_hold_their_factors_chosen_first(get, release, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        entries = get("entries/", kind="zone", search="fr").json()["results"]
    assert [entry["key"] for entry in entries] == ["FR"]
    assert [factor["chosen"] for factor in entries[0]["factors"]] == [True, False]
    assert get(f"entries/{entries[0]['id']}/").json() == entries[0]


def test_sources_and_releases_are_listed(get, release):
    assert [row["key"] for row in get("sources/").json()["results"]] == ["EMBER", "RIVAL"]
    assert get("releases/test/").json()["sha256"] == release.sha256


def test_lists_hold_the_current_release_unless_another_is_named(get, release, library):
    library.write("release.toml", 'label = "next"\npublished_on = 2026-12-01\n')
    library.factors(library.row(value="0.05"))
    services.load_release(path=library.folder)
    assert [row["value"] for row in get("factors/", key="FR").json()["results"]] == [0.05]
    assert get("factors/", key="FR", release="test").json()["count"] == 2
    old = release.entries.get(key="FR")
    assert get(f"entries/{old.pk}/").json()["name"] == "France"


def test_nobody_reads_without_signing_in_or_without_the_scope(client, release):
    assert client.get("/api/v1/factors/").status_code == 401
    refused = client.get("/api/v1/factors/", headers=bearer(Scope.PROBE))
    assert refused.status_code == 403
    assert refused.json()["code"] == "scope_missing"


def test_a_signed_in_person_reads_without_naming_an_organisation(client, release):
    client.force_login(UserFactory())
    assert client.get("/api/v1/entries/").json()["count"] == 2


def test_nothing_can_be_written(client, release):
    headers = bearer(Scope.READ, Scope.WRITE)
    for address in ("factors/", "entries/", "sources/", "releases/"):
        response = client.post(
            f"/api/v1/{address}", {}, content_type="application/json", headers=headers
        )
        assert response.status_code == 405


@pytest.mark.parametrize("address", ["factors/999999/", "releases/nope/", "entries/0/"])
def test_what_does_not_exist_is_a_problem_document(get, release, address):
    response = get(address)
    assert response.status_code == 404
    assert response["Content-Type"].startswith("application/problem+json")


def test_an_unknown_filter_is_refused(get, release):
    response = get("factors/", colour="green")
    assert response.status_code == 400
    assert "colour" in response.json()["detail"]


def test_a_filter_that_chooses_nothing_is_refused(get, release):
    for path in ("factors/", "entries/"):
        response = get(path, kind="")
        assert response.status_code == 400
        assert "kind is empty; leave it out" in response.json()["detail"]


def test_several_entries_are_compared_by_their_keys(get, release):
    rows = get("entries/", kind="zone", keys="SE,FR").json()["results"]
    assert [row["key"] for row in rows] == ["FR", "SE"]


def test_a_factor_says_what_it_stands_for_and_how_it_was_made(get, release):
    row = get("factors/", key="SE").json()["results"][0]
    assert row["pedigree"] == {"reliability": 2, "temporal": 1}
    assert (row["choice"], row["geography"]) == ("library:EMBER", "")
    assert {"title", "publisher", "edition", "locator", "is_share_alike"} <= set(row["source"])


def test_the_difference_of_two_releases_is_a_document(get, release, library):
    library.write("release.toml", 'label = "next"\npublished_on = 2026-12-01\n')
    library.factors(library.row(value="0.05"))
    services.load_release(path=library.folder)
    found = get("releases/test/diff/", to="next").json()
    assert [(row["before"], row["after"]) for row in found["changed"]] == [(0.041, 0.05)]
    assert len(found["removed"]) == 2
    assert get("releases/test/diff/", to="nope").status_code == 404
    assert get("releases/test/diff/").status_code == 404
    assert get("releases/nope/diff/", to="test").status_code == 404
    assert get("releases/test/diff/", to="next", also="x").status_code == 400


def test_a_kind_is_downloaded_with_licences_and_share_alike_apart(get, release):
    document = get("releases/test/rows/", kind="zone").json()
    assert {row["licence"] for row in document["factors"]} == {"CC BY 4.0", "facts only"}
    assert document["sha256"] == release.sha256
    assert get("releases/test/rows/", kind="zone", share_alike="true").json()["factors"] == []
    assert get("releases/test/rows/", kind="planet").status_code == 400


@pytest.fixture
def own(client):
    member = MembershipFactory()
    _, secret = accounts.issue_token(actor=member, name="t", scopes=list(Scope), days=1)
    return client, {"Authorization": f"Bearer {secret}"}


SOUND = {
    "kind": "zone",
    "key": "FR",
    "indicator": "gwp_location",
    "value": 38.0,
    "unit": "g CO2e/kWh",
    "year": 2025,
    "source_text": "Supplier statement",
    "licence": "internal",
}
ADDRESS = "/api/v1/own-factors/"


def test_an_own_factor_is_kept_changed_and_deleted(own, release):
    client, headers = own
    made = client.post(ADDRESS, SOUND, "application/json", headers=headers)
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["value"], row["unit"], row["name"]) == (0.038, "kg CO2e/kWh", "France")
    address = f"{ADDRESS}{row['uuid']}/"
    edit = {"value": 0.04, "version": 1}
    changed = client.patch(address, edit, "application/json", headers=headers).json()
    assert (changed["value"], changed["version"]) == (0.04, 2)
    assert client.patch(address, edit, "application/json", headers=headers).status_code == 200
    late = {"value": 0.05, "version": 1}
    assert client.patch(address, late, "application/json", headers=headers).status_code == 409
    assert client.delete(address, headers=headers | {"If-Match": '"1"'}).status_code == 409
    assert client.delete(address, headers=headers).status_code == 204


@pytest.mark.parametrize(
    ("values", "status", "pointer"),
    [
        ({"unit": "L/kWh"}, 422, "unit"),
        ({"value": 9.0, "unit": "kg CO2e/kWh"}, 422, "value"),
        ({"indicator": "happiness"}, 422, "indicator"),
        ({"year": 2999}, 422, "year"),
        ({"licence": ""}, 422, "licence"),
        ({"key": "XX"}, 422, "name"),
        ({"evidence_sha256": "0" * 64}, 422, "evidence_sha256"),
        ({"value": "38"}, 422, "value"),
    ],
)
def test_an_own_factor_at_fault_is_refused_at_its_field(own, release, values, status, pointer):
    client, headers = own
    answer = client.post(ADDRESS, SOUND | values, "application/json", headers=headers)
    assert answer.status_code == status, answer.content
    assert pointer in answer.content.decode()
    assert client.get(ADDRESS, headers=headers).json()["count"] == 0


def test_the_same_own_factor_twice_is_a_conflict(own, release):
    client, headers = own
    assert client.post(ADDRESS, SOUND, "application/json", headers=headers).status_code == 201
    again = client.post(ADDRESS, SOUND, "application/json", headers=headers)
    assert again.status_code in {409, 422}
    assert "same source" in again.content.decode()


def test_evidence_is_attached_and_fetched_as_a_download(own, release):
    client, headers = own
    row = client.post(ADDRESS, SOUND, "application/json", headers=headers).json()
    address = f"{ADDRESS}{row['uuid']}/evidence/"
    assert client.get(address, headers=headers).status_code == 404
    version = {"If-Match": '"1"'}
    file = SimpleUploadedFile("page.html", b"%PDF-1.7 x", "text/html")
    sent = client.post(address, {"file": file}, headers=headers | version)
    assert sent.status_code == 200, sent.content
    assert (sent.json()["evidence_name"], sent.json()["version"]) == ("page.pdf", 2)
    got = client.get(address, headers=headers)
    assert got["Content-Disposition"] == 'attachment; filename="page.pdf"'
    assert got.content == b"%PDF-1.7 x"
    stale = SimpleUploadedFile("page.pdf", b"%PDF-1.7 y")
    assert client.post(address, {"file": stale}, headers=headers | version).status_code == 409
    assert client.post(address, {"file": stale}, headers=headers).status_code == 428
    hostile = SimpleUploadedFile("page.pdf", b"<svg onload=alert(1)>")
    current = headers | {"If-Match": '"2"'}
    assert client.post(address, {"file": hostile}, headers=current).status_code == 422
    assert client.post(address, {}, headers=current).status_code == 400
    assert client.post(address, {}, "application/json", headers=current).status_code == 415
