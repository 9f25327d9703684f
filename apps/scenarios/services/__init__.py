"""What an organisation does with what-ifs of its assessments."""

from apps.scenarios.services.reported import reported
from apps.scenarios.services.roadmaps import Plan, evaluate_roadmap, later_than, save_roadmap
from apps.scenarios.services.routed import (
    delete_routing,
    request_routing,
    resume_routing,
    run_routing,
)
from apps.scenarios.services.stacked import (
    accuracy_and_carbon,
    check,
    comparison,
    compressed,
    cooled,
    evaluate,
    placed,
    served,
    setting_of,
    shifted,
    studies,
)

__all__ = [
    "Plan",
    "accuracy_and_carbon",
    "check",
    "comparison",
    "compressed",
    "cooled",
    "delete_routing",
    "evaluate",
    "evaluate_roadmap",
    "later_than",
    "placed",
    "reported",
    "request_routing",
    "resume_routing",
    "run_routing",
    "save_roadmap",
    "served",
    "setting_of",
    "shifted",
    "studies",
]
