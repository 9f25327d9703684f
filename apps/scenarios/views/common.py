"""What pages of what-ifs share."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, Role
from apps.assessments import selectors as assessments
from apps.assessments.models import Assessment
from apps.scenarios import presentation
from lca.engine import EngineError

REFUSALS = (DomainError, EngineError)


def page(
    request: HttpRequest,
    assessment: Assessment,
    template: str,
    shown: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Render a page of an assessment's what-ifs."""
    common = {
        "categories": [(each.value, each.label) for each in presentation.SHOWN],
        "organisation": assessment.organisation,
        "assessment": assessment,
        "section": "assessments",
        "may_edit": may_edit(request),
    }
    return render(request, f"scenarios/{template}.html", common | shown, status=status)


def may_edit(request: HttpRequest) -> bool:
    """Whether who asks may change what the organisation has."""
    return bool(request.membership.may(Role.EDITOR))  # type: ignore[attr-defined]  # set by member_view


def assessment_of(organisation: Organisation, slug: str) -> Assessment:
    """Find an assessment of the organisation, or answer that there is none."""
    try:
        return assessments.assessment(organisation, slug)
    except Assessment.DoesNotExist as error:
        raise Http404 from error
