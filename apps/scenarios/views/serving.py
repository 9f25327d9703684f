"""Pages of serving, compression and placement: what policies, models and devices do to the energy of a request, and how long it then takes."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.access import member_view
from apps.accounts.models import Organisation, Role
from apps.assessments.models import Assessment
from apps.scenarios import drawings, presentation, selectors, services
from apps.scenarios.forms.serving import (
    COMPRESSED,
    DEFAULTS,
    PLACED,
    CompressionForm,
    PlacementForm,
    ServingForm,
)
from apps.scenarios.views.common import REFUSALS, assessment_of, page

Shown = dict[str, Any]


@require_safe
@member_view(Role.VIEWER)
def serving(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Simulate what is asked, or an example at the assessment's place."""
    assessment = assessment_of(organisation, slug)
    form = ServingForm(request.GET or {**DEFAULTS, "zone": _zone(assessment)})

    def answer() -> Shown:
        said = form.cleaned_data
        found = services.served(
            assessment=assessment,
            profile=said["profile"],
            zone=said["zone"],
            shape=form.shape(),
            memory_tokens=said["memory"],
        )
        sweep = found["sweep"]
        return {
            "found": found,
            "steps": drawings.of_steps(found["profile"]["steps"]),
            "scatter": drawings.of_sweep(sweep),
            "unbeaten": presentation.unbeaten(sweep),
        }

    return _page(request, assessment, "serving", form, answer)


@require_safe
@member_view(Role.VIEWER)
def compression(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Hold two measured servers against each other by batch, or an example, beside what studies have published."""
    assessment = assessment_of(organisation, slug)
    form = CompressionForm(request.GET or COMPRESSED)

    def answer() -> Shown:
        said = form.cleaned_data
        return {"found": services.compressed(before=said["before"], after=said["after"])}

    return _page(request, assessment, "compression", form, answer, studies=services.studies())


@require_safe
@member_view(Role.VIEWER)
def placement(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Price prefill and decoding on every pair of two servers, or of an example at the assessment's place."""
    assessment = assessment_of(organisation, slug)
    form = PlacementForm(request.GET or {**PLACED, "zone": _zone(assessment)})

    def answer() -> Shown:
        said = form.cleaned_data
        found = services.placed(
            assessment=assessment,
            profiles=[said["first"], said["second"]],
            zone=said["zone"],
            link=form.link(),
            asked=form.asked(),
        )
        return {"found": found, "map": presentation.placement_map(found)}

    return _page(request, assessment, "placement", form, answer)


def _page(
    request: HttpRequest,
    assessment: Assessment,
    template: str,
    form: Form,
    answer: Callable[[], Shown],
    **more: Any,
) -> HttpResponse:
    """Show a question with its answer, or what stands in its way; ``more`` is shown with either."""
    shown: Shown = {"form": form, **more}
    if form.is_valid():
        try:
            shown |= answer()
        except REFUSALS as error:
            shown["problem"] = str(error)
    return page(request, assessment, template, shown)


def _zone(assessment: Assessment) -> str:
    return next(iter(selectors.zones_of(assessment)), "WORLD")
