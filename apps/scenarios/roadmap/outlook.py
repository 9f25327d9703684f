"""Targets beside what is expected by their day, and beside what later assessments found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from apps.scenarios.roadmap.course import Course, Ratio, State, changed, drawn
from apps.scenarios.roadmap.plan import Target
from lca.engine import Alteration, Category, Parameter, Result, Stat

SEED = 2026


@dataclass(frozen=True, kw_only=True)
class Later:
    """A later assessment of the same system."""

    slug: str
    title: str
    period_start: date | None
    period_end: date
    state: State


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """One target: the baseline, the level it asks for, what is expected by then and how surely, and what was reached last."""

    target: Target
    baseline: Stat | None
    level: float | None
    expected: Ratio | None
    sureness: float | None
    achieved: Ratio | None
    achieved_by: str


def outlook(target: Target, course: Course, later: Sequence[Later]) -> Outlook:
    """Hold a target against a course and the last of the later assessments; ``sureness`` is the share of draws that reach it."""
    first = course.baseline.of(target.basis)
    before = drawn(first, target.category)
    if first is None or before is None:
        return Outlook(target=target, baseline=None, level=None, expected=None, sureness=None, achieved=None, achieved_by="")  # fmt: skip
    then = drawn(course.on(target.by).of(target.basis), target.category)
    expected, values = changed(before, then) if then else (None, None)
    achieved, by = _last(target, first, later)
    return Outlook(
        target=target,
        baseline=first.stat(target.category),
        level=before[0] * (1 - target.reduction),
        expected=expected,
        sureness=float(np.mean(values <= -target.reduction)) if values is not None else None,
        achieved=achieved,
        achieved_by=by,
    )


def _last(target: Target, first: Result, later: Sequence[Later]) -> tuple[Ratio | None, str]:
    """Return what the last assessment that declares a category reached."""
    for each in reversed(later):
        if found := achieved(first, each.state.of(target.basis), target.category):
            return found, each.title
    return None, ""


def achieved(first: Result | None, after: Result | None, category: Category) -> Ratio | None:
    """Return the change from a baseline to a later assessment.

    Their draws are taken apart: what both measured anew is not known to err alike, so nothing cancels and the interval is wide.
    """
    before, then = drawn(first, category), drawn(after, category)
    if before is None or then is None:
        return None
    kept = np.random.default_rng(SEED)
    size = min(before[1].size, then[1].size)
    apart = kept.permutation(then[1])[:size]
    return changed((before[0], before[1][:size]), (then[0], apart))[0]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A parameter that an action was to change: its value at the baseline, as planned, and in the last later assessment."""

    parameter: str
    label: str
    unit: str
    baseline: float
    planned: float
    latest: float | None


def kept(course: Course, last: Later | None) -> list[list[Kept]]:
    """Return, for each action, the parameters that it was to change; of those that later assessments name otherwise, no latest value."""
    first = course.baseline.total.inventory.parameters
    then = {item.name: item.value for item in last.state.total.inventory.parameters} if last else {}
    return [
        [
            Kept(
                parameter=item.name,
                label=item.label or item.name,
                unit=item.unit,
                baseline=item.value,
                planned=planned,
                latest=then.get(item.name),
            )
            for item in first
            if (planned := _planned(item, leg.alteration)) is not None
        ]
        for leg in course.legs
    ]


def _planned(item: Parameter, alteration: Alteration) -> float | None:
    other = alteration.overrides.get(item.name)
    if other is not None:
        return float(other.value if isinstance(other, Parameter) else other)
    ratio = alteration.ratios.get(item.name)
    return item.value * ratio.value if ratio else None
