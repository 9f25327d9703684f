"""What a stack of measures costs, as far as it is said, and what a tonne avoided costs then."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from apps.scenarios.measure import Effect
from lca.engine import Category, Stat

KG_PER_T = 1e3


def cost(
    effects: Sequence[Sequence[Effect]], difference: Mapping[Category, Stat]
) -> dict[str, Any] | None:
    """Return the sum in each currency, how many measures say no cost, and the cost of a tonne avoided; nothing where none says one.

    ``effects`` are those of each measure, ``difference`` is the whole stack's. The cost of a tonne is of a stack whose every measure says its
    cost in one currency, and that surely avoids: its interval is that of the tonnes, the cost being taken as it is said.
    """
    said = [[each for each in row if each.on == "cost"] for row in effects]
    sums: defaultdict[str, float] = defaultdict(float)
    for each in (each for row in said for each in row):
        sums[each.unit] += each.value or 0.0
    if not sums:
        return None
    silent = sum(not row for row in said)
    carbon = difference.get(Category.GWP_LOCATION)
    tonne = None
    if carbon is not None and not silent and len(sums) == 1 and max(carbon.p95, carbon.nominal) < 0:
        total = next(iter(sums.values()))
        ends = sorted(-total * KG_PER_T / end for end in (carbon.p05, carbon.p95))
        tonne = {"value": -total * KG_PER_T / carbon.nominal, "p05": ends[0], "p95": ends[1]}
    return {"sums": dict(sums), "measures_without": silent, "per_tonne_avoided": tonne}
