"""One deployment's request at widening boundaries."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from apps.accounts.access import member_view
from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation
from apps.assessments import services
from apps.assessments.forms import TraceForm
from apps.assessments.inventory.ladder import REPLY_TOKENS, Ladder, ladder
from apps.assessments.models import Deployment
from apps.assessments.views.page import Desk, open_desk
from lca.engine import Category, EngineError

MILLION = 1_000_000
COMPONENTS = ("accelerator", "host", "server", "idle", "overhead")


@require_http_methods(["GET", "HEAD", "POST"])
@member_view()
def boundaries(
    request: HttpRequest, organisation: Organisation, slug: str, uuid: UUID
) -> HttpResponse:
    """Show the ladder of one deployment, and take a trace of its requests."""
    desk = open_desk(request, organisation, slug)
    rows = Deployment.objects.filter(assessment=desk.assessment).select_related("hardware")
    row = get_object_or_404(rows, uuid=uuid)
    posted = request.method == "POST"
    form = TraceForm(request.POST, request.FILES) if posted else TraceForm()
    if posted and form.is_valid() and _upload(desk, row, form):
        return redirect("assessments:boundaries", organisation.slug, slug, uuid)
    if form.errors:
        row.refresh_from_db()
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    try:
        found = ladder(desk.assessment, row)
    except EngineError as error:
        return desk.render("ladder", status=status, row=row, form=form, engine_error=str(error))
    return desk.render(
        "ladder", status=status, row=row, form=form, ladder=found, rungs=_rungs(found),
        phases=_phases(found), spread=_spread(found), reply_tokens=REPLY_TOKENS,
        per_piece=_per_piece(row, found),
    )  # fmt: skip


def _upload(desk: Desk, row: Deployment, form: forms.Form) -> bool:
    content = form.cleaned_data["file"].read()
    try:
        services.upload_trace(
            deployment=row,
            content=content,
            expected_version=row.version,
            actor=desk.request.user,  # type: ignore[arg-type]  # member_view has signed them in
        )
    except DomainError as error:
        form.add_error("file", error.message)
        return False
    except ValidationError as error:
        form.add_error("file", ValidationError(error.messages))
        return False
    messages.success(
        desk.request, f"Saved the traffic of {row.name}: {row.traffic['requests']:,} requests."
    )
    return True


def _per_piece(row: Deployment, found: Ladder) -> dict[str, float]:
    """Wh an image or video, and a second of video, at the data centre; empty where requests make none."""
    site = next((rung for rung in found.rungs if rung.key == "site"), None)
    stat = (site.figures if site else {}).get(Category.ELECTRICITY)
    if not row.pieces or not stat or set(found.parts) - {"pieces"}:
        return {}
    each = 1000 * stat["nominal"] / row.pieces
    seconds = row.frames / row.frame_rate if row.frames and row.frame_rate else None
    return {"each": each, **({"second": each / seconds} if seconds else {})}


def _spread(found: Ladder) -> dict[str, float]:
    """Percentiles in Wh, the share in per cent."""
    return {
        key: value * (100 if key == "longest_tenth_share" else 1000)
        for key, value in found.spread.items()
    }


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
