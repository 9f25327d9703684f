"""Alterations: what replaces and what multiplies, in flows and inside functions; and the same as JSON."""

import numpy as np
import pytest

from lca.engine import (
    Alteration,
    Category,
    Derived,
    EngineError,
    Fixed,
    Flow,
    Inventory,
    Lognormal,
    Parameter,
    Stage,
    alteration_document,
    assess,
    read_alteration,
)
from lca.engine.errors import InvalidDocument, UnitMismatch, UnknownParameter

CARBON = Category.GWP_LOCATION
DRAWS = {"draws": 256, "seed": 5}


def parameter(name: str, value: float, unit: str = "1") -> Parameter:
    return Parameter(name=name, value=value, unit=unit, distribution=Lognormal(gsd=1.3), minimum=0)


def energy() -> Inventory:
    """IT energy, and what cooling adds to it: a function of the PUE."""

    def flow(name: str, terms: dict[str, float]) -> Flow:
        return Flow(name=name, stage=Stage.INFERENCE, process="p", component="electricity", unit="kWh", terms=terms, factors={CARBON: {"grid": 1.0}})  # fmt: skip

    return Inventory(
        parameters=(
            parameter("kwh", 100.0, "kWh"),
            parameter("pue", 1.5),
            parameter("grid", 0.4, "kg CO2e/kWh"),
        ),
        derived=(Derived(name="excess", function="excess", arguments=("pue",)),),
        flows=(flow("it", {"kwh": 1.0}), flow("cooling", {"kwh": 1.0, "excess": 1.0})),
    )


def ratio(value: float, name: str = "ratio") -> Parameter:
    return Parameter(name=name, value=value, distribution=Lognormal(gsd=1.1), minimum=0)


def nominal(inventory: Inventory) -> float:
    found = assess(inventory, **DRAWS).stat(CARBON)
    assert found is not None
    return found.nominal


def test_a_ratio_multiplies_every_flow_that_has_its_parameter() -> None:
    altered = Alteration(ratios={"grid": ratio(0.5)}).on(energy())
    before, after = assess(energy(), **DRAWS), assess(altered, **DRAWS)
    assert nominal(altered) == pytest.approx(0.5 * nominal(energy()))
    drawn = after.group(CARBON).values / before.group(CARBON).values
    assert np.std(drawn) > 0.01


def test_a_ratio_of_what_a_function_takes_goes_through_the_function() -> None:
    altered = Alteration(ratios={"pue": ratio(0.8)}).on(energy())
    assert nominal(altered) == pytest.approx(100 * 0.4 * (1.5 * 0.8))
    twice = Alteration(ratios={"pue": ratio(0.9, "second")}).on(altered)
    assert nominal(twice) == pytest.approx(100 * 0.4 * (1.5 * 0.8 * 0.9))
    both = Alteration(ratios={"pue": ratio(0.8), "kwh": ratio(0.5, "other")}).on(energy())
    assert nominal(both) == pytest.approx(50 * 0.4 * 1.2)


def test_a_ratio_is_a_parameter_that_the_total_hangs_on() -> None:
    altered = Alteration(ratios={"pue": ratio(0.8)}).on(energy())
    rows = assess(altered, **DRAWS).to_dict()["sensitivity"]["gwp_location"]
    found = {row["parameter"]: row for row in rows}
    assert found["ratio"]["elasticity"] == pytest.approx(found["pue"]["elasticity"])
    assert found["ratio"]["variance_share"] > 0


def test_values_are_replaced_by_numbers_and_by_parameters() -> None:
    other = Parameter(name="x", value=0.1, unit="kg CO2e/kWh", distribution=Fixed(), source="supplier")  # fmt: skip
    altered = Alteration(overrides={"pue": 1.2, "grid": other}).on(energy())
    assert nominal(altered) == pytest.approx(100 * 0.1 * 1.2)
    assert altered.parameter("grid").source == "supplier"
    with pytest.raises(UnknownParameter, match="nobody"):
        Alteration(overrides={"nobody": 1.0}).on(energy())


def test_another_unit_is_converted_anew() -> None:
    first = Alteration(overrides={"kwh": 50.0}).on(energy())
    in_wh = Parameter(name="kwh", value=1000.0, unit="W h")
    assert nominal(Alteration(overrides={"kwh": in_wh}).on(first)) == pytest.approx(1 * 0.4 * 1.5)
    in_kg = Parameter(name="kwh", value=1000.0, unit="kg")
    with pytest.raises(UnitMismatch, match="it"):
        Alteration(overrides={"kwh": in_kg}).on(first)


def test_flows_that_nothing_multiplies_stay_themselves() -> None:
    before = energy()
    assert Alteration(overrides={"pue": 1.2}).on(before).flows is before.flows
    it, cooling = Alteration(ratios={"pue": ratio(0.8)}).on(before).flows
    assert (it is before.flows[0], cooling.terms) == (True, before.flows[1].terms)


def test_what_concerns_a_part_is_kept_of_an_alteration() -> None:
    whole = Alteration(overrides={"pue": 1.2, "away": 3.0}, ratios={"kwh": ratio(0.5), "gone": ratio(0.1)})  # fmt: skip
    part = whole.within(energy())
    assert (set(part.overrides), set(part.ratios)) == ({"pue"}, {"kwh"})
    assert nominal(part.on(energy())) == pytest.approx(50 * 0.4 * 1.2)


def test_an_alteration_is_read_back_as_it_was_written() -> None:
    made = Alteration(overrides={"pue": 1.2, "grid": parameter("grid", 0.1, "kg CO2e/kWh")}, ratios={"kwh": ratio(0.5)})  # fmt: skip
    again = read_alteration(alteration_document(made))
    assert again == made
    assert alteration_document(again) == alteration_document(made)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"overrides": []}, "/here/overrides must be an object"),
        ({"ratios": 5}, "/here/ratios must be an object"),
        ({"overrides": {"pue": True}}, "/here/overrides/pue cannot be read"),
        ({"ratios": {"pue": 0.5}}, "/here/ratios/pue cannot be read"),
        ({"ratios": {"pue": {"name": "r", "value": "much"}}}, "/here/ratios/pue"),
    ],
    ids=str,
)
def test_what_cannot_be_read_says_where(row: dict[str, object], says: str) -> None:
    with pytest.raises((InvalidDocument, EngineError), match=says):
        read_alteration(row, "/here")
