"""The library as pages: open to read, searchable, every number with its source."""

import csv

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


def test_entries_stand_side_by_side_in_the_order_asked_for(client, release):
    page = client.get("/factors/compare/zone/?zone=SE&zone=FR&zone=SE&zone=XX")
    assert [row.key for row in page.context["entries"]] == ["SE", "FR"]
    (comparison,) = page.context["comparisons"]
    assert [bar.factor.value for bar in comparison.bars] == [0.035, 0.041]
    assert comparison.bars[0].width < comparison.bars[1].width
    assert "Not in this release" in page.content.decode()
    assert client.get("/factors/compare/zone/").status_code == 200
    assert client.get("/factors/compare/zone/?zone=%00").status_code == 200
    assert client.get("/factors/compare/planet/").status_code == 404


def test_comparing_takes_as_many_queries_for_six_as_for_one(
    client, release, django_assert_max_num_queries
):
    with django_assert_max_num_queries(6):
        client.get("/factors/compare/zone/?zone=SE&zone=FR")


def test_a_kind_is_downloaded_as_csv_and_json_with_licence_on_every_row(client, release):
    response = client.get("/factors/download/zone.csv")
    assert "attachment" in response["Content-Disposition"]
    text = b"".join(response.streaming_content).decode()
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["source"] for row in rows] == ["EMBER", "RIVAL", "EMBER"]
    assert {row["licence"] for row in rows} == {"CC BY 4.0", "facts only"}
    assert {row["release"] for row in rows} == {"test"}
    document = client.get("/factors/download/zone.json").json()
    assert [float(row["value"]) for row in rows] == [row["value"] for row in document["factors"]]
    for address in ("/factors/download/planet.csv", "/factors/download/zone.xml"):
        assert client.get(address).status_code == 404


def test_share_alike_rows_are_downloaded_apart(client, library):
    library.write(
        "sources.csv",
        "key,citation,url,licence,year,retrieval",
        "EMBER,Ember yearly data,https://ember-energy.org/,CC BY-SA 4.0,2025,R",
        "RIVAL,Another study,,facts only,2024,T",
    )
    library.factors(library.row(chosen="no"), library.row(source="RIVAL", value="0.05"))
    services.load_release(path=library.folder)
    open_rows = client.get("/factors/download/zone.json").json()["factors"]
    apart = client.get("/factors/download/zone.json?share-alike=yes").json()["factors"]
    assert [row["source"] for row in open_rows] == ["RIVAL"]
    assert [row["source"] for row in apart] == ["EMBER"]


@pytest.fixture
def shipped(db):
    return services.load_release()


def test_a_zone_has_its_mix_as_a_bar_and_as_a_table(client, shipped):
    response = client.get("/factors/zone/FR/")
    page = response.content.decode()
    parts = response.context["mix"]
    assert parts[-1].x + parts[-1].width == pytest.approx(640, abs=0.1)
    assert page.count('class="mix__part') == 2 * len(parts)
    assert "Generation mix, 2023" in page
    for text in (
        "Water without hydropower",
        "Water scarcity",
        "Inside France",
        "Our World in Data",
    ):
        assert text in page
    assert "that is not a trend" in page


def test_a_us_state_says_that_it_has_direct_factors_alone(client, shipped):
    page = client.get("/factors/zone/US-TX/").content.decode()
    assert "Direct emissions only" in page
    assert "Climate change, life-cycle" not in page


def test_a_place_with_scarcity_alone_says_which_electricity_to_use(client, shipped):
    page = client.get("/factors/zone/IN-KA/").content.decode()
    assert "Water scarcity only" in page
    assert 'href="/factors/zone/IN/"' in page


def test_a_method_shows_its_definition_and_factors(client, shipped):
    page = client.get("/factors/method/gwp100_ar6/").content.decode()
    for text in ("29.8", "27", "273", "IPCC AR6 WG1 (2021) Chapter 7 Table 7.15"):
        assert text in page
    assert "no characterisation factors" in client.get("/factors/method/pue/").content.decode()


def test_zones_are_filtered_by_type(client, shipped):
    page = client.get("/factors/zone/?type=us_egrid_subregion")
    assert page.context["page"].paginator.count == 27


@pytest.mark.parametrize(
    "address", ["zone/FR/", "zone/US/", "zone/WORLD/", "method/gwp100_ar6/", "", "cloud_region/"]
)
def test_a_page_of_the_shipped_library_takes_few_queries(
    client, shipped, django_assert_max_num_queries, address
):
    with django_assert_max_num_queries(9):
        assert client.get(f"/factors/{address}").status_code == 200


def test_every_entry_of_the_shipped_library_has_a_page(client, shipped):
    one_of_each = {
        (row.kind, row.attributes.get("zone_type", row.attributes.get("entity_type"))): row
        for row in shipped.entries.all()
    }
    for row in one_of_each.values():
        assert client.get(row.get_absolute_url()).status_code == 200, row
