"""The engine against bw2calc, an independent solver of life-cycle matrices."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

from lca.engine import Category, Flow, Inventory, Lognormal, Parameter, assess
from tests.lca.engine.oracle import solver
from tests.strategies import inventories

ITERATIONS = 4_000
DEVIATIONS = 4.5  # of a mean or a quantile that is estimated from so many draws


def study() -> Inventory:
    """Training, overhead, hardware over its life, and a credit: sums, quotients and a negative flow."""

    def lognormal(name: str, value: float, unit: str, gsd: float) -> Parameter:
        return Parameter(name=name, value=value, unit=unit, distribution=Lognormal(gsd=gsd))

    parameters = (
        lognormal("hours", 2.0e5, "GPU h", 1.05),
        lognormal("power", 600.0, "W/GPU", 1.1),
        Parameter(name="pue", value=1.2),
        lognormal("grid", 0.35, "kg CO2e/kWh", 1.2),
        lognormal("embodied", 164.0, "kg CO2e/GPU", 1.5),
        lognormal("life", 5.0, "year", 1.2),
        lognormal("used", 0.7, "1", 1.1),
    )
    energy = {"hours": 1, "power": 1, "pue": 1}
    common = {"stage": "training", "component": "electricity"}
    flows = (
        Flow(
            name="training",
            process="a",
            unit="kWh",
            terms=energy,
            factors={"gwp_location": {"grid": 1}},
            **common,
        ),
        Flow(
            name="hardware",
            process="b",
            unit="GPU",
            terms={"hours": 1, "life": -1, "used": -1},
            factors={"gwp_location": {"embodied": 1}},
            **common,
        ),
        Flow(
            name="heat given away",
            process="c",
            unit="kWh",
            terms=energy,
            factors={"gwp_location": {"grid": 1}},
            coefficient=-0.1,
            **common,
        ),
    )
    return Inventory(parameters=parameters, flows=flows)


def test_a_study_has_the_total_that_bw2calc_gives() -> None:
    ours = assess(study(), draws=2).stat("gwp_location")
    assert ours is not None
    assert solver(study(), Category.GWP_LOCATION).score == pytest.approx(ours.nominal, rel=1e-12)


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(inventories())
def test_any_inventory_has_the_totals_that_bw2calc_gives(inventory: Inventory) -> None:
    result = assess(inventory, draws=2)
    for category in inventory.categories():
        ours = result.stat(category)
        assert ours is not None
        parts = [
            abs(stat.nominal)
            for flow, stat in _flow_stats(inventory, result)
            if stat.unit == ours.unit and category in flow.factors
        ]
        assume(max(parts, default=0) < 1e12)
        theirs = solver(inventory, category).score
        assert theirs == pytest.approx(ours.nominal, rel=1e-12, abs=1e-12 * sum(parts))


def _flow_stats(inventory: Inventory, result: object) -> list[tuple[Flow, object]]:
    pairs = [flow for flow in inventory.flows for _ in flow.factors]
    return list(zip(pairs, result.flow_stats, strict=True))  # type: ignore[attr-defined]


def independent(flows: int = 12) -> Inventory:
    """Flows that share nothing, since bw2calc draws each cell by itself."""
    generator = np.random.default_rng(7)
    parameters, lines = [], []
    for number in range(flows):
        for letter, unit in (("a", "kWh"), ("b", "kg CO2e/kWh")):
            parameters.append(
                Parameter(
                    name=f"{letter}{number}",
                    value=float(generator.uniform(0.5, 5)),
                    unit=unit,
                    distribution=Lognormal(gsd=float(generator.uniform(1.1, 1.6))),
                )
            )
        lines.append(
            Flow(
                name=f"f{number}",
                stage="training",
                process="p",
                component="electricity",
                unit="kWh",
                terms={f"a{number}": 1},
                factors={"gwp_location": {f"b{number}": 1}},
            )
        )
    return Inventory(parameters=tuple(parameters), flows=tuple(lines))


def test_the_distribution_is_that_of_bw2calc_s_monte_carlo() -> None:
    """Within what so many of its plain draws can tell; ours are 65 536 and err far less."""
    inventory = independent()
    model = solver(inventory, Category.GWP_LOCATION, seed=3)
    theirs = np.array([model.score for _ in range(ITERATIONS) if next(model) is None])
    group = assess(inventory, draws=2**16).group("gwp_location")
    assert group is not None
    spread = float(np.std(group.values)) / np.sqrt(ITERATIONS)
    assert theirs.mean() == pytest.approx(group.stat.mean, abs=DEVIATIONS * spread)
    for share, ours in ((0.05, group.stat.p05), (0.5, group.stat.p50), (0.95, group.stat.p95)):
        found = float((theirs <= ours).mean())
        error = np.sqrt(share * (1 - share) / ITERATIONS)
        assert found == pytest.approx(share, abs=DEVIATIONS * error)
