"""Scenarios: the same inventory with some parameters overridden, compared draw by draw."""

from collections.abc import Mapping

import attrs
import numpy as np

from lca.engine.assess import DEFAULT_DRAWS, DEFAULT_SEED, GROUPINGS, assess
from lca.engine.inventory import Inventory
from lca.engine.parameter import Parameter
from lca.engine.result import Group, Result, Stat
from lca.engine.vocabulary import Category


@attrs.frozen(kw_only=True, eq=False)
class Comparison:
    """A baseline, a scenario, and their paired difference in each category (scenario − baseline)."""

    baseline: Result
    scenario: Result
    difference: Mapping[Category, Stat]


def compare(
    inventory: Inventory,
    override: Mapping[str, float | Parameter],
    *,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
) -> Comparison:
    """Assess an inventory and its variant on the same draws, so that the noise cancels.

    Raises
    ------
    UnknownParameter
        If an overridden name is not a parameter.
    """
    baseline = assess(inventory, draws=draws, seed=seed, by=GROUPINGS)
    variant = inventory.override(override)
    scenario = assess(variant, draws=draws, seed=seed, like=baseline, by=GROUPINGS)
    return Comparison(
        baseline=baseline,
        scenario=scenario,
        difference=difference(baseline, scenario),
    )


def difference(baseline: Result, variant: Result) -> dict[Category, Stat]:
    """Paired difference (variant − baseline) in each category that both declare.

    The variant must have been assessed ``like`` the baseline, so that both see the same draws.
    """
    return {
        category: _difference(before, after)
        for category in Category
        if (before := baseline.group(category)) and (after := variant.group(category))
    }


def _difference(before: Group, after: Group) -> Stat:
    values = after.values - before.values
    p05, p50, p95 = (float(q) for q in np.quantile(values, (0.05, 0.5, 0.95)))
    return Stat(
        nominal=after.stat.nominal - before.stat.nominal,
        mean=float(values.mean()),
        p05=p05,
        p50=p50,
        p95=p95,
        unit=before.stat.unit,
    )
