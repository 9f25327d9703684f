import sys

import attrs
import numpy as np
import pytest
from scipy.stats import norm

from lca.engine import (
    Category,
    Derived,
    Flow,
    Inventory,
    Lognormal,
    Normal,
    Parameter,
    Provenance,
    Uniform,
    assess,
    compare,
)
from lca.engine.errors import (
    DuplicateName,
    EngineError,
    InvalidValue,
    UnitMismatch,
    UnknownParameter,
)


def nominal(result, grouping="total"):
    return {
        (key, category): round(stat.nominal, 9)
        for key, row in result.table(grouping).items()
        for category, stat in row.items()
    }


def one(parameters, terms, factors=None, unit="kWh", **rest) -> Inventory:
    flow = Flow(
        name="line", stage="training", process="p", component="electricity", unit=unit,
        terms=terms, factors={"electricity": {}} if factors is None else factors, **rest,
    )  # fmt: skip
    return Inventory(parameters=tuple(parameters), flows=(flow,))


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


def test_only_results_of_the_same_draws_can_be_compared(inventory):
    first = assess(inventory, draws=64)
    with pytest.raises(InvalidValue, match="64 from seed 2026 were made"):
        assess(inventory, draws=128, like=first)


def test_division_by_zero_names_the_parameter(inventory):
    with pytest.raises(InvalidValue, match="lifetime is 0 and something is divided by it") as error:
        assess(inventory.override({"lifetime": 0}))
    assert error.value.names == ("lifetime",)


def test_draw_of_zero_in_a_denominator_names_the_parameter():
    life = Parameter(name="life", value=1, unit="h", minimum=0, distribution=Normal(sd=1))
    inventory = one([life, Parameter(name="e", value=1, unit="kWh h")], {"e": 1, "life": -1})
    with pytest.raises(InvalidValue, match="life can be 0 and something is divided") as error:
        assess(inventory)
    assert error.value.names == ("life",)


@pytest.mark.parametrize("names", [("a", "b"), ("a",)])
def test_overflow_is_a_clear_error(names):
    made = [Parameter(name=n, value=1e308, unit="kWh" if n == "a" else "1") for n in names]
    powers = {"a": 1.0, "b": 1.0} if len(names) == 2 else {"a": 1.0}
    with pytest.raises(InvalidValue, match="The result is not finite"):
        assess(one(made, powers, coefficient=10.0))


def test_overflow_of_an_amount_without_impact_is_a_clear_error():
    with pytest.raises(InvalidValue, match="The result is not finite"):
        assess(one([Parameter(name="a", value=1e308, unit="kWh")], {"a": 1}, {}, coefficient=10.0))


def test_overflow_of_a_sum_of_flows_is_a_clear_error():
    inventory = one([Parameter(name="a", value=1.5e308, unit="kWh")], {"a": 1})
    twice = attrs.evolve(
        inventory, flows=(*inventory.flows, attrs.evolve(inventory.flows[0], name="again"))
    )
    with pytest.raises(InvalidValue, match="The result is not finite"):
        assess(twice)


def test_tiny_divisor_is_a_clear_error():
    made = [Parameter(name="a", value=1, unit="kWh"), Parameter(name="b", value=1e-200)]
    with pytest.raises(InvalidValue, match="b is too large or too small") as error:
        assess(one(made, {"a": 1, "b": -1}))
    assert error.value.names == ("b",)


def test_derived_parameter_that_is_not_finite_is_named():
    inventory = attrs.evolve(
        one([Parameter(name="a", value=1, unit="kWh"), Parameter(name="loss", value=1)], {"a": 1}),
        derived=(Derived(name="gross", function="inverse_complement", arguments=("loss",), label="Loss"),),
    )  # fmt: skip
    with pytest.raises(InvalidValue, match="Loss is not finite") as error:
        assess(inventory)
    assert error.value.names == ("gross",)


