"""Hourly grid factors: those a site has, their gaps, and uploading more."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import member_view
from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, Role
from apps.assessments import services
from apps.assessments.forms import SeriesForm
from apps.assessments.inventory.series_use import SeriesUse
from apps.assessments.models import HourlySeries
from apps.assessments.views.page import Desk, open_desk
from lca.engine import EngineError

CURVE_WIDTH, CURVE_HEIGHT = 365, 60


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.VIEWER)
def hourly(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """List the series of every site, and take another file."""
    desk = open_desk(request, organisation, slug)
    posted = request.method == "POST"
    form = SeriesForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        assessment=desk.assessment,
    )
    if posted and form.is_valid() and _upload(desk, form):
        return redirect("assessments:hourly", organisation.slug, slug)
    rows = HourlySeries.objects.filter(assessment=desk.assessment).select_related("site")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    uses, engine_error = _uses(desk) if rows else ({}, "")
    shown = [{"row": row, "curves": curves(row.factors), "use": uses.get(row.pk)} for row in rows]
    return desk.render("hourly", status=status, form=form, rows=shown, engine_error=engine_error)


def _uses(desk: Desk) -> tuple[dict[int, SeriesUse], str]:
    """What each series does by its key, or why the result cannot be computed."""
    try:
        uses = services.hourly_uses(desk.assessment)
    except EngineError as error:
        return {}, str(error)
    return {use.series.pk: use for use in uses}, ""


def _upload(desk: Desk, form: SeriesForm) -> bool:
    given = form.cleaned_data
    try:
        series, notes = services.upload_series(
            **{
                name: given[name] for name in ("site", "timezone", "unit", "scope", "gsd", "source")
            },
            content=given["file"].read(),
            actor=desk.request.user,  # type: ignore[arg-type]  # member_view has signed them in
        )
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return False
    except ValidationError as error:
        form.add_error("file", ValidationError(error.messages))
        return False
    messages.success(
        desk.request,
        f"Saved {series}: {series.hours:,} hours, {series.gap_hours:,} of them missing.",
    )
    for note in notes:
        messages.warning(desk.request, note)
    return True


def curves(factors: list[float | None]) -> list[str]:
    """Polylines of daily means, 365 wide and 60 high; days without any factor part one from the next."""
    days = [[f for f in factors[k : k + 24] if f is not None] for k in range(0, len(factors), 24)]
    means = [sum(known) / len(known) if known else None for known in days]
    top = max((mean for mean in means if mean is not None), default=0.0) or 1.0
    width = CURVE_WIDTH / max(len(days), 1)
    lines: list[list[str]] = [[]]
    for day, mean in enumerate(means):
        if mean is None:
            lines.append([])
        else:
            lines[-1].append(f"{day * width:.1f},{CURVE_HEIGHT * (1 - mean / top):.1f}")
    return [" ".join(line) for line in lines if line]


@require_safe
@member_view()
def hourly_csv(
    request: HttpRequest, organisation: Organisation, slug: str, uuid: UUID
) -> HttpResponse:
    """Give a series back as the file that would make it again."""
    from datetime import timedelta

    desk = open_desk(request, organisation, slug)
    row = get_object_or_404(HourlySeries, assessment=desk.assessment, uuid=uuid)
    lines = (
        f"{(row.starts_at + timedelta(hours=hour)).isoformat()},{'' if factor is None else factor}"
        for hour, factor in enumerate(row.factors)
    )
    response = HttpResponse(
        "\n".join(["time,kg CO2e/kWh", *lines, ""]), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="hourly-{row.uuid}.csv"'
    return response


@require_POST
@member_view(Role.EDITOR)
def hourly_delete(
    request: HttpRequest, organisation: Organisation, slug: str, uuid: UUID
) -> HttpResponse:
    """Delete a series; the runs of its hours take the yearly factor again."""
    desk = open_desk(request, organisation, slug)
    row: Any = get_object_or_404(HourlySeries, assessment=desk.assessment, uuid=uuid)
    services.delete(record=row, actor=request.user)  # type: ignore[arg-type]  # member_view has signed them in
    messages.success(request, f"Deleted {row}.")
    return redirect("assessments:hourly", organisation.slug, slug)
