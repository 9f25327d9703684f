"""Variance-based indices against closed forms, against scipy's estimators, and against ``assess``."""

import math

import numpy as np
import pytest
from scipy.stats import sobol_indices as scipy_indices

from lca.engine import (
    Derived,
    Flow,
    Inventory,
    Lognormal,
    Normal,
    Parameter,
    Pedigree,
    Triangular,
    Uniform,
    assess,
    variance_indices,
)
from lca.engine.compiled import compile_inventory
from lca.engine.errors import InvalidValue
from lca.engine.sampling import sample, sample_twice, swapped
from lca.engine.swaps import swaps

GWP = "gwp_location"
COMMON = {"stage": "training", "process": "p", "component": "electricity", "unit": "kWh"}


def parameter(name, value, distribution, unit="1"):
    return Parameter(name=name, value=value, unit=unit, distribution=distribution)


def flow(name, terms, factors):
    return Flow(name=name, terms=terms, factors=factors, **COMMON)


def product(gsds):
    """One flow whose impact is a product of log-normals."""
    rows = [parameter(f"x{k}", 1.0 + k, Lognormal(gsd=gsd)) for k, gsd in enumerate(gsds)]
    energy = Parameter(name="energy", value=2.0, unit="kWh")
    grid = Parameter(name="grid", value=0.4, unit="kg CO2e/kWh")
    line = flow("f", {"energy": 1, **{row.name: 1 for row in rows}}, {GWP: {"grid": 1}})
    return Inventory(parameters=(energy, grid, *rows), flows=(line,))


def summed(spreads):
    """A sum of normals, one flow each."""
    rows = [parameter(f"e{k}", 100.0, Normal(sd=sd), "kWh") for k, sd in enumerate(spreads)]
    grid = Parameter(name="grid", value=0.4, unit="kg CO2e/kWh")
    lines = [flow(f"f{row.name}", {row.name: 1}, {GWP: {"grid": 1}}) for row in rows]
    return Inventory(parameters=(grid, *rows), flows=tuple(lines))


def mixed():
    """Sums of products with powers, a derived parameter, and two categories of which one lacks a parameter."""
    return Inventory(
        parameters=(
            parameter("energy", 100.0, Lognormal(gsd=1.4), "kWh"),
            parameter("pue", 1.3, Triangular(low=1.0, high=1.9)),
            parameter("life", 4.0, Uniform(low=2.0, high=6.0)),
            parameter("grid", 0.4, Lognormal(gsd=1.3), "kg CO2e/kWh"),
            parameter("ewif", 2.0, Normal(sd=0.3), "L/kWh"),
        ),
        derived=(Derived(name="overhead", function="excess", arguments=("pue",)),),
        flows=(
            flow("it", {"energy": 1}, {GWP: {"grid": 1}, "water": {"ewif": 1}}),
            flow("cooling", {"energy": 1, "overhead": 1}, {GWP: {"grid": 1}}),
            flow("spread", {"energy": 1, "life": -2}, {GWP: {"grid": 1}}),
        ),
    )


def of(found, category=GWP):
    return next(item for item in found.categories if item.category == category)


def by_name(found, category=GWP):
    return {row.parameter: row for row in of(found, category).parameters}


def test_product_of_lognormals_has_its_closed_form():
    gsds = (1.2, 1.5, 2.0)
    squares = [math.log(gsd) ** 2 for gsd in gsds]
    whole = math.exp(sum(squares)) - 1
    rows = by_name(variance_indices(product(gsds), draws=2**14))
    for k, square in enumerate(squares):
        rest = math.exp(sum(squares) - square)
        row = rows[f"x{k}"]
        assert row.first_order.value == pytest.approx((math.exp(square) - 1) / whole, abs=0.01)
        assert row.total.value == pytest.approx((math.exp(square) - 1) * rest / whole, abs=0.02)
        assert row.first_order.p05 <= row.first_order.value <= row.first_order.p95
        assert row.total.p05 <= row.total.value <= row.total.p95


def test_sum_of_normals_has_its_variance_shares_both_ways():
    spreads = (1.0, 2.0, 3.0, 4.0)
    found = variance_indices(summed(spreads), draws=2**13)
    whole = sum(sd**2 for sd in spreads)
    for k, sd in enumerate(spreads):
        row = by_name(found)[f"e{k}"]
        assert row.first_order.value == pytest.approx(sd**2 / whole, abs=0.005)
        assert row.total.value == pytest.approx(sd**2 / whole, abs=0.005)
    assert of(found).standard_deviation == pytest.approx(0.4 * math.sqrt(whole), rel=2e-3)
    assert [row.parameter for row in of(found).parameters] == ["e3", "e2", "e1", "e0"]


