"""Why this number: a total down to its flows, a flow down to its factors and their sources."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.access import member_view
from apps.accounts.models import Organisation
from apps.assessments.median import why_median
from apps.assessments.views.page import Desk, figures, open_desk
from lca.engine import Category, Flow, Inventory, Stage, trace

SUMS = {"total": "Total", "marginal": "One more use", "fully-loaded": "One use, fully loaded"}


@require_safe
@member_view()
def why(
    request: HttpRequest, organisation: Organisation, slug: str, flow: str, category: str
) -> HttpResponse:
    """Explain one number; ``flow`` is a line of the inventory, a stage, or the name of a sum."""
    desk = open_desk(request, organisation, slug)
    if category not in list(Category):
        raise Http404
    shown = figures(desk.assessment)
    if shown["evaluation"] is None:
        return desk.render("why_sum", **shown, category=Category(category))
    per, _, name = flow.rpartition(":")
    inventory = _inventory(shown["evaluation"], per or name)
    line = next((f for f in inventory.flows if f.name == name), None) if inventory else None
    if inventory is not None and line is not None:
        return _line(
            desk, shown, inventory=inventory, line=line, category=Category(category), per=per
        )
    return _sum(desk, shown, flow, Category(category))


def _inventory(evaluation: Any, word: str) -> Inventory | None:
    """Inventory that a name is looked up in: of the life cycle, or per use."""
    inventories = {
        "marginal": evaluation.uses.marginal,
        "fully-loaded": evaluation.uses.fully_loaded,
    }
    found: Inventory | None = inventories.get(word, evaluation.inventory)
    return found


def _line(
    desk: Desk,
    shown: dict[str, Any],
    *,
    inventory: Inventory,
    line: Flow,
    category: Category,
    per: str,
) -> HttpResponse:
    if category not in line.factors:
        raise Http404
    rows = shown["evaluation"].result["flows"]
    stat = next((r["impacts"][category] for r in rows if r["name"] == line.name), None)
    others = [other for other in Category if other in line.factors]
    explained = trace(inventory, line, category)
    for step in explained["steps"]:
        step |= {"divides": step["exponent"] < 0, "power": _power(step["exponent"])}
    return desk.render(
        "why_line",
        line=line,
        category=category,
        trace=explained,
        stat=None if per else stat,
        categories=others,
        prefix=f"{per}:" if per else "",
        above=per or "total",
        **shown,
    )


def _power(exponent: float) -> str:
    """Write a power for readers; the first power is not written, and a division says so itself."""
    return "" if abs(exponent) == 1 else f"{abs(exponent):g}"


def _sum(desk: Desk, shown: dict[str, Any], name: str, category: Category) -> HttpResponse:
    """Explain a sum: its flows, largest first, each with its formula and share."""
    stage = name.removeprefix("stage:") if name.startswith("stage:") else ""
    if name not in SUMS and stage not in list(Stage):
        raise Http404
    evaluation = shown["evaluation"]
    inventory = _inventory(evaluation, name)
    flows = [
        flow
        for flow in (inventory.flows if inventory else ())
        if category in flow.factors and (not stage or flow.stage == stage)
    ]
    lines = [trace(inventory, flow, category) | {"flow": flow} for flow in flows if inventory]
    whole = sum(line["value"] for line in lines)
    for line in lines:
        line["share"] = line["value"] / whole if whole else None
    return desk.render(
        "why_sum",
        category=category,
        lines=sorted(lines, key=lambda line: -abs(line["value"])),
        stat=_stat(evaluation, name, stage, category),
        title=SUMS.get(name) or Stage(stage).label,
        prefix=f"{name}:" if name in {"marginal", "fully-loaded"} else "",
        sensitivity=evaluation.result["sensitivity"].get(category, [])[:8],
        **shown | {"median_note": _median_note(evaluation, name, category)},
    )


def _median_note(evaluation: Any, name: str, category: Category) -> str:
    if name != "total":
        return ""
    return why_median(evaluation.inventory, evaluation.result, category)


def _stat(evaluation: Any, name: str, stage: str, category: Category) -> Any:
    if stage:
        return evaluation.result["by_stage"].get(stage, {}).get(category)
    if name == "total":
        return evaluation.result["totals"].get(category)
    return (evaluation.per_use[name.replace("-", "_")] or {}).get(category)
