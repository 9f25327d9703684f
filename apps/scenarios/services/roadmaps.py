"""Roadmaps: kept, and held against the assessments of their system."""

from typing import Any, TypedDict

from django.db.models import QuerySet

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.assessments.models import Assessment
from apps.assessments.services import inventories
from apps.scenarios.models import Roadmap
from apps.scenarios.roadmap import plan
from apps.scenarios.roadmap.course import State, course
from apps.scenarios.roadmap.outlook import Later
from apps.scenarios.roadmap.written import written
from apps.scenarios.services.stacked import setting_of
from lca.engine import Inventory, Result, assess, to_document


class Plan(TypedDict):
    """Targets and actions as JSON."""

    targets: list[dict[str, Any]]
    actions: list[dict[str, Any]]


def later_than(baseline: Assessment) -> QuerySet[Assessment]:
    """Return the later assessments of the same system, oldest first; none where the baseline declares no period."""
    others = Assessment.objects.of(baseline.organisation).filter(system=baseline.system_id)
    if baseline.period_end is None:
        return others.none()
    return others.filter(period_end__gt=baseline.period_end).order_by("period_end", "pk")


def evaluate_roadmap(roadmap: Roadmap, *, report: Assessment | None = None) -> dict[str, Any]:
    """Return a roadmap with what is expected, and what later assessments found, as plain JSON.

    For the ``report`` of an assessment those after its period are left out, and a baseline that it is not itself is given
    with its inventories, so that the report alone lets everything be recomputed.

    Raises
    ------
    BadInput
        For targets or actions that cannot be read.
    EngineError
        If the baseline or a later assessment contradicts itself.
    """
    baseline = roadmap.baseline
    inventory, uses = inventories(baseline)
    kind = "fully_loaded" if uses.fully_loaded else "marginal" if uses.marginal else ""
    use = uses.fully_loaded or uses.marginal
    asked = report or baseline
    found = course(plan.actions(roadmap.actions), inventory, use, setting_of(baseline.release), draws=asked.draws, seed=asked.seed)  # fmt: skip
    rows = later_than(baseline).select_related("release", "organisation", "system")
    if report is not None:
        rows = rows.filter(period_end__lte=report.period_end) if report.period_end else rows.none()
    later = [_later(row, kind) for row in rows]
    said = written(found, plan.targets(roadmap.targets), later)
    named = {key: getattr(baseline, key) for key in ("slug", "title", "period_start", "period_end", "functional_unit")}  # fmt: skip
    result = {
        "uuid": str(roadmap.uuid),
        "notes": roadmap.notes,
        "use_kind": kind,
        **said,
        "baseline": {**named, **said["baseline"]},
    }
    if report is not None and report.pk != baseline.pk:
        result["inventories"] = {"totals": to_document(inventory), "per_use": to_document(use) if use else None}  # fmt: skip
    return result


def _later(row: Assessment, kind: str) -> Later:
    inventory, uses = inventories(row)
    use = getattr(uses, kind) if kind else None

    def assessed(given: Inventory) -> Result:
        return assess(given, draws=row.draws, seed=row.seed, by=())

    return Later(
        slug=row.slug,
        title=row.title,
        period_start=row.period_start,
        period_end=row.period_end,  # type: ignore[arg-type]  # later ones have one
        state=State(total=assessed(inventory), use=assessed(use) if use is not None else None),
    )


def save_roadmap(*, roadmap: Roadmap, expected_version: int, actor: User) -> None:
    """Keep a roadmap, new or changed, whose plan can be read and taken on its baseline.

    Raises
    ------
    BadInput
        For a plan that cannot be read.
    StaleEdit
        If somebody changed it since.
    """
    plan.targets(roadmap.targets)
    plan.actions(roadmap.actions)
    roadmap.full_clean()
    if roadmap.pk is None:
        roadmap.save()
        accounts.record_event(roadmap.organisation, actor, "created", roadmap)
    else:
        accounts.save_versioned(roadmap, expected_version, actor=actor)
