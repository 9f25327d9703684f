"""The library over REST: to read, for whoever holds a token, one release at a time."""

import pytest

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
