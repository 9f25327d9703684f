"""The form of an organisation's own factor."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from apps.factors.indicators import INDICATORS, Kind
from apps.factors.models import OwnFactor
from apps.factors.rules import MOST_OBSERVED

EVIDENCE_HELP = "PDF, PNG, JPEG, .xlsx or plain text, at most 5 MB: the page that shows the number."
DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}


def form_field(field: "models.Field[Any, Any]", **options: Any) -> forms.Field | None:
    """Form field of a model's field; an address without a scheme is read as https."""
    if isinstance(field, models.URLField):
        options["assume_scheme"] = "https"
    return field.formfield(**options)


def indicator_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Indicators grouped by kind; the value names both, so that no script is needed to match them."""
    return [
        (
            str(kind.label),
            [
                (f"{kind.value}/{name}", f"{row.label} [{row.unit or 'unit of the row'}]")
                for name, row in INDICATORS[kind].items()
            ],
        )
        for kind in Kind
    ]


class ObservedField(forms.CharField):
    """A list of numbers, apart by white space or semicolons."""

    def prepare_value(self, value: Any) -> Any:
        return " ".join(f"{number:.15g}" for number in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        words = (super().to_python(value) or "").replace(";", " ").split()
        if len(words) > MOST_OBSERVED:
            msg = f"{len(words)} values are too many; give at most {MOST_OBSERVED}."
            raise ValidationError(msg)
        return [_read(word) for word in words]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))


def _read(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        msg = f"“{word}” is not a number; write a decimal point, and a space between two numbers."
        raise ValidationError(msg) from None


class OwnFactorForm(forms.ModelForm[OwnFactor]):
    """Add or edit a factor; the model and the service check what it says."""

    observed = ObservedField(
        label="Observed values",
        required=False,
        widget=forms.Textarea({"rows": 2, **DECIMAL}),
        help_text="For an empirical distribution: at least two, apart by spaces or semicolons, in the same unit;"
        " the value lies among them.",
    )
    measures = forms.ChoiceField(label="What it measures")
    file = forms.FileField(label="Evidence", required=False, help_text=EVIDENCE_HELP)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    uuid = forms.UUIDField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = OwnFactor
        fields = [
            *("key", "name", "value", "unit", "distribution", "gsd", "low", "high"),
            "observed",
            *("scope", "year", "source_text", "source_url", "licence", "note"),
        ]
        widgets = {
            "value": forms.TextInput(DECIMAL),
            "low": forms.TextInput(DECIMAL),
            "high": forms.TextInput(DECIMAL),
            "gsd": forms.TextInput(DECIMAL),
            "note": forms.Textarea({"rows": 3}),
        }
        formfield_callback = form_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row: OwnFactor = self.instance
        measures = self.fields["measures"]
        measures.choices = [("", "choose"), *indicator_choices()]  # type: ignore[attr-defined]  # it is a choice field
        self.fields["uuid"].initial = row.uuid
        if row.pk:
            measures.initial = f"{row.kind}/{row.indicator}"
            self.fields["version"].initial = row.version
            del self.fields["uuid"]
        elif row.kind and row.indicator:
            measures.initial = f"{row.kind}/{row.indicator}"
        self.order_fields(["measures"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("measures"):
            self.instance.kind, self.instance.indicator = cleaned["measures"].split("/", 1)
        if not self.instance.pk and cleaned.get("uuid"):
            self.instance.uuid = cleaned["uuid"]
        return cleaned

    def _post_clean(self) -> None:
        """Put the values on the row; the service validates it, once."""
        for name in self._meta.fields or ():
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])