def direct(values):
    """What ``mixed`` adds up to, written by hand."""
    it = values["energy"] * values["grid"]
    return it + it * (values["pue"] - 1) + it * values["life"] ** -2


def test_estimates_are_those_of_scipy_on_the_same_values():
    names, inventory, draws = ("energy", "grid", "life", "pue"), mixed(), 1024
    first, second = sample_twice(inventory, draws, 7)
    at = [direct(first), direct(second)]
    middle = np.mean(at)
    both = [direct({**first, name: second[name]}) for name in names]
    theirs = scipy_indices(
        n=draws,
        func={
            "f_A": (at[0] - middle)[None],
            "f_B": (at[1] - middle)[None],
            "f_AB": (np.stack(both) - middle)[:, None],
        },
    )
    rows = by_name(variance_indices(inventory, draws=draws, seed=7))
    ours = [(rows[n].first_order.value, rows[n].total.value) for n in names]
    expected = np.stack([theirs.first_order, theirs.total_order], axis=-1).reshape(-1, 2)
    assert np.array(ours) == pytest.approx(expected, rel=1e-9)


def test_scipy_with_draws_of_its_own_agrees_within_the_intervals():
    def function(x):
        return np.exp(0.4 * x[0] + 0.2 * x[1]) + 3 * x[2]

    from scipy.stats import norm

    theirs = scipy_indices(func=function, n=2**13, dists=[norm()] * 3, rng=np.random.default_rng(1))
    inventory = Inventory(
        parameters=(
            parameter("a", 1.0, Lognormal(gsd=math.exp(0.4)), "kWh"),
            parameter("b", 1.0, Lognormal(gsd=math.exp(0.2))),
            parameter("c", 0.0, Normal(sd=3.0), "kWh"),
            Parameter(name="grid", value=1.0, unit="kg CO2e/kWh"),
        ),
        flows=(
            flow("f", {"a": 1, "b": 1}, {GWP: {"grid": 1}}),
            flow("g", {"c": 1}, {GWP: {"grid": 1}}),
        ),
    )
    rows = by_name(variance_indices(inventory, draws=2**13))
    for k, name in enumerate("abc"):
        assert rows[name].first_order.value == pytest.approx(theirs.first_order[k], abs=0.01)
        assert rows[name].total.value == pytest.approx(theirs.total_order[k], abs=0.01)


def test_first_sample_is_that_of_assess():
    inventory = mixed()
    model = swaps(compile_inventory(inventory), inventory.categories(), 256, 5)
    result = assess(inventory, draws=256, seed=5)
    for row, category in enumerate(inventory.categories()):
        assert model.at_first[row] == pytest.approx(result.group(category).values, rel=1e-12)
    first, second = sample_twice(inventory, 256, 5)
    drawn = sample(inventory, 256, 5).values
    assert all(np.array_equal(first[name], drawn[name]) for name in drawn)
    assert abs(np.corrcoef(first["energy"], second["energy"])[0, 1]) < 0.1


def test_swapping_reaches_derived_parameters():
    inventory = mixed()
    first, second = sample_twice(inventory, 64, 1)
    values, changed = swapped(inventory, first, second, ["pue"])
    assert changed == {"pue", "overhead"}
    assert np.array_equal(values["overhead"], second["pue"] - 1)
    assert np.array_equal(values["energy"], first["energy"])


def test_only_uncertain_parameters_that_a_category_depends_on_are_listed():
    found = variance_indices(mixed(), draws=256)
    assert set(by_name(found)) == {"energy", "pue", "life", "grid"}
    assert set(by_name(found, "water")) == {"energy", "ewif"}
    assert found.uncertain == 5
    assert found.evaluations == 256 * (5 + 2)
    assert found.to_dict()["screening"] is None


