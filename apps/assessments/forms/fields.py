"""Fields that say what is wrong with a number in words, and a form that every record shares."""

import math
import re
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property

from apps.assessments import selectors
from apps.assessments.models import QUANTITIES, AISystem, Assessment, Hardware, Part, Site
from apps.assessments.models.quantities import Within
from apps.probes.models import FitState, FittedProfile, Measurement

SPACES = dict.fromkeys(map(ord, " \u00a0\u2009\u202f_"))
BLANK = "not declared"
LONGEST_WHOLE = 24


class NumberField(forms.FloatField):
    """A decimal number, written with a point; spaces between thousands are welcome."""

    widget = forms.TextInput

    def __init__(self, *, unit: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.unit = unit
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> float | None:  # type: ignore[override]  # as in Django's own FloatField
        text = str(value if value is not None else "").translate(SPACES)
        if text in self.empty_values:
            return None
        try:
            number = float(text)
        except ValueError:
            msg = f"“{str(value)[:40]}” is not a number. Write it like 1234.5."
            raise ValidationError(msg, code="not_a_number") from None
        if not math.isfinite(number):
            raise ValidationError("Enter a finite number.", code="not_finite")
        return number

    def prepare_value(self, value: Any) -> Any:
        return f"{value:.12g}" if isinstance(value, float) else value


class WholeNumberField(forms.IntegerField):
    """A whole number; spaces between thousands are welcome."""

    widget = forms.TextInput

    def __init__(self, *, unit: str = "", **options: Any) -> None:
        options.pop("min_value", None)  # the quantity's own limits speak a clearer language
        options.pop("max_value", None)
        super().__init__(**options)
        self.unit = unit
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def to_python(self, value: Any) -> int | None:
        text = str(value if value is not None else "").translate(SPACES)
        if text in self.empty_values:
            return None
        if not re.fullmatch(r"[+-]?[0-9]+", text) or len(text) > LONGEST_WHOLE:
            msg = f"“{str(value)[:40]}” is not a whole number. Write it like 12000."
            raise ValidationError(msg, code="not_a_number")
        return int(text)


def form_field(field: Any, **options: Any) -> Any:
    """Make the form field of a model field; numbers carry their unit and limits."""
    within = next((v for v in getattr(field, "_validators", ()) if isinstance(v, Within)), None)
    if within is not None:
        kind = NumberField if isinstance(field, models.FloatField) else WholeNumberField
        unit = QUANTITIES[within.quantity].unit
        return field.formfield(form_class=kind, unit=unit, validators=[within], **options)
    if isinstance(field, models.FloatField):
        return field.formfield(form_class=NumberField, **options)
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        options["widget"] = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    elif isinstance(field, models.DateTimeField):
        options["widget"] = forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        )
    elif isinstance(field, models.URLField):
        options["assume_scheme"] = "https"
    elif isinstance(field, models.TextField):
        options["widget"] = forms.Textarea(attrs={"rows": 3})
    return field.formfield(**options)


class Options:
    """What the forms of one page may offer; each list is read once, however many forms there are."""

    def __init__(self, assessment: Assessment) -> None:
        self.assessment = assessment

    @cached_property
    def site(self) -> list[tuple[str, str]]:
        return _named(Site.objects.filter(assessment=self.assessment))

    @cached_property
    def hardware(self) -> list[tuple[str, str]]:
        return _named(Hardware.objects.filter(assessment=self.assessment))

    @cached_property
    def measurement(self) -> list[tuple[str, str]]:
        rows = Measurement.objects.of(self.assessment.organisation).order_by("-created_at")
        return [(str(row.uuid), _measured(row)) for row in rows]

    @cached_property
    def fitted(self) -> list[tuple[str, str]]:
        rows = FittedProfile.objects.of(self.assessment.organisation).filter(state=FitState.READY)
        return [(str(uuid), label) for uuid, label in rows.values_list("uuid", "label")]


def _named(rows: Any) -> list[tuple[str, str]]:
    return [(str(uuid), name) for uuid, name in rows.order_by("pk").values_list("uuid", "name")]


def _measured(row: Measurement) -> str:
    """Say what was measured, how much it was, and how sure it is."""
    low, high = row.decode_j_per_token_p05, row.decode_j_per_token_p95
    interval = f" ({low:.3g} to {high:.3g})" if low and high else ""
    figure = f": {row.decode_j_per_token:.3g} J per output token{interval}"
    return f"{row}{figure if row.decode_j_per_token else ''}, {row.provenance}"


class RecordForm(forms.ModelForm[Any]):
    """A form of one record: it carries the version that was read, and a token that makes a double click harmless."""

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    token = forms.UUIDField(required=False, widget=forms.HiddenInput)
    essential: ClassVar[tuple[str, ...]] = ()
    catalogue: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, options: Options | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.element_key = ""
        self.stand_ins: Mapping[str, object] = {}
        record = self.instance
        self.fields["version"].initial = record.version if record.pk else None
        self.fields["token"].initial = None if record.pk else uuid4()
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField) and options:
                self._offer(name, field, options)
            if isinstance(field.widget, forms.TextInput) and name in self.catalogue:
                field.widget.attrs["list"] = f"list_{self.catalogue[name]}"
                field.widget.attrs["autocomplete"] = "off"

    def _offer(self, name: str, field: "forms.ModelChoiceField[Any]", options: Options) -> None:
        """Offer only rows of this assessment (measurements and fits: of its organisation), listed once."""
        owner: dict[str, Any] = {"assessment": options.assessment}
        if field.queryset is not None and field.queryset.model in (Measurement, FittedProfile):
            owner = {"organisation": options.assessment.organisation}
        if field.queryset is not None:
            field.queryset = field.queryset.model._default_manager.filter(**owner)  # noqa: SLF001 - Django's public name for it
        field.to_field_name = "uuid"
        empty = [] if field.required and getattr(options, name) else [("", BLANK)]
        field.choices = [*empty, *getattr(options, name)]
        related = getattr(self.instance, name, None) if self.instance.pk or self.initial else None
        if related is not None:
            self.initial[name] = str(related.uuid)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.instance.pk and cleaned.get("token"):
            self.instance.uuid = cleaned["token"]
        for field, kind in self.catalogue.items():
            self._read_key(cleaned, field, kind)
        return cleaned

    def _update_errors(self, errors: ValidationError) -> None:
        """Add what the record itself refuses, except at fields that are at fault already."""
        if hasattr(errors, "error_dict"):
            errors.error_dict = {
                name: found for name, found in errors.error_dict.items() if name not in self.errors
            }
        super()._update_errors(errors)  # type: ignore[misc]  # the stubs leave it out

    def _read_key(self, cleaned: dict[str, Any], field: str, kind: str) -> None:
        if not cleaned.get(field):
            return
        release = self.instance.assessment.release
        try:
            cleaned[field] = selectors.catalogue_key(release, kind, cleaned[field], field=field)
        except selectors.UnknownKey as error:
            self.add_error(field, ValidationError(error.message, code=error.code))

    @property
    def record(self) -> AISystem | Assessment | Part:
        record: AISystem | Assessment | Part = self.instance
        return record

    def shown(self) -> list[forms.BoundField]:
        """Fields that always show."""
        return [field for field in self.visible_fields() if field.name in self.essential]

    def folded(self) -> list[forms.BoundField]:
        """Further fields, each of which narrows the interval or documents it."""
        return [field for field in self.visible_fields() if field.name not in self.essential]

    def folded_open(self) -> bool:
        """Whether a folded field holds an error, so that it must be seen."""
        return any(field.errors for field in self.folded())
