"""One check of all budgets of a system, and the comparison of a branch with the one it comes from."""

from datetime import datetime
from typing import Any

import attrs
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from structlog import get_logger

from apps.assessments.models import AISystem, Site
from apps.budgets import figures, selectors
from apps.budgets.figures import Figure
from apps.budgets.models import Budget, BudgetCheck, JudgedOn, Per, Status
from apps.budgets.services.telling import tell
from apps.ingest.footprint import site_of
from apps.ingest.models import RecordedRun
from lca.engine import EngineError

log = get_logger(__name__)
WORST = (Status.NOTHING, Status.PASS, Status.WARN, Status.FAIL)
MOST_RUNS = 50


@attrs.frozen(kw_only=True)
class Comparison:
    """The newest run of a branch beside that of the branch it comes from."""

    base: RecordedRun
    head: RecordedRun
    base_figure: Figure
    head_figure: Figure
    difference: Figure
    unit: str


@attrs.frozen(kw_only=True)
class Verdict:
    """What a check came to: the worst status, one check for each budget, and the comparison where one was asked for."""

    system: AISystem
    status: Status
    checks: tuple[BudgetCheck, ...]
    comparison: Comparison | None
    site: Site | None


@transaction.atomic
def check(*, system: AISystem, branch: str = "", commit: str = "", base: str = "") -> Verdict:
    """Hold a system's runs against its budgets, keep what they came to, and tell of what changed.

    Raises
    ------
    EngineError
        If the records of the system's site contradict each other.
    """
    site, now = site_of(system), timezone.now()
    heads = _heads(system, branch, commit)
    budgets = Budget.objects.filter(system=system, is_active=True).select_related("system")
    before = _latest(budgets)
    checks = []
    for budget in budgets:
        row = _check(budget, heads, site, now)
        row.branch, row.commit = branch, commit
        row.save()
        checks.append(row)
        tell(budget, before.get(budget.pk, ""), row)
    statuses = [Status(row.status) for row in checks]
    return Verdict(
        system=system,
        status=max(statuses, key=WORST.index, default=Status.NOTHING),
        checks=tuple(checks),
        comparison=_comparison(system, heads, base, site),
        site=site,
    )


def watch() -> int:
    """Check the budgets of every system that has some, as time and runs go on; return how many systems."""
    systems = AISystem.objects.filter(budgets__is_active=True).distinct()
    n = 0
    for system in systems.iterator():
        try:
            check(system=system)
        except EngineError:
            log.exception("budgets_not_checked", system=system.slug)
        n += 1
    return n


def _heads(system: AISystem, branch: str, commit: str) -> QuerySet[RecordedRun]:
    """Runs of the commit if it has any, else of the branch, else of the system; newest first."""
    rows = figures.runs_of(system).order_by("-pk")
    if commit and (found := rows.filter(commit=commit)).exists():
        return found
    return rows.filter(branch=branch) if branch else rows


def _latest(budgets: QuerySet[Budget]) -> dict[int, str]:
    """Status of the newest check of each budget."""
    newest = selectors.latest_checks(budgets)
    return {row.budget_id: row.status for row in newest}


def _check(
    budget: Budget, heads: QuerySet[RecordedRun], site: Site | None, now: datetime
) -> BudgetCheck:
    found, of = _figure(budget, heads, site, now)
    status, why = _judge(budget, found)
    return BudgetCheck(
        organisation=budget.organisation,
        budget=budget,
        status=status,
        value=found.value,
        low=found.low,
        high=found.high,
        why=" ".join(part for part in (f"{of}: {why}", found.lacks) if part)[:600],
    )


def _figure(
    budget: Budget, heads: QuerySet[RecordedRun], site: Site | None, now: datetime
) -> tuple[Figure, str]:
    """Figure of a budget, and what it is of."""
    rows = figures.runs_of(budget.system, budget.covers)
    if budget.per != Per.RUN:
        of = "The whole project" if budget.per == Per.TOTAL else f"This {budget.per}"
        return figures.figure(figures.within(rows, budget.per, now), budget.metric, site), of
    newest = heads.values_list("commit", "pk").first()
    if newest is None:
        return Figure(), "No run"
    of_commit = heads.filter(commit=newest[0]) if newest[0] else heads.filter(pk=newest[1])
    known = list(rows.filter(pk__in=of_commit.values_list("pk", flat=True)[:MOST_RUNS]))
    each = [
        (figures.figure(RecordedRun.objects.filter(pk=run.pk), budget.metric, site), str(run))
        for run in known
    ]
    found = max(each, key=lambda pair: pair[0].value or 0.0, default=(Figure(), ""))
    return found[0], f"Run “{found[1]}”" if found[1] else "No run"


def _judge(budget: Budget, found: Figure) -> tuple[Status, str]:
    judged = found.value
    if budget.judged_on == JudgedOn.UPPER and found.high is not None:
        judged = found.high
    if judged is None:
        return Status.NOTHING, "nothing is recorded that this budget counts."
    amount = f"{judged:.4g} {budget.unit}"
    if judged > budget.fail_at:
        return Status.FAIL, f"{amount} is above the limit of {budget.fail_at:g}."
    if budget.warn_at is not None and judged > budget.warn_at:
        return (
            Status.WARN,
            f"{amount} is above {budget.warn_at:g}, the limit is {budget.fail_at:g}.",
        )
    return Status.PASS, f"{amount} of {budget.fail_at:g}."


def _comparison(
    system: AISystem, heads: QuerySet[RecordedRun], base: str, site: Site | None
) -> Comparison | None:
    """Compare the newest run with energy with that of the base branch, by name where there is one of the same."""
    head = heads.exclude(energy_kwh=None).first()
    if not base or head is None:
        return None
    rows = figures.runs_of(system).filter(branch=base).exclude(energy_kwh=None)
    rows = rows.exclude(pk=head.pk).order_by("-pk")
    before = rows.filter(name=head.name).first() or rows.first()
    if before is None:
        return None
    first, second, between, unit = figures.difference(before, head, site)
    return Comparison(
        base=before,
        head=head,
        base_figure=first,
        head_figure=second,
        difference=between,
        unit=unit,
    )


def to_dict(verdict: Verdict) -> dict[str, Any]:
    """Plain JSON of a verdict, without its Markdown."""
    return {
        "status": verdict.status.value,
        "budgets": [_check_dict(row) for row in verdict.checks],
        "comparison": _comparison_dict(verdict.comparison),
    }


def _check_dict(row: BudgetCheck) -> dict[str, Any]:
    budget = row.budget
    return {
        "uuid": str(budget.uuid),
        "name": budget.name,
        "status": row.status,
        "value": row.value,
        "p05": row.low,
        "p95": row.high,
        "unit": budget.unit,
        "judged_on": budget.judged_on,
        "warn_at": budget.warn_at,
        "fail_at": budget.fail_at,
        "why": row.why,
    }


def _comparison_dict(found: Comparison | None) -> dict[str, Any] | None:
    if found is None:
        return None

    def plain(figure: Figure) -> dict[str, Any]:
        return {"value": figure.value, "p05": figure.low, "p95": figure.high, "unit": found.unit}

    return {
        "base": {"branch": found.base.branch, "run": str(found.base), **plain(found.base_figure)},
        "head": {"branch": found.head.branch, "run": str(found.head), **plain(found.head_figure)},
        "difference": plain(found.difference),
    }
