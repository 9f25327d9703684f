"""Pages of routing: studies of labelled queries that somebody gives, learnt by a worker."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import MemberRequest, member_view
from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, Role
from apps.assessments.models import Assessment
from apps.scenarios import drawings, presentation, selectors, services
from apps.scenarios.forms.routing import RoutingForm
from apps.scenarios.models import RoutingStudy
from apps.scenarios.views.common import assessment_of, page


@require_safe
@member_view(Role.VIEWER)
def routing(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Show the studies of an assessment, and ask for another."""
    return _asking(request, assessment_of(organisation, slug), RoutingForm())


@require_POST
@member_view(Role.EDITOR)
def routing_new(request: MemberRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Start a study."""
    assessment = assessment_of(organisation, slug)
    form = RoutingForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            study = services.request_routing(
                assessment=assessment, actor=request.user, **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else "file", error.message)
        else:
            return redirect(study)
    return _asking(request, assessment, form, status=422)


def _asking(
    request: HttpRequest, assessment: Assessment, form: RoutingForm, *, status: int = 200
) -> HttpResponse:
    shown = {"form": form, "studies": selectors.routing_studies(assessment)}
    return page(request, assessment, "routing", shown, status=status)


@require_safe
@member_view(Role.VIEWER)
def routing_study(
    request: HttpRequest, organisation: Organisation, slug: str, uuid: UUID
) -> HttpResponse:
    """Show how far a study is, and what it found; htmx gets the changing part alone."""
    assessment = assessment_of(organisation, slug)
    study = _study(assessment, uuid)
    shown: dict[str, Any] = {"study": study}
    if study.result:
        place = presentation.chosen_result(study.result, request.GET.get("show", ""))
        found = study.result["results"][place]
        shown |= {
            "found": study.result,
            "rows": presentation.routing_rows(study.result),
            "one": found,
            "reported": presentation.reported_saving(found),
            "place": place,
            "points": presentation.frontier_rows(found),
            "frontier": drawings.of_frontier(found, study.budget),
            "measure": presentation.routing_measure(found),
        }
    is_part = bool(getattr(request, "htmx", False))
    return page(request, assessment, "_routing_live" if is_part else "routing_study", shown)


@require_POST
@member_view(Role.EDITOR)
def routing_delete(
    request: MemberRequest, organisation: Organisation, slug: str, uuid: UUID
) -> HttpResponse:
    """Delete a study with its queries."""
    assessment = assessment_of(organisation, slug)
    study = _study(assessment, uuid)
    services.delete_routing(study=study, actor=request.user)
    messages.success(request, f"“{study}” is deleted, and its queries with it.")
    return redirect("scenarios:routing", organisation.slug, assessment.slug)


def _study(assessment: Assessment, uuid: UUID) -> RoutingStudy:
    return get_object_or_404(selectors.routing_studies(assessment).defer(None), uuid=uuid)
