"""Variance-based indices of an assessment: computed when somebody asks, at a bounded cost."""

from collections.abc import Collection

from apps.assessments.inventory import build_inventory
from apps.assessments.models import Assessment
from lca.engine import Indices, Inventory, variance_indices

TOP, MOST_TOP = 20, 40
FEWEST_DRAWS, MOST_DRAWS = 256, 4096
MOST_PRODUCTS = 1 << 28  # impacts of flows computed for one answer; a few seconds


def indices(*, assessment: Assessment, categories: Collection[str] = (), top: int = TOP) -> Indices:
    """Return Sobol indices of the life-cycle totals, from at most as many draws as the cost allows.

    Raises
    ------
    EngineError
        If the inventory cannot be assessed, or declares nothing in a category asked for.
    """
    inventory = build_inventory(assessment)
    draws = affordable_draws(inventory, assessment.draws, top)
    return variance_indices(
        inventory, draws=draws, seed=assessment.seed, categories=categories, top=top
    )


def affordable_draws(inventory: Inventory, asked: int, top: int) -> int:
    """Draws that keep all evaluations within the limit: a power of two, as asked or fewer but for the least."""
    impacts = sum(len(flow.factors) for flow in inventory.flows)
    most = MOST_PRODUCTS // max(1, impacts * (top + 3))
    affordable = 1 << max(0, most.bit_length() - 1)
    return max(FEWEST_DRAWS, min(asked, affordable, MOST_DRAWS))
