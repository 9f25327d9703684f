"""A roadmap with its expectation and what was achieved, as plain JSON: for pages, the API and reports alike."""

from collections.abc import Callable, Sequence
from typing import Any

from apps.scenarios.roadmap.course import Course, Leg, Ratio, State, since
from apps.scenarios.roadmap.outlook import Later, Outlook, achieved, kept, outlook
from apps.scenarios.roadmap.plan import BASES, Target
from apps.scenarios.stacking.stack import HEADLINES, plain, stats, totals
from lca.engine import Category, Result, alteration_document, difference

Compare = Callable[[Result | None, Result | None, Category], Ratio | None]


def written(course: Course, targets: Sequence[Target], later: Sequence[Later]) -> dict[str, Any]:
    """Return totals, targets, actions in the order in which they count, and later assessments."""
    states = [course.baseline, *(leg.state for leg in course.legs)]
    changes = kept(course, later[-1] if later else None)
    return {
        "baseline": _state(course.baseline),
        "targets": [_target(outlook(target, course, later)) for target in targets],
        "actions": [
            {**_action(leg, before, course.baseline), "kept": [vars(each) for each in rows]}
            for leg, before, rows in zip(course.legs, states, changes, strict=False)
        ],
        "expected": {**_state(states[-1]), "difference": stats(difference(course.baseline.total, states[-1].total))},
        "later": [_later(each, course.baseline) for each in later],
    }  # fmt: skip


def _state(state: State) -> dict[str, Any]:
    return {"totals": totals(state.total), "per_use": totals(state.use)}


def _target(row: Outlook) -> dict[str, Any]:
    return {
        "category": row.target.category.value,
        "label": row.target.category.label,
        "basis": row.target.basis,
        "reduction": row.target.reduction,
        "by": row.target.by.isoformat(),
        "baseline": row.baseline.to_dict() if row.baseline else None,
        "level": row.level,
        "expected": _ratio(row.expected),
        "sureness": row.sureness,
        "achieved": _ratio(row.achieved),
        "achieved_by": row.achieved_by,
    }


def _ratio(ratio: Ratio | None) -> dict[str, float] | None:
    return ratio.to_dict() if ratio else None


def _action(leg: Leg, before: State, baseline: State) -> dict[str, Any]:
    action = leg.action
    said: dict[str, Any] = {
        "phase": action.phase,
        "what": action.what,
        "owner": action.owner,
        "starts": action.starts.isoformat() if action.starts else None,
        "due": action.due.isoformat() if action.due else None,
        "state": action.state,
        "notes": action.notes,
        "scenario": action.scenario,
        "reason": leg.reason,
        "measure": action.measure.key if action.measure else "",
        "options": dict(action.measure.options) if action.measure else {},
    }
    if leg.measure is None or leg.change is None:
        return said
    return {
        **said,
        "label": leg.measure.label,
        **alteration_document(leg.alteration),
        **_state(leg.state),
        "difference": stats(difference(before.total, leg.state.total)),
        "change": _changes(baseline, leg.state, since),
        "effects": [plain(effect) for effect in leg.change.effects],
        "evidence": [plain(each) for each in leg.measure.evidence],
        "validity": list(leg.change.notes),
    }


def _later(row: Later, baseline: State) -> dict[str, Any]:
    return {
        "slug": row.slug,
        "title": row.title,
        "period_start": row.period_start.isoformat() if row.period_start else None,
        "period_end": row.period_end.isoformat(),
        **_state(row.state),
        "change": _changes(baseline, row.state, achieved),
    }


def _changes(baseline: State, then: State, compare: Compare) -> dict[str, Any]:
    """Return the change from the baseline by basis and category, as shares."""
    return {
        basis: {
            category.value: ratio.to_dict()
            for category in HEADLINES
            if (ratio := compare(baseline.of(basis), then.of(basis), category)) is not None
        }
        for basis in BASES
    }
