"""Forms of a roadmap: its notes, a form for each target and one for each action."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from apps.scenarios.measure import PHASES
from apps.scenarios.measures import measures
from apps.scenarios.models import Roadmap, Scenario
from apps.scenarios.presentation import SHOWN
from apps.scenarios.roadmap import plan

TARGET, ACTION = "target", "action"
MEASURE_KEYS = ("measure", "options", "scenario")
Row = dict[str, Any]


class RoadmapForm(forms.ModelForm[Roadmap]):
    """Notes of a roadmap."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Roadmap
        fields = ["notes"]
        help_texts = {"notes": "Who agreed to it, and what it rests on."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["version"] = self.instance.version


class TargetForm(forms.Form):
    """One target."""

    category = forms.ChoiceField(label="Impact", choices=[(each.value, each.label) for each in SHOWN])  # fmt: skip
    basis = forms.ChoiceField(label="Of", choices=[(plan.TOTAL, "the total"), (plan.USE, "one functional unit")])  # fmt: skip
    percent = forms.FloatField(label="Less by", min_value=0.1, max_value=100)
    by = forms.DateField(label="By", widget=forms.DateInput(attrs={"type": "date"}))

    def row(self) -> Row:
        """Return the target as a roadmap keeps it."""
        said = self.cleaned_data
        return {"category": said["category"], "basis": said["basis"], "reduction": said["percent"] / 100, "by": said["by"].isoformat()}  # fmt: skip


class ActionForm(forms.Form):
    """One action, with the measure of a scenario that it stands for."""

    phase = forms.ChoiceField(choices=[(phase, phase.capitalize()) for phase in PHASES])
    what = forms.CharField(label="What is done", max_length=plan.NAME)
    owner = forms.CharField(
        max_length=plan.NAME, required=False, help_text="A team or a role that answers for it."
    )
    starts = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    due = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="It counts from this day.",
    )
    state = forms.ChoiceField(choices=[(state, state.capitalize()) for state in plan.STATES])
    measure = forms.ChoiceField(
        label="Counts as",
        required=False,
        help_text="A measure of a scenario of the baseline; its options are copied.",
    )
    notes = forms.CharField(max_length=plan.NOTES, required=False)

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = [("", "Nothing that can be counted"), *choices]  # type: ignore[attr-defined]  # a choice field

    def row(self) -> Row:
        """Return the action as a roadmap keeps it."""
        said = self.cleaned_data
        dates = {key: said[key].isoformat() for key in ("starts", "due") if said[key]}
        texts = {key: said[key] for key in ("phase", "what", "owner", "state", "notes") if said[key]}  # fmt: skip
        return {**texts, **dates, **(json.loads(said["measure"]) if said["measure"] else {})}


TargetForms = forms.formset_factory(TargetForm, extra=0, max_num=plan.MOST_TARGETS, validate_max=True)  # fmt: skip
ActionForms = forms.formset_factory(ActionForm, extra=0, max_num=plan.MOST_ACTIONS, validate_max=True)  # fmt: skip


def taken(row: Mapping[str, Any]) -> str:
    """Return the measure of an action as the value of a choice; empty where it has none."""
    if not row.get("measure"):
        return ""
    said = {key: row[key] for key in MEASURE_KEYS if row.get(key)}
    return json.dumps(said, sort_keys=True)


def actions_of(scenario: Scenario) -> list[Row]:
    """Return an action for each measure of a scenario."""
    known = measures()
    return [
        {
            "phase": known[step["measure"]][0].phase,
            "what": known[step["measure"]][0].label,
            "measure": step["measure"],
            "options": step.get("options", {}),
            "scenario": scenario.name,
        }
        for step in scenario.measures
        if step["measure"] in known
    ]


def choices_of(scenarios: Iterable[Scenario], kept: Iterable[Row]) -> list[tuple[str, str]]:
    """Return the measures that can be chosen: those of the scenarios, and those that actions have already."""
    rows = [row for scenario in scenarios for row in actions_of(scenario)]
    found = {taken(row): f"{row['scenario']}: {row['what']}" for row in rows}
    for row in kept:
        if (value := taken(row)) and value not in found:
            found[value] = f"As taken from {row.get('scenario') or 'elsewhere'}: {_label(row)}"
    return list(found.items())


def _label(row: Row) -> str:
    known = measures().get(row["measure"])
    return known[0].label if known else str(row["measure"])


def target_forms(rows: Iterable[Row]) -> Any:
    """Return a form that is filled in for each target."""
    return TargetForms(prefix=TARGET, initial=[{**row, "percent": _percent(row)} for row in rows])


def _percent(row: Row) -> float | None:
    """Return the reduction as a percentage as people write it: 0.3 is 30."""
    return round(row["reduction"] * 100, 9) if "reduction" in row else row.get("percent")


def action_forms(rows: Iterable[Row], choices: Sequence[tuple[str, str]]) -> Any:
    """Return a form that is filled in for each action."""
    filled = [{**row, "measure": taken(row)} for row in rows]
    return ActionForms(prefix=ACTION, initial=filled, form_kwargs={"choices": choices})


def sent_forms(data: Any, choices: Sequence[tuple[str, str]]) -> tuple[Any, Any]:
    """Return the bound forms of a page that was sent: targets and actions."""
    strict = {"empty_permitted": False, "use_required_attribute": False}
    return (
        TargetForms(data, prefix=TARGET, form_kwargs=strict),
        ActionForms(data, prefix=ACTION, form_kwargs={**strict, "choices": choices}),
    )


def as_they_stand(formset: Any) -> list[Row]:
    """Return what forms hold, valid or not, so that rows can be added and removed before all are complete."""
    rows = [{name: form[name].value() for name in form.fields} for form in formset.forms]
    return [{**row, **(_chosen(row["measure"]) if "measure" in row else {})} for row in rows]


def _chosen(value: Any) -> Row:
    try:
        found = json.loads(value or "{}")
    except ValueError:
        found = {}
    return {"measure": "", **(found if isinstance(found, dict) else {})}
