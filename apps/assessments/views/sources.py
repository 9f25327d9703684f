"""The sources behind an assessment: which figure it uses, its rivals, and what another one would change."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import member_view
from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, Role
from apps.assessments import services
from apps.assessments.forms import SourceForm
from apps.assessments.services.sources import UsedFactor
from apps.assessments.views.page import Desk, open_desk
from lca.engine import Category, EngineError, Stat


@require_safe
@member_view()
def sources(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """List the factors in use; those with rivals can be exchanged."""
    desk = open_desk(request, organisation, slug)
    return desk.render("sources", **_used(desk))


def _used(desk: Desk) -> dict[str, Any]:
    try:
        used = services.used_factors(desk.assessment)
    except EngineError as error:
        return {"engine_error": str(error), "contested": [], "settled": []}
    return {
        "contested": [item for item in used if len(item.rivals) > 1],
        "settled": [item for item in used if len(item.rivals) == 1],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.VIEWER)
def source(
    request: HttpRequest,
    organisation: Organisation,
    slug: str,
    **place: str,
) -> HttpResponse:
    """Set the rivals of one factor side by side with what each would change, and choose one."""
    desk = open_desk(request, organisation, slug)
    item = _find(desk, (place["table"], place["key"], place["indicator"]))
    form = SourceForm(
        request.POST if request.method == "POST" else None,
        initial={"source": item.used.source.key, "reason": _reason(desk, item)},
        rivals=[row.source.key for row in item.rivals],
        library=item.library.source.key,
    )
    if request.method == "POST" and form.is_valid() and _choose(desk, item, form):
        messages.success(
            request, f"{item.used.entry}: {item.used.label.lower()} now rests on another source."
        )
        return redirect(reverse("assessments:sources", args=[organisation.slug, slug]))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return desk.render("source", status=status, item=item, form=form, rivals=_rivals(desk, item))


def _find(desk: Desk, place: tuple[str, str, str]) -> UsedFactor:
    used = services.used_factors(desk.assessment)
    item = next((item for item in used if item.place == place), None)
    if item is None:
        raise Http404
    return item


def _reason(desk: Desk, item: UsedFactor) -> str:
    choices = desk.assessment.factor_choices.all()
    return next((row.reason for row in choices if row.place == item.place), "")


def _rivals(desk: Desk, item: UsedFactor) -> list[dict[str, Any]]:
    used = item.used.source.key
    others = [row for row in item.rivals if row.source.key != used]
    effects = services.effects(desk.assessment, item.place, others)
    return [
        {
            "factor": row,
            "is_used": row.source.key == used,
            "effects": _shown(effects.get(row.source.key)),
        }
        for row in item.rivals
    ]


def _shown(effects: Mapping[Category, Stat] | None) -> dict[Category, Any] | None:
    return None if effects is None else {key: stat.to_dict() for key, stat in effects.items()}


def _choose(desk: Desk, item: UsedFactor, form: SourceForm) -> bool:
    try:
        services.choose_factor(
            assessment=desk.assessment,
            place=item.place,
            actor=desk.request.user,  # type: ignore[arg-type]  # member_view has signed them in
            **form.cleaned_data,
        )
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return False
    return True
