"""Paired differences, overridden values and figures per functional unit."""

import numpy as np
import pytest

from lca.engine import (
    Category,
    Lognormal,
    Normal,
    Parameter,
    Uniform,
    assess,
    compare,
)
from lca.engine.errors import (
    InvalidValue,
)
from tests.lca.engine.assess.conftest import one


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