@pytest.mark.parametrize(
    ("value", "error"),
    [(float("nan"), InvalidValue), (float("inf"), InvalidValue), (10**400, InvalidValue),
     (True, TypeError), ("3", TypeError)],
)  # fmt: skip
def test_value_that_is_no_finite_number_is_refused(value, error):
    with pytest.raises(error, match=r"finite number, not|is not a number"):
        Parameter(name="a", value=value)


def test_integer_of_any_size_is_a_float():
    assert isinstance(Parameter(name="a", value=10**30).value, float)


def test_value_beyond_its_limit_is_refused_with_the_limit():
    with pytest.raises(InvalidValue, match=r"PUE: the value must be at least 1, not 0\.9") as error:
        Parameter(name="pue", label="PUE", value=0.9, minimum=1)
    assert error.value.names == ("pue",)
    with pytest.raises(InvalidValue, match=r"at most 1, not 1\.5"):
        Parameter(name="share", value=1.5, maximum=1)
    assert Parameter(name="pue", value=1, minimum=1, maximum=1).value == 1


def test_blank_names_are_refused(inventory):
    with pytest.raises(InvalidValue, match="A parameter needs a name"):
        Parameter(name=" ", value=1)
    with pytest.raises(InvalidValue, match="A flow needs a name"):
        attrs.evolve(inventory.flows[0], name="")


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_coefficients_and_exponents_are_finite(inventory, bad):
    with pytest.raises(InvalidValue, match="coefficient must be a finite number"):
        attrs.evolve(inventory.flows[0], coefficient=bad)
    with pytest.raises(InvalidValue, match="Exponents must be finite"):
        attrs.evolve(inventory.flows[0], terms={"gpu_h": bad})


def test_duplicate_names_are_refused(inventory):
    with pytest.raises(DuplicateName, match="Two parameters share a name: pue"):
        attrs.evolve(inventory, parameters=(*inventory.parameters, inventory.parameter("pue")))
    pue = Derived(name="pue", function="excess", arguments=("grid",))
    with pytest.raises(DuplicateName, match="Two parameters share a name: pue"):
        attrs.evolve(inventory, derived=(pue,))
    with pytest.raises(DuplicateName, match="Two flows share a name: it"):
        attrs.evolve(inventory, flows=(*inventory.flows, inventory.flows[0]))


def test_unknown_parameter_is_refused_by_name(inventory):
    with pytest.raises(UnknownParameter, match="it refers to typo, which does not exist") as error:
        attrs.evolve(inventory, flows=(attrs.evolve(inventory.flows[0], terms={"typo": 1}),))
    assert error.value.names == ("it", "typo")
    with pytest.raises(UnknownParameter, match=r"Not parameters of this inventory: typo[.]"):
        inventory.override({"typo": 1})
    with pytest.raises(
        UnknownParameter, match=r"There is no parameter “typo” in this inventory[.]"
    ):
        inventory.parameter("typo")


def test_unknown_parameter_is_told_names_near_it(inventory):
    typo = attrs.evolve(inventory.flows[0], terms={"gpu_hh": 1, "powr": 1})
    with pytest.raises(
        UnknownParameter,
        match=r"gpu_hh .near it: “gpu_h”., powr .near it: “power”., which do not exist",
    ):
        attrs.evolve(inventory, flows=(typo,))
    with pytest.raises(UnknownParameter, match=r"lifetim .near it: “lifetime”.[.]"):
        inventory.override({"lifetim": 1})
    with pytest.raises(UnknownParameter, match=r"in this inventory .near it: “embodied”.[.]"):
        inventory.parameter("embodid")


def test_unlike_units_are_refused_when_the_inventory_is_made(inventory):
    it = inventory.flows[0]
    with pytest.raises(UnitMismatch, match=r"it, depletion of minerals and metals: .*“kg Sb eq”"):
        attrs.evolve(inventory, flows=(attrs.evolve(it, factors={"adpe": {"grid": 1}}),))
    with pytest.raises(UnitMismatch, match="it: its parameters multiply to"):
        attrs.evolve(inventory, flows=(attrs.evolve(it, unit="W", factors={}),))


