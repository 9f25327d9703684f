"""The laws that every inventory obeys, as properties."""

import json
import random

import attrs
import numpy as np
import pytest
import rfc8785
from hypothesis import assume, given
from hypothesis import strategies as st

from lca.engine import (
    Category,
    Flow,
    Inventory,
    Lognormal,
    Parameter,
    assess,
    compare,
    from_document,
    to_document,
)
from lca.engine.errors import DuplicateName
from tests.strategies import CHARACTERISATION, inventories, positive

DRAWS = 64


def totals(inventory: Inventory) -> dict[str, float]:
    return {c: s.nominal for c, s in assess(inventory, draws=2).table("total").get("", {}).items()}


@given(inventories())
def test_total_is_the_sum_over_stages_processes_components_activities_and_flows(inventory):
    result = assess(inventory, draws=DRAWS)
    for category in inventory.categories():
        total = result.group(category)
        for grouping in ("stage", "process", "component", "activity"):
            parts = [g for g in result.groups if (g.grouping, g.category) == (grouping, category)]
            assert sum(g.stat.nominal for g in parts) == pytest.approx(
                total.stat.nominal, rel=1e-12
            )
            np.testing.assert_allclose(sum(g.values for g in parts), total.values, rtol=1e-10)
        rows = [
            row["impacts"][category]
            for row in result.to_dict()["flows"]
            if category in row["impacts"]
        ]
        assert sum(row["nominal"] for row in rows) == pytest.approx(total.stat.nominal, rel=1e-12)
        assert sum(row["mean"] for row in rows) == pytest.approx(total.stat.mean, rel=1e-10)


@given(inventories(), st.floats(-5, 5).filter(lambda k: abs(k) > 0.01))
def test_scaling_a_flow_scales_its_impact(inventory, k):
    first = inventory.flows[0]
    scaled = attrs.evolve(
        inventory,
        flows=(attrs.evolve(first, coefficient=first.coefficient * k), *inventory.flows[1:]),
    )
    before = assess(inventory, draws=DRAWS).flow_stats[0]
    after = assess(scaled, draws=DRAWS).flow_stats[0]
    assert after.nominal == pytest.approx(before.nominal * k, rel=1e-12)
    assert after.mean == pytest.approx(before.mean * k, rel=1e-12)
    ends = sorted((before.p05 * k, before.p95 * k))
    assert (after.p05, after.p95) == pytest.approx(tuple(ends), rel=1e-12)


@given(inventories(), st.floats(0.01, 0.99))
def test_splitting_a_flow_leaves_the_totals(inventory, share):
    first, *rest = inventory.flows
    parts = [
        attrs.evolve(first, name=f"part {n}", coefficient=first.coefficient * s)
        for n, s in enumerate((share, 1 - share))
    ]
    before = assess(inventory, draws=DRAWS)
    after = assess(attrs.evolve(inventory, flows=(*parts, *rest)), draws=DRAWS)
    for category in inventory.categories():
        np.testing.assert_allclose(
            after.group(category).values, before.group(category).values, rtol=1e-11
        )


@given(inventories(), st.randoms(use_true_random=False))
def test_order_and_naming_of_flows_do_not_matter(inventory, shuffler: random.Random):
    flows = [attrs.evolve(f, name=f"renamed {n}") for n, f in enumerate(inventory.flows)]
    parameters = list(inventory.parameters)
    shuffler.shuffle(flows)
    shuffler.shuffle(parameters)
    other = attrs.evolve(
        inventory, flows=tuple(flows), parameters=tuple(parameters), derived=inventory.derived[::-1]
    )
    before, after = assess(inventory, draws=DRAWS), assess(other, draws=DRAWS)
    for category in inventory.categories():
        np.testing.assert_allclose(
            after.group(category).values, before.group(category).values, rtol=1e-11
        )
        first, second = (
            {s.parameter: s.elasticity for s in result.sensitivity[category]}
            for result in (before, after)
        )
        assert first == pytest.approx(second, rel=1e-9, abs=1e-12)


@given(inventories(), st.data())
def test_duplicates_are_refused(inventory, data):
    again = data.draw(st.sampled_from(inventory.parameters))
    with pytest.raises(DuplicateName, match=again.name):
        attrs.evolve(inventory, parameters=(*inventory.parameters, again))
    with pytest.raises(DuplicateName):
        attrs.evolve(inventory, flows=(*inventory.flows, inventory.flows[-1]))


@given(inventories(), st.data())
def test_elasticity_equals_the_finite_difference(inventory, data):
    chosen, step = data.draw(st.sampled_from(inventory.parameters)), 1e-5

    def moved(factor: float) -> dict[str, float]:
        rows = (
            Parameter(name=p.name, unit=p.unit, value=p.value * (factor if p is chosen else 1))
            for p in inventory.parameters
        )
        return totals(attrs.evolve(inventory, parameters=tuple(rows)))

    up, down, result = moved(1 + step), moved(1 - step), assess(inventory, draws=2)
    for category in inventory.categories():
        found = {s.parameter: s.elasticity for s in result.sensitivity[category]}
        slope = (up[category] - down[category]) / (2 * step) / result.stat(category).nominal
        assert found.get(chosen.name, 0.0) == pytest.approx(slope, rel=1e-5, abs=1e-6)


@given(inventories())
def test_variance_and_provenance_shares_add_up_to_one(inventory):
    result = assess(inventory, draws=2)
    for category in inventory.categories():
        shares = [s.variance_share for s in result.sensitivity[category]]
        assert sum(shares) == pytest.approx(1.0) or sum(shares) == 0
        assert sum(result.provenance[category].values()) == pytest.approx(1.0)


