"""Pages of serving and of placement: what policies and devices do to the energy of a request, and how long it then takes."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.access import member_view
from apps.accounts.models import Organisation, Role
from apps.assessments.models import Assessment
from apps.scenarios import drawings, presentation, selectors, services
from apps.scenarios.forms.serving import DEFAULTS, PLACED, PlacementForm, ServingForm
from apps.scenarios.views.common import REFUSALS, assessment_of, page


@require_safe
@member_view(Role.VIEWER)
def serving(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Simulate what is asked, or an example at the assessment's place."""
    assessment = assessment_of(organisation, slug)
    form = ServingForm(request.GET or {**DEFAULTS, "zone": _zone(assessment)})
    shown: dict[str, Any] = {"form": form}
    if form.is_valid():
        said = form.cleaned_data
        try:
            found = services.served(
                assessment=assessment,
                profile=said["profile"],
                zone=said["zone"],
                shape=form.shape(),
            )
            shown |= {"found": found, "scatter": drawings.of_sweep(found["sweep"])}
            shown["unbeaten"] = presentation.unbeaten(found["sweep"])
        except REFUSALS as error:
            shown["problem"] = str(error)
    return page(request, assessment, "serving", shown)


@require_safe
@member_view(Role.VIEWER)
def placement(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Price prefill and decoding on every pair of two servers, or of an example at the assessment's place."""
    assessment = assessment_of(organisation, slug)
    form = PlacementForm(request.GET or {**PLACED, "zone": _zone(assessment)})
    shown: dict[str, Any] = {"form": form}
    if form.is_valid():
        said = form.cleaned_data
        try:
            found = services.placed(
                assessment=assessment,
                profiles=[said["first"], said["second"]],
                zone=said["zone"],
                link=form.link(),
                asked=form.asked(),
            )
            shown |= {"found": found, "map": presentation.placement_map(found)}
        except REFUSALS as error:
            shown["problem"] = str(error)
    return page(request, assessment, "placement", shown)


def _zone(assessment: Assessment) -> str:
    return next(iter(selectors.zones_of(assessment)), "WORLD")
