"""Pages of a roadmap: what is planned, expected and achieved; and where it is changed."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import services as accounts
from apps.accounts.access import member_view
from apps.accounts.errors import StaleEdit
from apps.accounts.models import Organisation, Role
from apps.scenarios import drawings, presentation, selectors, services
from apps.scenarios.forms import roadmaps as forms
from apps.scenarios.models import Roadmap
from apps.scenarios.views.common import REFUSALS, assessment_of, page

Row = dict[str, Any]


@require_safe
@member_view(Role.VIEWER)
def roadmap(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Show the roadmap of an assessment's system."""
    assessment = assessment_of(organisation, slug)
    row = selectors.roadmap_for(assessment)
    shown: dict[str, Any] = {"roadmap": row}
    if row is not None:
        try:
            found = services.evaluate_roadmap(row)
            shown |= {"found": found, **drawings.of_roadmap(found)}
            shown["phases"] = presentation.by_phase(found["actions"])
        except REFUSALS as error:
            shown["problem"] = str(error)
    return page(request, assessment, "roadmap", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.EDITOR)
def edit(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Make a roadmap whose baseline is this assessment, or change the one there is."""
    assessment = assessment_of(organisation, slug)
    row = selectors.roadmap_for(assessment) or Roadmap(
        organisation=organisation, system=assessment.system, baseline=assessment
    )
    scenarios = selectors.of_assessment(row.baseline)
    form = forms.RoadmapForm(request.POST if request.method == "POST" else None, instance=row)
    choices = forms.choices_of(scenarios, row.actions)
    shown: dict[str, Any] = {"form": form, "roadmap": row, "scenarios": scenarios}
    if request.method != "POST":
        filled = {"targets": forms.target_forms(row.targets), "actions": forms.action_forms(row.actions, choices)}  # fmt: skip
        return page(request, assessment, "roadmap_edit", shown | filled)
    targets, actions = forms.sent_forms(request.POST, choices)
    intent, _, which = request.POST.get("intent", "save").partition(" ")
    if intent != "save":
        plan = {"targets": forms.as_they_stand(targets), "actions": forms.as_they_stand(actions)}
        _changed(plan, intent, which, scenarios)
        filled = {"targets": forms.target_forms(plan["targets"]), "actions": forms.action_forms(plan["actions"], choices)}  # fmt: skip
        return page(request, assessment, "roadmap_edit", shown | filled)
    if all([form.is_valid(), targets.is_valid(), actions.is_valid()]) and _save(request, form, targets, actions):  # fmt: skip
        messages.success(request, "The roadmap is kept.")
        return redirect("scenarios:roadmap", organisation.slug, slug)
    return page(request, assessment, "roadmap_edit", shown | {"targets": targets, "actions": actions}, status=422)  # fmt: skip


def _changed(plan: Mapping[str, list[Row]], intent: str, which: str, scenarios: Any) -> None:
    """Add or remove a row, or take the measures of a scenario, before the rest is complete."""
    kind, _, place = which.partition(" ")
    if intent == "add" and kind in plan:
        plan[kind].append({})
    elif intent == "remove" and kind in plan and place.isdecimal() and int(place) < len(plan[kind]):
        plan[kind].pop(int(place))
    elif intent == "take":
        chosen = next((row for row in scenarios if str(row.uuid) == which), None)
        plan["actions"].extend(forms.actions_of(chosen) if chosen else [])


def _save(request: HttpRequest, form: Any, targets: Any, actions: Any) -> bool:
    row: Roadmap = form.instance
    row.targets = [each.row() for each in targets.forms]
    row.actions = [each.row() for each in actions.forms]
    expected = form.cleaned_data["version"] or row.version
    try:
        services.save_roadmap(roadmap=row, expected_version=expected, actor=request.user)  # type: ignore[arg-type]  # member_view lets only members through
    except (StaleEdit, ValidationError, *REFUSALS) as error:
        form.add_error(None, getattr(error, "messages", None) or str(error))
        return False
    return True


@require_POST
@member_view(Role.EDITOR)
def delete(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Take a roadmap away; reports keep theirs."""
    row = selectors.roadmap_for(assessment_of(organisation, slug))
    if row is None:
        raise Http404
    accounts.record_event(organisation, request.user, "deleted", row)  # type: ignore[arg-type]  # member_view lets only members through
    row.delete()
    messages.success(request, "The roadmap is deleted.")
    return redirect("scenarios:list", organisation.slug, slug)
