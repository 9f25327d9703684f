"""Forms of recorded runs."""

from collections.abc import Sequence
from typing import Any

from django import forms

from apps.accounts.models import Organisation
from apps.assessments.models import AISystem, Hardware, RunCategory, Site
from apps.ingest import mapping, selectors
from apps.ingest.importers import importers
from apps.ingest.importers.plain_csv import layout_of
from apps.ingest.models import ColumnMapping, Rule
from apps.ingest.tables import UNITS


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
    mapping = forms.ModelChoiceField(
        ColumnMapping.objects.none(),
        to_field_name="uuid",
        required=False,
        empty_label="what the file says itself",
        label="Columns",
        help_text="For a table whose columns were named before.",
    )
    is_preview = forms.BooleanField(
        required=False, label="Show me first", help_text="Nothing is taken in before you say so."
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        systems: Any = self.fields["system"]
        systems.queryset = selectors.systems(organisation)
        formats: Any = self.fields["asked_format"]
        named = sorted((module.TITLE, name) for name, module in importers().items())
        formats.choices = [("", "by its content"), *((name, title) for title, name in named)]
        mappings: Any = self.fields["mapping"]
        mappings.queryset = ColumnMapping.objects.of(organisation)
        if not mappings.queryset.exists():
            del self.fields["mapping"]

    def clean(self) -> dict[str, Any]:
        """Refuse a format beside named columns."""
        given = super().clean() or {}
        if given.get("mapping") and given.get("asked_format"):
            self.add_error(
                "asked_format", "Named columns are read as a table; leave the format to it."
            )
        return given


class ColumnsForm(forms.Form):
    """Which column of a table is what; the table's own heading is the choice."""

    def __init__(self, *args: Any, heading: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [("", "not in it"), *((name, name) for name in heading)]
        for field, label in mapping.FIELDS.items():
            self.fields[field] = forms.ChoiceField(choices=columns, required=False, label=label)
            units = list(UNITS.get(field, {}))
            if len(units) > 1:
                self.fields[f"{field}_unit"] = forms.ChoiceField(
                    choices=[(unit, unit) for unit in units], label=f"{label}, unit"
                )
        self.fields["decimal"] = forms.ChoiceField(
            choices=list(mapping.DECIMALS.items()), label="Decimal mark"
        )
        self.fields["dates"] = forms.ChoiceField(choices=list(mapping.DATES.items()), label="Dates")
        self.fields["zone"] = forms.CharField(
            max_length=64,
            initial="UTC",
            label="Clock of its times",
            help_text="Such as Europe/Paris; for times that name no zone.",
        )
        self.fields["keep_as"] = forms.CharField(
            max_length=80,
            required=False,
            label="Keep these columns as",
            help_text="A name, for the next file of its kind.",
        )

    def clean(self) -> dict[str, Any]:
        """Make the document of the mapping."""
        given = super().clean() or {}
        columns = {
            field: {"column": given[field], "unit": given.get(f"{field}_unit") or first_unit(field)}
            for field in mapping.FIELDS
            if given.get(field)
        }
        dialect = {name: given[name] for name in ("decimal", "dates", "zone") if given.get(name)}
        try:
            given["document"] = mapping.checked({"columns": columns, **dialect})
        except mapping.MappingWrong as error:
            self.add_error(error.field if error.field in self.fields else None, error.message)
        return given

    def pairs(self) -> list[tuple[Any, Any]]:
        """Fields with those of their units, for the page."""
        return [
            (self[field], self[f"{field}_unit"] if f"{field}_unit" in self.fields else None)
            for field in mapping.FIELDS
        ]


def first_unit(field: str) -> str:
    """Usual unit of a field."""
    return next(iter(UNITS.get(field, {"": 1})))


def guessed(heading: Sequence[str]) -> dict[str, str]:
    """What plain names of columns say about themselves, as initial choices."""
    by_name = {name.lower(): name for name in heading}
    layout = layout_of(by_name)
    found = {**layout.texts, **layout.times, "outcome": layout.outcome}
    found |= {field: column.name for field, column in layout.numbers.items()}
    units = {
        f"{field}_unit": unit
        for field, column in layout.numbers.items()
        for unit, scale in UNITS[field].items()
        if scale == column.scale
    }
    return {field: by_name[name] for field, name in found.items() if name} | units


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
