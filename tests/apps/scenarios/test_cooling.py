"""Carbon against water: by hand, on the front, and on its page."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from apps.scenarios.cooling.study import study
from apps.scenarios.errors import BadInput
from apps.scenarios.measures.cooling import KINDS
from apps.scenarios.site import shipped


@pytest.fixture(scope="module")
def found() -> Any:
    return study(["SE", " PL ", "SE"], shipped({}))


def test_each_place_has_every_kind_once(found: Any) -> None:
    assert [place["zone"] for place in found["zones"]] == ["SE", "PL"]
    for place in found["zones"]:
        assert {row["kind"] for row in place["kinds"]} == set(KINDS)


def test_figures_are_products_of_the_factors(found: Any) -> None:
    for place in found["zones"]:
        grid, ewif, scarcity = (place[name]["value"] for name in ("grid", "ewif", "scarcity"))
        for row in place["kinds"]:
            water = row["wue"] + row["pue"] * ewif
            assert row["gwp_location"]["nominal"] == pytest.approx(row["pue"] * grid)
            assert row["water_on_site"]["nominal"] == pytest.approx(row["wue"])
            assert row["water"]["nominal"] == pytest.approx(water)
            assert row["water_scarcity"]["nominal"] == pytest.approx(water * scarcity)


def test_the_front_is_what_no_other_beats_in_both(found: Any) -> None:
    for place in found["zones"]:
        costs = {row["kind"]: (row["gwp_location"]["nominal"], row["water"]["nominal"]) for row in place["kinds"]}  # fmt: skip
        for row in place["kinds"]:
            mine = costs[row["kind"]]
            beaten = any(other[0] <= mine[0] and other[1] <= mine[1] and other != mine for other in costs.values())  # fmt: skip
            assert row["on_front"] == (not beaten)


def test_less_carbon_costs_water_by_the_two_best(found: Any) -> None:
    for place in found["zones"]:
        rows = {row["kind"]: row for row in place["kinds"]}
        carbon, water = rows[place["least_carbon"]], rows[place["least_water"]]
        assert place["kg_less"] == pytest.approx(water["gwp_location"]["nominal"] - carbon["gwp_location"]["nominal"])  # fmt: skip
        assert place["litres_per_kg"] == pytest.approx(place["litres_more"] / place["kg_less"])
        assert 0.5 < place["carbon_sureness"] <= 1
    sweden, poland = found["zones"]
    assert sweden["litres_per_kg"] > 5 * poland["litres_per_kg"]


@pytest.mark.parametrize(
    ("zones", "says"),
    [([], "Name 1 to 8"), (["SE"] * 3 + list("ABCDEFGHI"), "Name 1 to 8"), (["ZZ"], "“ZZ”")],
    ids=["none", "many", "unknown"],
)
def test_places_that_cannot_be_compared_are_said(zones: list[str], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        study(zones, shipped({}))


def whatif(*words: str) -> str:
    out = StringIO()
    call_command("whatif", "cool", *words, stdout=out)
    return out.getvalue()


def test_the_command_prints_a_table_and_json(found: Any) -> None:
    assert json.loads(whatif("--zones", "SE,PL", "--json")) == found
    text = whatif("--zones", "PL")
    assert "a kilogram of CO2e less costs" in text
    with pytest.raises(CommandError, match="ZZ"):
        whatif("--zones", "ZZ")
