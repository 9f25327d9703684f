"""The form that takes a file."""

from typing import Any

from django import forms

from apps.accounts.models import Organisation
from apps.assessments.models import AISystem, Hardware, RunCategory, Site
from apps.ingest import selectors
from apps.ingest.importers import importers
from apps.ingest.models import Rule


class UploadForm(forms.Form):
    system = forms.ModelChoiceField(
        AISystem.objects.none(),
        to_field_name="slug",
        empty_label=None,
        label="AI system",
        help_text="Whose runs they are.",
    )
    file = forms.FileField(help_text="At most 100 MB. It is kept as evidence.")
    asked_format = forms.ChoiceField(
        label="Format", required=False, help_text="Told by the content, unless you name it."
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        systems: Any = self.fields["system"]
        systems.queryset = selectors.systems(organisation)
        formats: Any = self.fields["asked_format"]
        named = sorted((module.TITLE, name) for name, module in importers().items())
        formats.choices = [("", "by its content"), *((name, title) for title, name in named)]


class LabelForm(forms.Form):
    """Labels for many runs at once; what is left empty stays as it is."""

    category = forms.ChoiceField(
        choices=[("", "as it is"), *RunCategory.choices], required=False, label="Category"
    )
    component = forms.CharField(max_length=100, required=False, label="Component")
    team = forms.CharField(max_length=100, required=False, label="Team")


class RuleForm(forms.ModelForm[Rule]):
    """A rule that labels runs."""

    class Meta:
        model = Rule
        fields = [
            "name",
            "place",
            "outcome",
            "name_contains",
            "tool_contains",
            "team_is",
            "shorter_than_min",
            "longer_than_min",
            "category",
            "component",
            "team",
        ]
        help_texts = {"place": "Rules with a lower number go first; a label that is given stays."}


class DeclareForm(forms.Form):
    """Where recorded runs enter an assessment."""

    site = forms.ModelChoiceField(
        Site.objects.none(),
        to_field_name="uuid",
        empty_label=None,
        label="Assessment and site",
        help_text="Whose electricity and water they take.",
    )
    hardware = forms.ModelChoiceField(
        Hardware.objects.none(),
        to_field_name="uuid",
        required=False,
        empty_label="not declared",
        help_text="Power where no energy was recorded, and its share of what making it took.",
    )
    category = forms.ChoiceField(
        choices=[pair for pair in RunCategory.choices if pair[0] != RunCategory.FAILED],
        initial=RunCategory.EXPLORATION,
        label="Runs that did not fail are",
    )

    def __init__(self, *args: Any, system: AISystem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts: Any = {"site": Site, "hardware": Hardware}
        for name, model in parts.items():
            field: Any = self.fields[name]
            rows = model.objects.filter(assessment__system=system).select_related("assessment")
            field.queryset = rows.order_by("-assessment__pk", "pk")
            field.label_from_instance = _placed

    def clean(self) -> dict[str, Any]:
        """Refuse hardware of another assessment than the site's."""
        given = super().clean() or {}
        site, hardware = given.get("site"), given.get("hardware")
        if site and hardware and site.assessment_id != hardware.assessment_id:
            message = f"This hardware belongs to another assessment than {site.name}."
            self.add_error("hardware", message)
        return given


def _placed(row: Site | Hardware) -> str:
    return f"{row.assessment.title}: {row.name}"
