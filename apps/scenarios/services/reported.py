"""What a report of an assessment says of its what-ifs: the scenarios that were put into it, and the roadmap of its system."""

from typing import Any

from apps.assessments.models import Assessment
from apps.scenarios import selectors
from apps.scenarios.errors import BadInput
from apps.scenarios.models import Roadmap, Scenario
from apps.scenarios.services.roadmaps import evaluate_roadmap, later_than
from apps.scenarios.services.stacked import setting_of
from apps.scenarios.stacking import plans
from apps.scenarios.stacking.stack import stack
from lca.engine import EngineError, Inventory


def reported(assessment: Assessment, inventory: Inventory) -> dict[str, Any]:
    """Return two parts of a report's document: ``scenarios``, in the order in which they were made, and ``roadmap`` if there is one.

    A scenario that can no longer be taken says why, in the place of its figures.
    """
    rows = [row for row in selectors.of_assessment(assessment) if row.in_report]
    roadmap = selectors.roadmap_for(assessment)
    return {
        "scenarios": [_scenario(row, assessment, inventory) for row in rows],
        **(
            {"roadmap": evaluate_roadmap(roadmap, report=assessment)}
            if roadmap and _is_since(roadmap, assessment)
            else {}
        ),
    }


def _is_since(roadmap: Roadmap, assessment: Assessment) -> bool:
    """Whether an assessment is the baseline of a roadmap or a later one."""
    return (
        roadmap.baseline_id == assessment.pk
        or later_than(roadmap.baseline).filter(pk=assessment.pk).exists()
    )


def _scenario(row: Scenario, assessment: Assessment, inventory: Inventory) -> dict[str, Any]:
    said = {"key": str(row.uuid), "label": row.name, "notes": row.notes, "reason": ""}
    try:
        found = stack(inventory, plans.read(row.measures), setting_of(assessment.release), draws=assessment.draws, seed=assessment.seed).to_dict()  # fmt: skip
    except (BadInput, EngineError) as error:
        return {**said, "reason": str(error)}
    return {**said, "steps": found["steps"], "totals": found["scenario"], "differences": found["difference"]}  # fmt: skip
