"""Pages of scenarios: those of an assessment side by side, and the workbench where one is made."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import services as accounts
from apps.accounts.access import member_view
from apps.accounts.errors import StaleEdit
from apps.accounts.models import Organisation, Role
from apps.assessments.models import Assessment
from apps.scenarios import drawings, presentation, selectors, services
from apps.scenarios.forms.scenarios import (
    STEP,
    ScenarioForm,
    StepForm,
    as_it_stands,
    plan_of,
    step_forms,
    steps_of,
)
from apps.scenarios.measures import measures
from apps.scenarios.models import Scenario
from apps.scenarios.stacking.stack import MOST_SCENARIOS
from apps.scenarios.views.common import REFUSALS, assessment_of, may_edit, page

LONGEST_ZONES = 200


@require_safe
@member_view(Role.VIEWER)
def overview(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Show the scenarios of an assessment, and up to six of them side by side."""
    assessment = assessment_of(organisation, slug)
    kept = list(selectors.of_assessment(assessment))
    wanted = request.GET.getlist("with")
    chosen = [row for row in kept if str(row.uuid) in wanted] if wanted else kept
    chosen = chosen[:MOST_SCENARIOS]
    shown: dict[str, Any] = {"scenarios": kept, "chosen": chosen, "most": MOST_SCENARIOS}
    if chosen:
        try:
            found = services.comparison(assessment=assessment, scenarios=chosen)
            shown["table"] = presentation.side_by_side(found)
            rows = services.accuracy_and_carbon(assessment=assessment, scenarios=chosen)
            shown |= {"trades": rows, "scatter": drawings.of_trades(rows)}
        except REFUSALS as error:
            shown["problem"] = str(error)
    return page(request, assessment, "overview", shown)


@require_safe
@member_view(Role.VIEWER)
def places(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Show carbon against water of every kind of cooling, at the zones that are asked for or those of the assessment."""
    assessment = assessment_of(organisation, slug)
    asked = request.GET.get("zones", ", ".join(selectors.zones_of(assessment)) or "WORLD")
    shown: dict[str, Any] = {"asked": asked[:LONGEST_ZONES]}
    try:
        found = services.cooled(assessment=assessment, zones=shown["asked"].split(","))
        shown |= {"found": found, "scatter": drawings.of_places(found)}
    except REFUSALS as error:
        shown["problem"] = str(error)
    return page(request, assessment, "places", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.EDITOR)
def new(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Duplicate the baseline as a scenario, and stack measures on it."""
    return _edit(request, assessment_of(organisation, slug), None)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.VIEWER)
def scenario(
    request: HttpRequest, organisation: Organisation, slug: str, uuid: UUID
) -> HttpResponse:
    """Show one scenario with its result; editors change it here."""
    assessment = assessment_of(organisation, slug)
    row = get_object_or_404(selectors.of_assessment(assessment), uuid=uuid)
    if request.method == "POST" and not may_edit(request):
        return HttpResponse(status=403)
    return _edit(request, assessment, row)


@require_POST
@member_view(Role.EDITOR)
def delete(request: HttpRequest, organisation: Organisation, slug: str, uuid: UUID) -> HttpResponse:
    """Take a scenario away."""
    row = get_object_or_404(selectors.of_assessment(assessment_of(organisation, slug)), uuid=uuid)
    accounts.record_event(organisation, request.user, "deleted", row)  # type: ignore[arg-type]  # member_view lets only members through
    row.delete()
    messages.success(request, f"“{row}” is deleted.")
    return redirect("scenarios:list", organisation.slug, slug)


def _edit(request: HttpRequest, assessment: Assessment, row: Scenario | None) -> HttpResponse:
    sent = request.method == "POST"
    form = ScenarioForm(request.POST if sent else None, instance=row, assessment=assessment)
    if not sent:
        return _workbench(request, assessment, form, steps_of(row.measures if row else []))
    steps = step_forms(request.POST.getlist(STEP), request.POST)
    intent, _, place = request.POST.get("intent", "save").partition(" ")
    if intent == "preview":
        return _result(request, assessment, steps)
    if intent != "save":
        changed = steps_of(_moved(as_it_stands(steps), intent, place, request.POST.get("add", "")))
        return _workbench(request, assessment, form, changed)
    if form.is_valid() and _save(request, form, steps):
        return redirect("scenarios:scenario", assessment.organisation.slug, assessment.slug, form.instance.uuid)  # fmt: skip
    return _workbench(request, assessment, form, steps, failed=True)


def _moved(plan: list[dict[str, Any]], intent: str, place: str, added: str) -> list[dict[str, Any]]:
    """Return a plan with a measure added, removed, or one place up or down."""
    if intent == "add":
        return [*plan, {"measure": added}] if added in measures() else plan
    at = int(place) if place.isdecimal() else len(plan)
    if at >= len(plan):
        return plan
    taken = plan.pop(at)
    if intent in {"up", "down"}:
        plan.insert(max(0, at + (1 if intent == "down" else -1)), taken)
    return plan


def _save(request: HttpRequest, form: ScenarioForm, steps: Sequence[StepForm]) -> bool:
    who: Any = request.user
    row = form.instance
    is_new = row.pk is None
    try:
        row.measures = plan_of(steps)
        services.check(assessment=row.assessment, measures=row.measures)
        if is_new:
            row.save()
            accounts.record_event(row.organisation, who, "created", row)
        else:
            accounts.save_versioned(row, form.cleaned_data["version"] or row.version, actor=who)
    except StaleEdit as error:
        form.add_error(None, error.message)
        return False
    except REFUSALS as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, f"“{row}” is kept.")
    return True


def _workbench(
    request: HttpRequest,
    assessment: Assessment,
    form: ScenarioForm,
    steps: Sequence[StepForm],
    *,
    failed: bool = False,
) -> HttpResponse:
    shown = {
        "form": form,
        "row": form.instance if form.instance.pk else None,
        "steps": steps,
        "measures": [each for each, _ in measures().values()],
        **_evaluated(assessment, steps),
    }
    return page(request, assessment, "workbench", shown, status=422 if failed else 200)


def _result(
    request: HttpRequest, assessment: Assessment, steps: Sequence[StepForm]
) -> HttpResponse:
    return page(request, assessment, "_result", _evaluated(assessment, steps))


def _evaluated(assessment: Assessment, steps: Sequence[StepForm]) -> dict[str, Any]:
    """Return the result of what the forms hold, or what stands in its way."""
    try:
        plan = plan_of(steps) if all(step.is_bound for step in steps) else as_it_stands(steps)
        found = services.evaluate(assessment=assessment, measures=plan).to_dict()
    except REFUSALS as error:
        return {"problem": str(error)}
    drawn = {"waterfall": drawings.waterfall(found), "tornado": drawings.tornado(found)}
    return {"result": found, **drawn}
