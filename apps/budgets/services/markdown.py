"""A verdict as Markdown for a comment on a change; what users typed cannot become markup, links or mentions."""

import re

from apps.budgets.figures import Figure
from apps.budgets.models import BudgetCheck, Status
from apps.budgets.services.checking import Comparison, Verdict

SPECIAL = re.compile(r"([\\`*_{}\[\]()#!|<>~&:]|(?<=www)\.)", re.IGNORECASE)
WORDS = {
    Status.PASS: "within",
    Status.WARN: "**near its limit**",
    Status.FAIL: "**exceeded**",
    Status.NOTHING: "nothing to check",
}
LONGEST = 80


def markdown(verdict: Verdict) -> str:
    """Table of budgets, then the difference from the base branch with its interval."""
    lines = [f"### Footprint of {plain(str(verdict.system))}: {WORDS[verdict.status]}", ""]
    if verdict.checks:
        lines += ["| Budget | Value | 90 % interval | Limit | |", "|---|--:|--:|--:|---|"]
        lines += [_row(row) for row in verdict.checks]
    else:
        lines.append("No budget is in force for this system.")
    lines += ["", *_compared(verdict.comparison)]
    if verdict.site:
        where = f"{verdict.site.assessment.title}, {verdict.site.name}"
        lines += ["", f"Valued with PUE, electricity and water of {plain(where)}."]
    return "\n".join(lines).rstrip() + "\n"


def _row(row: BudgetCheck) -> str:
    unit = row.budget.unit
    cells = (
        plain(row.budget.name),
        _amount(row.value, unit),
        _interval(Figure(low=row.low, high=row.high), unit),
        _amount(row.budget.fail_at, unit),
        f"{WORDS[Status(row.status)]}. {plain(row.why, 300)}",
    )
    return f"| {' | '.join(cells)} |"


def _compared(found: Comparison | None) -> list[str]:
    if found is None:
        return []
    value = found.difference.value
    sign = "+" if value is not None and value > 0 else ""
    text = (
        f"Run {plain(str(found.head))} against {plain(str(found.base))} on {plain(found.base.branch)}:"
        f" **{sign}{_amount(value, found.unit)}**"
    )
    if found.difference.low is not None:
        text += f", 90 % interval {_interval(found.difference, found.unit)}"
    if found.base_figure.value and value is not None:
        text += f" ({100 * value / found.base_figure.value:+.1f} %)"
    return [f"{text}."]


def _amount(value: float | None, unit: str) -> str:
    return "not recorded" if value is None else f"{value:.4g} {unit}"


def _interval(figure: Figure, unit: str) -> str:
    if figure.low is None or figure.high is None:
        return "–"
    return f"{figure.low:.4g} to {figure.high:.4g} {unit}"


def plain(text: str, longest: int = LONGEST) -> str:
    """Text of users as text: on one line, without markup, and without anybody being mentioned."""
    line = " ".join(text.split())
    cut = line if len(line) <= longest else f"{line[: longest - 1]}…"
    return SPECIAL.sub(r"\\\1", cut).replace("@", "@\u200b")
