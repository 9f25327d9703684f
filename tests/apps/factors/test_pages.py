"""The library as pages: open to read, searchable, every number with its source."""

import pytest
from django.urls import reverse

from apps.factors import services
from apps.factors.models import Release

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(library) -> Release:
    library.factors(
        library.row(),
        library.row(source="RIVAL", value="0.063", chosen="no", note="An older <b>study</b>"),
        library.row(key="SE", value="0.035"),
    )
    return services.load_release(path=library.folder)


def test_the_library_lists_its_kinds_and_releases(client, release):
    page = client.get("/factors/").content.decode()
    assert "Electricity zones" in page
    assert release.sha256 in page


def test_an_empty_library_says_how_to_fill_it(client):
    response = client.get("/factors/")
    assert response.status_code == 200
    assert "factors load" in response.content.decode()
    assert client.get("/factors/zone/").status_code == 404


def test_search_narrows_the_list_and_htmx_gets_the_rows_alone(client, release):
    page = client.get("/factors/zone/", {"q": "fra"}).content.decode()
    assert "France" in page
    assert "Sweden" not in page
    rows = client.get(
        "/factors/zone/", {"q": "swe"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "Sweden" in rows
    assert "<html" not in rows


def test_a_search_without_result_offers_the_way_back(client, release):
    page = client.get("/factors/zone/", {"q": "<script>"}).content.decode()
    assert "Nothing found" in page
    assert "<script>”" not in page


def test_rival_values_stand_side_by_side_with_source_and_licence(client, release):
    page = client.get(reverse("factors:entry", args=["zone", "FR"])).content.decode()
    assert "2 sources, which differ by a factor of 1.54" in page
    assert page.count("chosen</span>") == 1
    for text in (
        "Ember yearly data",
        "https://ember-energy.org/",
        "Another study",
        "CC BY 4.0",
        "facts only",
    ):
        assert text in page
    assert "An older &lt;b&gt;study&lt;/b&gt;" in page


def test_a_nul_in_a_search_is_passed_over(client, release):
    page = client.get("/factors/zone/?q=fra%00nce&release=test%00").content.decode()
    assert "France" in page
    assert "Sweden" not in page


def test_sources_are_listed_with_licence_and_use(client, release):
    page = client.get("/factors/sources/").content.decode()
    assert "Ember yearly data" in page
    assert "read in an open package that republishes it" in page


@pytest.mark.parametrize(
    "address",
    ["/factors/planet/", "/factors/zone/XX/", "/factors/planet/FR/", "/factors/zone/?release=nope"],
)
def test_what_does_not_exist_is_not_found(client, release, address):
    assert client.get(address).status_code == 404


def test_an_older_release_stays_readable(client, release, library):
    library.write("release.toml", 'label = "next"\npublished_on = 2026-12-01\n')
    library.factors(library.row(value="0.05"))
    services.load_release(path=library.folder)
    address = reverse("factors:entry", args=["zone", "FR"])
    assert client.get(address).context["singles"][0].chosen.value == 0.05
    old = client.get(address, {"release": "test"})
    assert old.context["rivals"][0].chosen.value == 0.041
    assert "release test" in old.content.decode()


def test_pages_only_read(client, release):
    assert client.post("/factors/zone/").status_code == 405


def test_a_list_takes_few_queries(client, release, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        client.get("/factors/zone/")
