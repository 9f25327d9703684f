"""What a declarant does with an assessment; the writes of this app."""

from apps.assessments.inventory import Evaluation, build_inventory, evaluate, inventories
from apps.assessments.services.headline import headline
from apps.assessments.services.hourly import hourly_uses, upload_series
from apps.assessments.services.indices import indices
from apps.assessments.services.records import InUse, check, create, delete, update
from apps.assessments.services.runs import InvalidRows, declare_runs
from apps.assessments.services.sources import choose_factor, effects, own_choices, used_factors
from apps.assessments.services.start import (
    create_assessment,
    free_system_slug,
    start_assessment,
    system_named,
)
from apps.assessments.services.traffic import upload_trace

__all__ = [
    "Evaluation",
    "InUse",
    "InvalidRows",
    "build_inventory",
    "check",
    "choose_factor",
    "create",
    "create_assessment",
    "declare_runs",
    "delete",
    "effects",
    "evaluate",
    "free_system_slug",
    "headline",
    "hourly_uses",
    "indices",
    "inventories",
    "own_choices",
    "start_assessment",
    "system_named",
    "update",
    "upload_series",
    "upload_trace",
    "used_factors",
]
