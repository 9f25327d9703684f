"""What measures cost is what somebody said: summed by currency, asked for whole, and never nought where nobody spoke."""

import pytest
from django.test import Client

from apps.assessments.models import Assessment
from apps.scenarios import services
from apps.scenarios.errors import BadInput
from apps.scenarios.site import shipped
from apps.scenarios.stacking.stack import Chosen, Stack, stack
from lca.engine import Category
from tests.apps.scenarios.stacking_support import EXAMPLES, example
from tests.apps.scenarios.test_scenarios_pages import (
    LIFETIME,
    REGION,
    address,
    assessment,
    browser,
    editor,
    kept,
)

__all__ = ["assessment", "browser", "editor"]  # fixtures
EUR = {"currency": "EUR"}


def stacked(**costs: dict[str, float | str]) -> Stack:
    chosen = [Chosen(key=key, options={**EXAMPLES[key], **said}) for key, said in costs.items()]
    return stack(example(), chosen, shipped({}), draws=256)


def test_a_cost_is_summed_and_a_tonne_has_its_price() -> None:
    found = stacked(lifetime={"cost": 100, **EUR}, region={"cost": -40.0, **EUR})
    cost = found.to_dict()["cost"]
    assert isinstance(cost, dict)
    assert cost["sums"] == {"EUR": 60.0}
    assert cost["measures_without"] == 0
    before, after = (
        result.stat(Category.GWP_LOCATION) for result in (found.baseline, found.steps[-1].result)
    )
    assert before is not None
    assert after is not None
    price = cost["per_tonne_avoided"]
    assert price["value"] == pytest.approx(60e3 / (before.nominal - after.nominal))
    assert price["p05"] < price["value"] < price["p95"]


def test_what_nobody_said_is_not_nought() -> None:
    assert stacked(lifetime={}).to_dict()["cost"] is None
    partly = stacked(lifetime={"cost": 100, **EUR}, region={}).to_dict()["cost"]
    assert partly == {"sums": {"EUR": 100.0}, "measures_without": 1, "per_tonne_avoided": None}
    two = stacked(lifetime={"cost": 1, **EUR}, region={"cost": 2, "currency": "NOK"})
    assert two.to_dict()["cost"] == {
        "sums": {"EUR": 1.0, "NOK": 2.0},
        "measures_without": 0,
        "per_tonne_avoided": None,
    }
    adds = stacked(wastewater={"cost": 5, **EUR}).to_dict()["cost"]
    assert isinstance(adds, dict)
    assert adds["per_tonne_avoided"] is None  # it avoids nothing


def test_a_cost_is_said_whole() -> None:
    with pytest.raises(BadInput, match="a cost needs its currency"):
        stacked(lifetime={"cost": 100})
    with pytest.raises(BadInput, match="a currency its cost"):
        stacked(lifetime=dict(EUR))
    with pytest.raises(BadInput, match="it is a number"):
        stacked(lifetime={"cost": "much", **EUR})


@pytest.mark.django_db
def test_the_workbench_asks_for_it_and_says_what_a_tonne_costs(
    browser: Client, assessment: Assessment
) -> None:
    said = {**LIFETIME, "options": {**LIFETIME["options"], "cost": 1200.0, **EUR}}
    row = kept(assessment, "Costly", said)
    page = browser.get(address(assessment, "scenario", uuid=row.uuid)).content.decode()
    assert "1\u202f200" in page or "1 200" in page or "1200" in page
    assert "A tonne of CO2e avoided costs" in page
    row.measures = [said, REGION]
    row.save()
    page = browser.get(address(assessment, "scenario", uuid=row.uuid)).content.decode()
    assert "1 measure says no cost, which is not nought" in page
    found = services.evaluate(assessment=assessment, measures=row.measures).to_dict()
    assert found["cost"]["measures_without"] == 1  # type: ignore[index]  # plain JSON
