"""One parameter at a time, against assessing the overridden inventory."""

import pytest

from lca.engine import (
    Category,
    Component,
    Derived,
    Flow,
    Inventory,
    Lognormal,
    Parameter,
    Stage,
    Triangular,
    assess,
    swings,
)
from lca.engine.errors import UnknownParameter


@pytest.fixture
def inventory() -> Inventory:
    return Inventory(
        parameters=[
            Parameter(name="energy", value=100.0, unit="MWh"),
            Parameter(name="pue", value=1.2, unit="1", distribution=Triangular(low=1.1, high=1.5)),
            Parameter(name="grid", value=0.3, unit="kg CO2e/kWh", distribution=Lognormal(gsd=1.4)),
            Parameter(name="quiet", value=2.0, unit="1"),
        ],
        derived=[Derived(name="excess", function="excess", arguments=("pue",), unit="1")],
        flows=[
            Flow(
                name=name,
                stage=Stage.TRAINING,
                process="training",
                component=Component.ELECTRICITY,
                unit="kWh",
                terms=terms,
                factors={Category.GWP_LOCATION: [("grid", 1)]},
            )
            for name, terms in (
                ("servers", [("energy", 1)]),
                ("overhead", [("energy", 1), ("excess", 1)]),
            )
        ],
    )


def test_each_end_is_the_total_of_the_overridden_inventory(inventory: Inventory) -> None:
    found = swings(inventory, "gwp_location", ["pue", "grid", "quiet"])
    assert [row.parameter for row in found] == ["grid", "pue", "quiet"]
    for row in found:
        for end, total in ((row.low, row.at_low), (row.high, row.at_high)):
            variant = assess(inventory.override({row.parameter: end}), draws=2)
            stat = variant.stat("gwp_location")
            assert stat is not None
            assert total == pytest.approx(stat.nominal, rel=1e-12)


def test_a_certain_parameter_moves_nothing(inventory: Inventory) -> None:
    [row] = swings(inventory, Category.GWP_LOCATION, ["quiet"])
    assert (row.low, row.high, row.width) == (2.0, 2.0, 0.0)


def test_nothing_is_asked_and_nothing_answered(inventory: Inventory) -> None:
    assert swings(inventory, "gwp_location", []) == ()


def test_a_derived_or_unknown_parameter_is_refused(inventory: Inventory) -> None:
    with pytest.raises(UnknownParameter, match="derived from others"):
        swings(inventory, "gwp_location", ["excess"])
    with pytest.raises(UnknownParameter):
        swings(inventory, "gwp_location", ["nothing"])