def test_repeated_terms_merge_and_cancelled_ones_vanish(inventory):
    it = attrs.evolve(
        inventory.flows[0], terms=(("gpu_h", 1), ("power", 1), ("pue", 1), ("pue", -1))
    )
    assert dict(it.terms) == {"gpu_h": 1, "power": 1}
    assert it.monomial(Category.GWP_LOCATION) == (("gpu_h", 1), ("power", 1), ("grid", 1))
    with pytest.raises(EngineError, match="it declares nothing for depletion"):
        it.monomial(Category.ADPE)


def test_elasticities_are_the_hand_computed_ones(inventory):
    found = {s.parameter: s.elasticity for s in assess(inventory).sensitivity["gwp_location"]}
    assert found == pytest.approx(
        {
            "gpu_h": 1.0,
            "power": 220 / 223.75,
            "grid": 220 / 223.75,
            "pue": 1.2 * 200 / 223.75,
            "embodied": 3.75 / 223.75,
            "lifetime": -3.75 / 223.75,
        }
    )


def test_variance_shares_add_up_and_order_the_list(inventory):
    items = assess(inventory).sensitivity["gwp_location"]
    shares = {s.parameter: s.variance_share for s in items}
    assert sum(shares.values()) == pytest.approx(1)
    assert [s.parameter for s in items][:2] == ["grid", "power"]
    squares = {
        "grid": (220 * np.log(1.2)) ** 2,
        "power": (220 * np.log(1.1)) ** 2,
        "pue": (240 * np.log(1.05)) ** 2,
    }
    whole = sum(squares.values())
    for name, square in squares.items():
        assert shares[name] == pytest.approx(square / whole)
    assert shares["gpu_h"] == 0


def test_parameter_that_is_zero_still_has_its_share_of_the_variance():
    grid = Parameter(
        name="grid", value=0, unit="kg CO2e/kWh", distribution=Uniform(low=0, high=0.05)
    )
    other = Parameter(name="embodied", value=1, unit="kg CO2e", distribution=Lognormal(gsd=1.001))
    energy = Parameter(name="e", value=100, unit="kWh")
    base = one([energy, grid, other], {"e": 1}, {"gwp_market": {"grid": 1}})
    line = attrs.evolve(
        base.flows[0],
        name="made",
        unit="kg CO2e",
        terms={"embodied": 1},
        factors={"gwp_market": {}},
    )
    result = assess(attrs.evolve(base, flows=(*base.flows, line)))
    first = result.sensitivity["gwp_market"][0]
    assert (first.parameter, first.elasticity) == ("grid", 0)
    assert first.variance_share > 0.99


def test_root_of_zero_has_no_elasticity():
    energy, share = Parameter(name="e", value=1, unit="kWh"), Parameter(name="s", value=0)
    base = one([energy, share], {"e": 1})
    root = attrs.evolve(base.flows[0], name="root", terms={"e": 1, "s": 0.5})
    result = assess(attrs.evolve(base, flows=(*base.flows, root)))
    assert {s.parameter: s.elasticity for s in result.sensitivity["electricity"]} == {"e": 1.0}


def test_elasticity_through_a_derived_parameter_that_is_zero(inventory):
    result = assess(inventory.override({"pue": 1.0}))
    found = {s.parameter: s.elasticity for s in result.sensitivity["electricity"]}
    assert found == pytest.approx({"gpu_h": 1, "power": 1, "pue": 500 / 450})


def test_total_of_zero_has_no_elasticities():
    result = assess(one([Parameter(name="e", value=0, unit="kWh")], {"e": 1}))
    assert result.stat("electricity").nominal == 0
    assert result.to_dict()["sensitivity"] == {}
    assert result.to_dict()["provenance_shares"] == {}


def test_provenance_shares_take_the_weakest_evidence_of_each_amount(inventory):
    shares = assess(inventory).provenance["gwp_location"]
    # it 200 and credit |-20| supplied (power); cooling 40 default (PUE); GPUs 3.75 supplied (lifetime)
    whole = 263.75
    assert shares == pytest.approx(
        {
            Provenance.MEASURED: 0,
            Provenance.SUPPLIED: 223.75 / whole,
            Provenance.MODELLED: 0,
            Provenance.DEFAULT: 40 / whole,
        }
    )


