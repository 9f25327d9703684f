"""An assessment evaluated: inventory, result, per-use figures and what is missing."""

from collections.abc import Collection
from typing import Any

import attrs

from apps.assessments.inventory.builder import from_records
from apps.assessments.inventory.missing import missing
from apps.assessments.inventory.per_use import PerUse, assess_per_use, per_use
from apps.assessments.inventory.records import read
from apps.assessments.models import Assessment
from lca.engine import EVERYTHING, Inventory, assess


@attrs.frozen(kw_only=True)
class Evaluation:
    """Everything that pages, the API and snapshots show of an assessment's numbers."""

    inventory: Inventory
    uses: PerUse
    result: dict[str, Any]
    per_use: dict[str, Any]
    missing: list[dict[str, Any]]


def inventories(assessment: Assessment) -> tuple[Inventory, PerUse]:
    """Return an assessment's inventory as it stands, and those of one use, without assessing them.

    Raises
    ------
    EngineError
        If the records contradict each other in a way that no form can see.
    """
    records = read(assessment)
    inventory = from_records(records)
    return inventory, per_use(records, inventory)


def evaluate(assessment: Assessment, *, by: Collection[str] = EVERYTHING) -> Evaluation:
    """Evaluate an assessment as it stands; what ``by`` leaves out (see ``lca.engine.assess``) saves time.

    Raises
    ------
    EngineError
        If the inventory cannot be assessed; the message names the parameter.
    """
    records = read(assessment)
    inventory = from_records(records)
    result = assess(inventory, draws=assessment.draws, seed=assessment.seed, by=by)
    uses = per_use(records, inventory)
    return Evaluation(
        inventory=inventory,
        uses=uses,
        result=result.to_dict(),
        per_use=assess_per_use(uses, result),
        missing=missing(records, inventory, result),
    )
