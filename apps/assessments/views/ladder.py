"""One deployment's request at widening boundaries."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from apps.accounts.access import member_view
from apps.accounts.models import Organisation
from apps.assessments.inventory.ladder import REPLY_TOKENS, Ladder, ladder
from apps.assessments.models import Deployment
from apps.assessments.views.page import open_desk
from lca.engine import Category, EngineError

MILLION = 1_000_000
COMPONENTS = ("accelerator", "host", "server", "idle", "overhead")


@require_safe
@member_view()
def boundaries(
    request: HttpRequest, organisation: Organisation, slug: str, uuid: UUID
) -> HttpResponse:
    """Show the ladder of one deployment."""
    desk = open_desk(request, organisation, slug)
    rows = Deployment.objects.filter(assessment=desk.assessment).select_related("hardware")
    row = get_object_or_404(rows, uuid=uuid)
    try:
        found = ladder(desk.assessment, row)
    except EngineError as error:
        return desk.render("ladder", row=row, engine_error=str(error))
    return desk.render(
        "ladder", row=row, ladder=found, rungs=_rungs(found), phases=_phases(found),
        reply_tokens=REPLY_TOKENS,
    )  # fmt: skip


def _rungs(found: Ladder) -> list[dict[str, Any]]:
    """Figures for readers: Wh, g and mL a request, Wh a reply, kWh a million output tokens, share of the widest."""
    energies = [
        rung.figures.get(Category.ELECTRICITY, {}).get("nominal", 0.0) for rung in found.rungs
    ]
    widest = max(energies, default=0.0) or 1.0
    tokens = found.tokens_out or None
    rows = []
    for rung, energy in zip(found.rungs, energies, strict=True):
        figures = {category: _thousand(stat) for category, stat in rung.figures.items()}
        rows.append(
            {
                "rung": rung,
                "electricity": figures.get(Category.ELECTRICITY),
                "gwp": figures.get(Category.GWP_LOCATION),
                "water": figures.get(Category.WATER),
                "reply_wh": 1000 * energy * REPLY_TOKENS / tokens if tokens and energy else None,
                "million_kwh": energy * MILLION / tokens if tokens and energy else None,
                "share": energy / widest,
            }
        )
    return rows


def _thousand(stat: dict[str, Any]) -> dict[str, Any]:
    """Give a figure in thousandths of its unit."""
    units = {"kWh": "Wh", "kg CO2e": "g CO2e", "L": "mL"}
    unit = str(stat["unit"]).split("/")[0]
    return {
        key: 1000 * value if isinstance(value, float) else units.get(unit, unit)
        for key, value in stat.items()
    }


def _phases(found: Ladder) -> dict[str, Any]:
    """Rows of phases, with a column for each component that any of them has."""
    columns = [name for name in COMPONENTS if any(name in part for part in found.parts.values())]
    rows = [
        {"phase": phase, "cells": [1000 * part.get(name, 0.0) for name in columns],
         "sum": 1000 * sum(part.values())}
        for phase, part in found.parts.items()
    ]  # fmt: skip
    return {"columns": columns, "rows": rows}