def test_amount_without_parameters_counts_as_default():
    shares = assess(one([], {}, unit="1", factors={})).provenance
    assert shares == {}
    grid = Parameter(name="g", value=1, unit="kWh", provenance="measured")
    shares = assess(one([grid], {}, unit="1", factors={"electricity": {"g": 1}})).provenance
    assert shares["electricity"][Provenance.DEFAULT] == 1


def test_comparison_is_paired(inventory):
    found = compare(inventory, {"grid": 0.2}, draws=256)
    difference = found.difference[Category.GWP_LOCATION]
    assert difference.nominal == pytest.approx(-110)
    assert difference.unit == "kg CO2e"
    after = found.scenario.group("gwp_location").values
    before = found.baseline.group("gwp_location").values
    assert difference.mean == pytest.approx((after - before).mean())
    assert difference.p95 == pytest.approx(np.quantile(after - before, 0.95))
    water = found.difference[Category.WATER]
    assert (water.nominal, water.p05, water.p50, water.p95) == (0, 0, 0, 0)


def test_comparison_keeps_streams_when_a_parameter_becomes_certain_or_uncertain(inventory):
    found = compare(inventory, {"pue": Parameter(name="x", value=1.2)}, draws=64)
    assert found.difference[Category.GWP_LOCATION].nominal == 0
    it = [
        r.group("electricity", "component", "electricity").values
        for r in (found.baseline, found.scenario)
    ]
    np.testing.assert_array_equal(*it)
    found = compare(
        inventory, {"ewif": Parameter(name="x", value=2, unit="L/kWh", distribution=Normal(sd=0.1))}
    )
    assert found.difference[Category.ELECTRICITY].p95 == 0
    assert found.difference[Category.WATER].p95 > 0


def test_override_keeps_the_relative_spread(inventory):
    changed = inventory.override({"grid": 0.8}).parameter("grid")
    assert changed.value == 0.8
    assert changed.distribution == Lognormal(gsd=1.2)
    assert inventory.parameter("grid").value == 0.4


def test_override_stretches_a_range_with_its_value():
    base = Parameter(name="e", value=2, unit="kWh", distribution=Uniform(low=1, high=3))
    changed = one([base], {"e": 1}).override({"e": 5}).parameter("e")
    assert changed.distribution == Uniform(low=2.5, high=7.5)


def test_override_to_and_from_zero_is_a_fixed_value():
    base = Parameter(name="e", value=2, unit="kWh", distribution=Uniform(low=1, high=3))
    zero = one([base], {"e": 1}).override({"e": 0})
    assert assess(zero).stat("electricity").p95 == 0
    assert assess(zero.override({"e": 5})).stat("electricity").p95 == 5


def test_override_beyond_the_limit_is_refused(inventory):
    with pytest.raises(InvalidValue, match=r"at least 1, not 0\.9"):
        inventory.override({"pue": 0.9})


def test_per_functional_unit_divides_and_renames_units(inventory):
    queries = Parameter(name="queries", value=1000, unit="request")
    per = inventory.per("request", lambda _: {"queries": -1}, parameters=(queries,))
    stat = assess(per).stat("gwp_location")
    assert stat.nominal == pytest.approx(0.22375)
    assert stat.unit == "kg CO2e/request"
    only = inventory.per(
        "request",
        lambda flow: {"queries": -1} if flow.name == "gpus" else None,
        parameters=(queries,),
    )
    assert assess(only).stat("gwp_location").nominal == pytest.approx(0.00375)
    assert [flow.unit for flow in only.flows] == ["GPU/request"]


def test_engine_exports_what_it_promises():
    import lca.engine

    assert lca.engine.assess is assess
    assert all(hasattr(lca.engine, name) for name in lca.engine.__all__)
