"""Forms of scenarios: a name, and one form a measure, made of its options."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from apps.assessments.models import Assessment
from apps.scenarios.errors import BadInput
from apps.scenarios.measure import COST, Measure, Option
from apps.scenarios.measures import measure, measures
from apps.scenarios.models import Scenario
from apps.scenarios.stacking.plans import LONGEST

STEP = "step"


class ScenarioForm(forms.ModelForm[Scenario]):
    """Name and notes of a scenario."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Scenario
        fields = ["name", "notes", "in_report"]
        help_texts = {"notes": "Who would do it, until when, and what must hold."}

    def __init__(self, *args: Any, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.assessment = assessment
        self.instance.organisation = assessment.organisation
        if self.instance.pk:
            self.initial["version"] = self.instance.version

    def clean_name(self) -> str:
        """Refuse a name that the assessment has already."""
        name: str = self.cleaned_data["name"]
        others = Scenario.objects.filter(assessment=self.instance.assessment, name=name)
        if others.exclude(pk=self.instance.pk).exists():
            msg = "This assessment has a scenario of that name already."
            raise forms.ValidationError(msg)
        return name


class StepForm(forms.Form):
    """The options of one measure in its place."""

    def __init__(self, described: Measure, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measure = described
        for option in described.asked:
            self.fields[option.name] = _field(option)

    def bound_pairs(self) -> list[tuple[Any, str]]:
        """Return each field with the unit beside it."""
        return [(self[option.name], option.unit) for option in self.measure.options]

    def cost_fields(self) -> list[Any]:
        """Return the fields of what it costs."""
        return [self[option.name] for option in COST]

    @property
    def says_cost(self) -> bool:
        """Whether somebody began to say what it costs."""
        return any(field.value() not in {None, ""} for field in self.cost_fields())


def _field(option: Option) -> forms.Field:
    common: dict[str, Any] = {
        "label": option.label[0].upper() + option.label[1:],
        "required": option.default is None and not option.may_lack,
        "initial": option.default,
    }
    if option.choices:
        return forms.ChoiceField(choices=[(key, option.named.get(key, key)) for key in option.choices], **common)  # fmt: skip
    if option.is_text:
        return forms.CharField(max_length=LONGEST, **common)
    return forms.FloatField(min_value=option.least, max_value=option.most, **common)


def step_forms(keys: Sequence[str], data: Mapping[str, Any]) -> list[StepForm]:
    """Return a bound form for each measure of a page that was sent; measures that there are not are left out."""
    known = measures()
    return [
        StepForm(known[key][0], data, prefix=f"{STEP}{place}")
        for place, key in enumerate(keys)
        if key in known
    ]


def steps_of(rows: Sequence[Mapping[str, Any]]) -> list[StepForm]:
    """Return a form that is filled in for each measure of a plan."""
    return [
        StepForm(measure(row["measure"])[0], initial=row.get("options", {}), prefix=f"{STEP}{place}")
        for place, row in enumerate(rows)
    ]  # fmt: skip


def plan_of(steps: Sequence[StepForm]) -> list[dict[str, Any]]:
    """Return the plan that valid forms hold.

    Raises
    ------
    BadInput
        Where one is not valid yet.
    """
    for place, step in enumerate(steps, start=1):
        if not step.is_valid():
            msg = f"Measure {place}, “{step.measure.label}”, is not complete: see its fields."
            raise BadInput(msg, field="measures")
    return [{"measure": step.measure.key, "options": _given(step)} for step in steps]


def _given(step: StepForm) -> dict[str, Any]:
    return {name: value for name, value in step.cleaned_data.items() if value not in {None, ""}}


def as_it_stands(steps: Sequence[StepForm]) -> list[dict[str, Any]]:
    """Return what forms hold, valid or not, so that measures can be added and moved before all are complete."""
    return [
        {
            "measure": step.measure.key,
            "options": {
                option.name: step[option.name].value()
                for option in step.measure.asked
                if step[option.name].value() not in {None, ""}
            },
        }
        for step in steps
    ]
