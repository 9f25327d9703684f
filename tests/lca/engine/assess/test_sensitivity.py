"""Elasticities, shares of variance and of provenance against figures worked out by hand."""

import attrs
import numpy as np
import pytest

from lca.engine import (
    Lognormal,
    Parameter,
    Provenance,
    Uniform,
    assess,
)
from tests.lca.engine.assess.conftest import one


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
