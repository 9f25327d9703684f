"""Why the median of a total is not its deterministic value, in one sentence."""

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from apps.accounts.presentation import figure, percent, sig3
from lca.engine import Inventory, Parameter

MOST = 0.5  # of the difference that named parameters explain
NAMED = 3  # of them at most


def why_median(inventory: Inventory, result: Mapping[str, Any], category: str) -> str:
    """Say by how much and in which direction the median differs, and why; nothing where both read the same.

    To first order a parameter moves the total by its elasticity times the distance of its own median from its
    nominal value. What that does not explain comes from adding and multiplying spread-out values.
    """
    stat = result["totals"].get(category)
    if not stat or not stat["nominal"] or sig3(stat["nominal"]) == sig3(stat["p50"]):
        return ""
    share = stat["p50"] / stat["nominal"] - 1
    median = figure(stat["p50"], stat["unit"])
    if median is None:
        return ""
    words = (
        _(
            "The median of the draws, {median}, lies {share} above the deterministic value, {because}."
        )
        if share > 0
        else _(
            "The median of the draws, {median}, lies {share} below the deterministic value, {because}."
        )
    )
    because = _because(inventory, result["sensitivity"].get(category, []), share)
    return words.format(
        median=f"{median.number} {median.unit}", share=percent(abs(share)), because=because
    )


def _because(inventory: Inventory, sensitivity: list[Mapping[str, Any]], share: float) -> str:
    known = {item.name: item for item in inventory.parameters}
    moves = {row["parameter"]: _move(known[row["parameter"]], row) / share for row in sensitivity}
    causes = sorted(moves, key=lambda name: -moves[name])[:NAMED]
    explained = list(accumulate(moves[name] for name in causes))
    enough = next((count for count, part in enumerate(explained, start=1) if part >= MOST), None)
    if enough is None or sum(moves.values()) < MOST:
        if share > 0:
            return _(
                "which takes every parameter at its nominal value: in sums and products of values that can be far "
                "higher but only somewhat lower, the middle moves away from it"
            )
        return _(
            "which takes every parameter at its nominal value: in sums and products of values that can be far "
            "lower but only somewhat higher, the middle moves away from it"
        )
    named = [f"“{known[name].title}” ({_apart(known[name])})" for name in causes[:enough]]
    if len(named) == 1:
        words = _(
            "mostly since a parameter’s own median lies apart from its nominal value: {named}"
        )
    else:
        words = _(
            "mostly since parameters’ own medians lie apart from their nominal values: {named}"
        )
    return words.format(named=", ".join(named))


def _apart(item: Parameter) -> str:
    apart = median_of(item) / item.value - 1
    return f"{percent(abs(apart))} {_('above') if apart > 0 else _('below')}"


def _move(item: Parameter, row: Mapping[str, Any]) -> float:
    """Relative change of the total with the parameter at its own median, to first order."""
    if not item.value:
        return 0.0
    return float(row["elasticity"]) * (median_of(item) / item.value - 1)


def median_of(item: Parameter) -> float:
    """Median of what a parameter is drawn from, within its limits."""
    middle = item.uncertainty.draw(np.array([0.5]), item.value)[0]
    return float(np.clip(middle, item.minimum, item.maximum))
