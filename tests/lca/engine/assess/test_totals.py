"""Totals, groups and draws against figures worked out by hand."""

import sys

import attrs
import numpy as np
import pytest
from scipy.stats import norm

from lca.engine import (
    Category,
    Inventory,
    assess,
)
from lca.engine.errors import (
    InvalidValue,
)
from tests.lca.engine.assess.conftest import nominal


def test_totals_are_the_hand_computed_ones(inventory):
    # electricity 500 + 100 - 50 kWh; carbon 0.4 x 550 + 150 x 1000 / 40 000
    assert nominal(assess(inventory)) == {
        ("", "gwp_location"): 223.75,
        ("", "water"): 1100.0,
        ("", "electricity"): 550.0,
    }


def test_groups_are_the_hand_computed_ones(inventory):
    result = assess(inventory)
    carbon = {
        grouping: {k: v for (k, c), v in nominal(result, grouping).items() if c == "gwp_location"}
        for grouping in ("stage", "component", "process", "activity")
    }
    assert carbon == {
        "stage": {"hardware": 3.75, "training": 240.0, "end_of_life": -20.0},
        "component": {"electricity": 180.0, "cooling_overhead": 40.0, "embodied": 3.75},
        "process": {"7B": 183.75, "cooling": 40.0},
        "activity": {"training": 243.75, "end_of_life": -20.0},
    }


def test_units_are_those_of_the_categories(inventory):
    totals = assess(inventory).to_dict()["totals"]
    assert {k: v["unit"] for k, v in totals.items()} == {
        "gwp_location": "kg CO2e", "water": "L", "electricity": "kWh",
    }  # fmt: skip


def test_category_without_a_flow_is_absent_not_zero(inventory):
    result = assess(inventory)
    assert result.stat(Category.ADPE) is None
    assert result.stat("water", "stage", "hardware") is None
    document = result.to_dict()
    assert "adpe" not in document["totals"]
    assert "water" not in document["by_stage"]["hardware"]
    assert "inference" not in document["by_stage"]


def test_gaps_are_reported_as_declared(inventory):
    assert assess(inventory).to_dict()["gaps"] == [
        {
            "stage": "inference", "reason": "Nothing declared.", "remedy": "Add a deployment.",
            "process": "", "component": None, "category": None,
        }
    ]  # fmt: skip


def test_empty_inventory_has_no_totals():
    result = assess(Inventory(parameters=(), flows=())).to_dict()
    assert result["totals"] == {}
    assert result["flows"] == []


def test_flows_carry_amount_formula_and_impacts(inventory):
    gpus = assess(inventory).to_dict()["flows"][2]
    assert gpus["amount"] == pytest.approx(1000 / 40_000)
    assert (gpus["unit"], gpus["activity"]) == ("GPU", "training")
    assert set(gpus["impacts"]) == {"gwp_location"}
    assert gpus["impacts"]["gwp_location"]["nominal"] == pytest.approx(3.75)
    assert gpus["formula"]["gwp_location"] == "GPU-hours × embodied ÷ lifetime"
    assert assess(inventory).amounts[0] == pytest.approx(500)
    assert assess(inventory).amounts[3] == pytest.approx(-50)


def test_interval_of_a_lognormal_product_is_exact(inventory):
    stat = attrs.asdict(assess(inventory).flow_stats[0])
    spread = np.hypot(np.log(1.1), np.log(1.2))
    for place, quantile in (("p05", 0.05), ("p50", 0.5), ("p95", 0.95)):
        assert stat[place] == pytest.approx(200 * np.exp(spread * norm.ppf(quantile)), rel=5e-3)
    assert stat["mean"] == pytest.approx(200 * np.exp(spread**2 / 2), rel=1e-3)


def test_negative_coefficient_turns_the_interval_round(inventory):
    result = assess(inventory)
    credit, it = result.flow_stats[7], result.flow_stats[0]
    assert credit.nominal == pytest.approx(-0.1 * it.nominal)
    assert credit.p05 == pytest.approx(-0.1 * it.p95)
    assert credit.p50 == pytest.approx(-0.1 * it.p50)
    assert credit.p95 == pytest.approx(-0.1 * it.p05)
    assert credit.mean == pytest.approx(-0.1 * it.mean)
    assert credit.p05 < credit.p50 < credit.p95 < 0
    group = result.stat("gwp_location", "stage", "end_of_life")
    assert group.p05 == pytest.approx(credit.p05)


def test_group_statistics_are_those_of_its_draws(inventory):
    group = assess(inventory, draws=256).group("gwp_location", "stage", "training")
    assert group.values.shape == (256,)
    assert group.stat.mean == pytest.approx(group.values.mean(), rel=1e-14)
    assert group.stat.p05 == pytest.approx(np.quantile(group.values, 0.05), rel=1e-14)
    assert group.stat.p95 == pytest.approx(np.quantile(group.values, 0.95), rel=1e-14)


def test_shared_parameter_is_drawn_once(inventory):
    result = assess(inventory, draws=64)
    water, energy = (result.group(c).values for c in ("water", "electricity"))
    np.testing.assert_allclose(water, 2 * energy, rtol=1e-13)


def test_result_does_not_depend_on_the_size_of_chunks(inventory, monkeypatch):
    whole = assess(inventory, draws=256)
    monkeypatch.setattr(sys.modules["lca.engine.assess"], "CHUNK_BYTES", 1)
    parts = assess(inventory, draws=256)
    for first, second in zip(whole.groups, parts.groups, strict=True):
        np.testing.assert_allclose(first.values, second.values, rtol=1e-12)
    for first, second in zip(whole.flow_stats, parts.flow_stats, strict=True):
        assert attrs.astuple(first)[:5] == pytest.approx(attrs.astuple(second)[:5], rel=1e-12)


def test_what_is_not_asked_for_is_left_out_and_the_rest_is_the_same(inventory):
    full = assess(inventory, draws=64).to_dict()
    short = assess(inventory, draws=64, by=("stage",)).to_dict()
    assert set(full) - set(short) == {"by_component", "by_process", "by_activity", "flows"}
    assert short == {key: full[key] for key in short}


def test_a_result_is_not_given_by_what_does_not_exist(inventory):
    with pytest.raises(InvalidValue, match="not by weather"):
        assess(inventory, by=("weather",))


def test_a_result_like_another_takes_its_draws_over_and_equals_one_drawn_anew(inventory):
    first = assess(inventory, draws=64)
    variant = inventory.override({"pue": 1.5})
    again = assess(variant, draws=64, like=first)
    assert again.drawn.values["grid"] is first.drawn.values["grid"]
    assert again.drawn.values["pue"] is not first.drawn.values["pue"]
    assert again.to_dict() == assess(variant, draws=64).to_dict()
