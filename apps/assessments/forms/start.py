"""Three answers that give a first result."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError

from apps.assessments import selectors
from apps.assessments.forms.fields import NumberField
from apps.assessments.models.quantities import Within
from apps.factors.models import Release

KEYS = {"accelerator": "accelerator", "zone": "zone"}


class StartForm(forms.Form):
    """Quick start: what the system is called, what it was trained on for how long, and where."""

    system_name = forms.CharField(label="AI system", max_length=200)
    accelerator = forms.CharField(
        label="Accelerator",
        max_length=120,
        help_text="What it was trained on. Gives power and embodied impact.",
        widget=forms.TextInput(attrs={"list": "list_accelerator", "autocomplete": "off"}),
    )
    gpu_hours = NumberField(
        label="GPU-hours",
        unit="h",
        validators=[Within("gpu_hours")],
        help_text="Accelerators times hours, of the final training run.",
    )
    zone = forms.CharField(
        label="Country or grid zone",
        max_length=80,
        help_text="Where it was trained. Gives the electricity's carbon and water.",
        widget=forms.TextInput(attrs={"list": "list_zone", "autocomplete": "off"}),
    )
    token = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, release: Release, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.release = release
        self.fields["token"].initial = uuid4()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for field, kind in KEYS.items():
            if cleaned.get(field):
                self._read_key(cleaned, field, kind)
        return cleaned

    def _read_key(self, cleaned: dict[str, Any], field: str, kind: str) -> None:
        try:
            cleaned[field] = selectors.catalogue_key(
                self.release, kind, cleaned[field], field=field
            )
        except selectors.UnknownKey as error:
            self.add_error(field, ValidationError(error.message, code=error.code))