def test_screened_parameters_vary_on_and_are_given_together():
    inventory = summed((1.0, 2.0, 3.0, 4.0))
    whole, part = (
        variance_indices(inventory, draws=2048),
        variance_indices(inventory, draws=2048, top=2),
    )
    assert [row.parameter for row in of(part).parameters] == ["e3", "e2"]
    assert by_name(part)["e3"] == by_name(whole)["e3"]
    assert of(part).rest.first_order.value == pytest.approx(5 / 30, abs=0.01)
    assert of(part).rest.total.value == pytest.approx(5 / 30, abs=0.01)
    document = part.to_dict()
    assert document["screening"]["together_as_rest"] == ["e0", "e1"]
    assert document["evaluations"] == 2048 * (2 + 2 + 1)
    assert document["indices"][GWP]["rest"]["label"] == "2 other parameters"


def test_categories_can_be_chosen_and_change_nothing():
    whole, part = (
        variance_indices(mixed(), draws=256),
        variance_indices(mixed(), draws=256, categories=["water"]),
    )
    assert [item.category for item in part.categories] == ["water"]
    ours, theirs = by_name(part, "water"), by_name(whole, "water")
    assert {name: row.total.value for name, row in ours.items()} == pytest.approx(
        {name: row.total.value for name, row in theirs.items()}, rel=1e-9
    )


def test_total_that_does_not_vary_has_no_indices():
    inventory = Inventory(
        parameters=(
            Parameter(name="energy", value=1.0, unit="kWh"),
            Parameter(name="grid", value=0.4, unit="kg CO2e/kWh"),
        ),
        flows=(flow("f", {"energy": 1}, {GWP: {"grid": 1}}),),
    )
    found = of(variance_indices(inventory, draws=64))
    assert (found.standard_deviation, found.parameters, found.rest) == (0.0, (), None)


def test_interval_narrows_with_the_draws_and_holds_the_truth():
    exact, widths = 1 / 30, []
    for draws in (256, 4096):
        row = by_name(variance_indices(summed((1.0, 2.0, 3.0, 4.0)), draws=draws))["e0"]
        assert row.first_order.p05 < exact < row.first_order.p95
        widths.append(row.first_order.p95 - row.first_order.p05)
    assert widths[1] < widths[0] / 2.5


def test_nothing_declared_gives_no_indices():
    assert variance_indices(Inventory(parameters=(), flows=()), draws=64).categories == ()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"draws": 100}, "power of two"),
        ({"draws": 32}, "Indices take 64 to 65,536 draws, not 32"),
        ({"draws": 2**17}, "Indices take 64 to 65,536 draws, not 131,072"),
        ({"top": 0}, "At least 1 parameter"),
        (
            {"categories": ["adpe"]},
            "Nothing is declared in adpe; declared are: gwp_location, water",
        ),
    ],
)
def test_what_cannot_be_is_refused(asked, message):
    with pytest.raises(InvalidValue, match=message):
        variance_indices(mixed(), **{"draws": 64, **asked})


def test_a_draw_of_zero_in_a_divisor_is_refused_by_name():
    inventory = Inventory(
        parameters=(
            parameter("energy", 1.0, Lognormal(gsd=1.2), "kWh"),
            Parameter(
                name="life", value=1.0, minimum=0, label="Service life", distribution=Normal(sd=2.0)
            ),
            Parameter(name="grid", value=0.4, unit="kg CO2e/kWh"),
        ),
        flows=(flow("f", {"energy": 1, "life": -1}, {GWP: {"grid": 1}}),),
    )
    with pytest.raises(InvalidValue, match="Service life can be 0"):
        variance_indices(inventory, draws=64)


def test_a_spread_from_scores_counts_as_a_declared_one():
    scored = Pedigree(reliability=4, technological=3)
    inventory = Inventory(
        parameters=(
            parameter("declared", 1.0, Lognormal(gsd=scored.gsd)),
            Parameter(name="scored", value=1.0, pedigree=scored),
            Parameter(name="energy", value=2.0, unit="kWh"),
            Parameter(name="grid", value=0.4, unit="kg CO2e/kWh"),
        ),
        flows=(flow("f", {"energy": 1, "declared": 1, "scored": 1}, {GWP: {"grid": 1}}),),
    )
    first, second = sample_twice(inventory, 256, 7)
    assert sample(inventory, 256, 7).values["scored"] == pytest.approx(first["scored"])
    assert not np.allclose(first["scored"], second["scored"])
    rows = variance_indices(inventory, draws=1024, seed=7).to_dict()["indices"][GWP]
    assert sorted(row["parameter"] for row in rows["parameters"]) == ["declared", "scored"]