@given(inventories())
def test_override_with_the_nominal_value_changes_nothing(inventory):
    same = {item.name: item.value for item in inventory.parameters}
    assert inventory.override(same) == inventory
    for stat in compare(inventory, same, draws=DRAWS).difference.values():
        assert (stat.nominal, stat.mean, stat.p05, stat.p50, stat.p95) == (0, 0, 0, 0, 0)


@given(inventories(), st.integers(0, 2**32))
def test_same_seed_gives_the_same_bytes(inventory, seed):
    first, second = (
        json.dumps(assess(inventory, draws=DRAWS, seed=seed).to_dict()) for _ in range(2)
    )
    assert first == second


@given(
    st.lists(st.tuples(positive, st.floats(1.01, 2)), min_size=1, max_size=4), st.integers(0, 99)
)
def test_median_of_lognormal_products_is_the_product_of_medians(rows, seed):
    names = [f"x{k}" for k in range(len(rows))]
    parameters = tuple(
        Parameter(name=n, value=v, distribution=Lognormal(gsd=g))
        for n, (v, g) in zip(names, rows, strict=True)
    )
    flow = Flow(
        name="f", stage="training", process="p", component="electricity", unit="kWh",
        terms={"unit": 1, **dict.fromkeys(names, 1.0)}, factors={"electricity": {}},
    )  # fmt: skip
    inventory = Inventory(
        parameters=(*parameters, Parameter(name="unit", value=1, unit="kWh")), flows=(flow,)
    )
    stat = assess(inventory, draws=4096, seed=seed).stat("electricity")
    spread = np.sqrt(sum(np.log(g) ** 2 for _, g in rows))
    assert stat.nominal == pytest.approx(np.prod([v for v, _ in rows]), rel=1e-12)
    assert np.log(stat.p50 / stat.nominal) == pytest.approx(0, abs=0.05 * spread)
    assert np.log(stat.p95 / stat.p05) == pytest.approx(2 * 1.6448536 * spread, rel=0.05)


@given(inventories())
def test_document_round_trip_is_equal_whatever_the_order_of_keys(inventory):
    document = to_document(inventory)
    canonical = rfc8785.dumps(document)
    turned = json.loads(json.dumps(document), object_pairs_hook=lambda pairs: dict(pairs[::-1]))
    for again in (json.loads(canonical), turned):
        read = from_document(again)
        assert read == inventory
        assert rfc8785.dumps(to_document(read)) == canonical
        assert assess(read, draws=2).to_dict() == assess(inventory, draws=2).to_dict()


@given(inventories(with_derived=False), st.floats(1, 3), st.data())
def test_more_energy_or_a_dirtier_grid_never_lowers_a_total(inventory, factor, data):
    names = [p.name for p in inventory.parameters if p.unit != "1"]
    name = data.draw(st.sampled_from(names))
    before = totals(inventory)
    after = totals(inventory.override({name: inventory.parameter(name).value * factor}))
    for category, value in before.items():
        assert after[category] >= value * (1 - 1e-12)


@given(st.floats(1, 3), st.floats(1, 3), positive, positive)
def test_higher_pue_never_lowers_and_longer_life_never_raises_a_total(low, rise, lifetime, longer):
    def total(pue: float, life: float) -> float:
        values = {"e": (10, "kWh"), "pue": (pue, "1"), "life": (life, "h"), "grid": (0.4, "kg CO2e/kWh"),
                  "gpu_h": (5, "GPU h"), "made": (150, "kg CO2e/GPU")}  # fmt: skip
        common = {"stage": "training", "process": "p", "component": "electricity"}
        return totals(
            Inventory(
                parameters=tuple(Parameter(name=n, value=v, unit=u) for n, (v, u) in values.items()),
                flows=(
                    Flow(name="e", unit="kWh", terms={"e": 1, "pue": 1},
                         factors={"gwp_location": {"grid": 1}}, **common),
                    Flow(name="g", unit="GPU", terms={"gpu_h": 1, "life": -1},
                         factors={"gwp_location": {"made": 1}}, **common),
                ),
            )
        )["gwp_location"]  # fmt: skip

    base = total(low, lifetime)
    assert base == pytest.approx(4 * low + 750 / lifetime)
    assert total(low * rise, lifetime) >= base
    assert total(low, lifetime + longer) <= base


@given(inventories(), positive)
def test_per_functional_unit_is_the_total_over_the_denominator(inventory, queries):
    per = inventory.per(
        "request",
        lambda _: {"queries": -1},
        parameters=(Parameter(name="queries", value=queries, unit="request"),),
    )
    whole, each = assess(inventory, draws=DRAWS), assess(per, draws=DRAWS, seed=2026)
    for category in inventory.categories():
        np.testing.assert_allclose(
            each.group(category).values * queries, whole.group(category).values, rtol=1e-11
        )
        assert each.stat(category).unit == f"{category.unit}/request"
        elasticity = {s.parameter: s.elasticity for s in each.sensitivity[category]}
        assert elasticity["queries"] == pytest.approx(-1)


@given(inventories())
def test_quantiles_converge_as_draws_grow(inventory):
    category = inventory.categories()[0]
    coarse, fine = (assess(inventory, draws=n).stat(category) for n in (512, 4096))
    assume(fine.p95 > fine.p05)
    width = fine.p95 - fine.p05
    for name in ("mean", "p05", "p50", "p95"):
        assert abs(getattr(coarse, name) - getattr(fine, name)) < 0.2 * width


def test_strategies_cover_every_kind_of_characterisation():
    assert set(CHARACTERISATION) < set(Category)
