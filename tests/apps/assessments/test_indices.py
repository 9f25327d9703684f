"""Variance-based indices of an assessment, on its page and over REST."""

from html import escape

import pytest
from django.test import Client

from apps.assessments import services
from apps.assessments.models import Assessment, UpstreamModel
from apps.assessments.services.indices import FEWEST_DRAWS, MOST_DRAWS, affordable_draws
from lca.engine import Flow, Inventory, Parameter, variance_indices
from tests.apps.assessments.conftest import address, signed_in
from tests.factories import bearer


def rest(assessment: Assessment, query: str = "") -> str:
    return f"/api/v1/assessments/{assessment.uuid}/result/indices/{query}"


@pytest.fixture
def api(editor) -> Client:
    return Client(headers=bearer(editor))


def test_they_are_those_of_the_engine_on_the_assessment_s_own_draws(assessment):
    found = services.indices(assessment=assessment)
    inventory = services.build_inventory(assessment)
    expected = variance_indices(inventory, draws=4096, seed=assessment.seed, top=20)
    assert found.to_dict() == expected.to_dict()


def test_the_result_links_to_the_page_and_the_page_shows_each_category(page, assessment):
    panel = page.get(address("workbench", assessment)).content.decode()
    assert f'href="{address("indices", assessment)}">Variance-based indices</a>' in panel
    response = page.get(address("indices", assessment))
    text = response.content.decode()
    shown = {table["category"]: table for table in response.context["tables"]}
    assert [*shown] == services.build_inventory(assessment).categories()
    assert all(escape(category.label) in text for category in shown)
    row = shown["gwp_location"]["rows"][0]
    assert row.label in text
    assert row.total.value == max(row.total.value for row in shown["gwp_location"]["rows"])
    assert f"{row.total.value:.0%}".replace("%", "\u202f%") in text


def test_negligible_parameters_are_counted_and_not_listed(page, assessment):
    response = page.get(address("indices", assessment))
    found = {c.category: c for c in services.indices(assessment=assessment).categories}
    for table in response.context["tables"]:
        listed = [row for row in table["rows"] if row.parameter]
        assert all(row.total.value >= 0.001 for row in listed)
        assert len(listed) + table["negligible"] == len(found[table["category"]].parameters)


def test_a_total_without_spread_says_so(page, assessment, run):
    run.delete()
    common = {"assessment": assessment, "organisation": assessment.organisation}
    UpstreamModel.objects.create(
        **common, name="Base", share_inherited=0.5, kg_co2e=10.0, source="s"
    )
    text = page.get(address("indices", assessment)).content.decode()
    assert "No parameter of this total has a declared spread" in text


def test_an_empty_assessment_says_what_to_do(page, assessment, run):
    run.delete()
    assert "Nothing is declared yet" in page.get(address("indices", assessment)).content.decode()


def test_what_the_engine_refuses_is_shown_and_not_raised(page, assessment, hardware, api):
    hardware.embodied_mj = 1e12
    hardware.lifetime_years = 1e-300
    hardware.utilisation = 1e-300
    hardware.save()
    response = page.get(address("indices", assessment))
    assert response.status_code == 200
    assert "The indices cannot be computed" in response.content.decode()
    assert api.get(rest(assessment)).status_code == 422


def test_rest_gives_the_same_figures(api, assessment):
    response = api.get(rest(assessment))
    assert response.status_code == 200
    document = response.json()
    expected = services.indices(assessment=assessment).to_dict()
    assert document["assessment"] == str(assessment.uuid)
    assert document["release"] == assessment.release.label
    assert {name: document[name] for name in expected} == expected


def test_rest_gives_one_category_and_says_what_is_together(api, assessment):
    document = api.get(rest(assessment, "?category=gwp_location&top=1")).json()
    assert [*document["indices"]] == ["gwp_location"]
    assert len(document["indices"]["gwp_location"]["parameters"]) == 1
    together = document["screening"]["together_as_rest"]
    assert len(together) == document["uncertain_parameters"] - 1
    assert document["indices"]["gwp_location"]["rest"]["total"]["value"] > 0


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("?category=climate", 422, "not a valid choice"),
        ("?category=gwp_market", 422, "Nothing is declared in gwp_market"),
        ("?top=0", 422, "greater than or equal to 1"),
        ("?top=1000", 422, "less than or equal to 40"),
        ("?top=many", 422, "valid integer"),
        ("?draws=65536", 400, "Unknown query parameter: draws"),
        ("?top=1&top=2", 400, "more than once"),
    ],
)
def test_a_query_that_cannot_be_answered_is_refused_with_the_reason(
    api, assessment, query, status, words
):
    response = api.get(rest(assessment, query))
    assert response.status_code == status, response.content
    assert words in response.content.decode()


def test_strangers_find_neither_page_nor_resource(assessment, stranger, viewer):
    assert signed_in(viewer).get(address("indices", assessment)).status_code == 200
    assert signed_in(stranger).get(address("indices", assessment)).status_code == 404
    assert Client(headers=bearer(stranger)).get(rest(assessment)).status_code == 404
    assert Client(headers=bearer(viewer)).get(rest(assessment)).status_code == 200


def wide(flows: int) -> Inventory:
    grid = {"gwp_location": {"grid": 1}}
    common = {"stage": "training", "process": "p", "component": "electricity", "unit": "kWh"}
    return Inventory(
        parameters=(
            Parameter(name="energy", value=1.0, unit="kWh"),
            Parameter(name="grid", value=1.0, unit="kg CO2e/kWh"),
        ),
        flows=tuple(
            Flow(name=f"f{k}", terms={"energy": 1}, factors=grid, **common) for k in range(flows)
        ),
    )


def test_the_cost_is_bounded_whatever_is_declared():
    assert affordable_draws(wide(1), 65_536, 20) == MOST_DRAWS
    assert affordable_draws(wide(1), 1024, 20) == 1024
    assert affordable_draws(wide(1), 2, 20) == FEWEST_DRAWS
    assert affordable_draws(wide(5_000), 4096, 20) == 2048
    assert affordable_draws(Inventory(parameters=(), flows=()), 4096, 20) == 4096
