"""The form that uploads hourly grid factors."""

from typing import Any
from zoneinfo import available_timezones

from django import forms

from apps.assessments.forms.fields import NumberField
from apps.assessments.models import Assessment, GridScope, Site
from apps.assessments.models.quantities import Within

UNITS = ("kg CO2e/kWh", "g CO2e/kWh")


class SeriesForm(forms.Form):
    site = forms.ModelChoiceField(Site.objects.none(), to_field_name="uuid", empty_label=None)
    file = forms.FileField(
        label="File (CSV)",
        help_text="Two columns with a heading: time and factor, an hour a line. Empty factors are missing hours.",
    )
    timezone = forms.CharField(
        label="Time zone of times without offset",
        initial="UTC",
        help_text="A name such as Europe/Paris.",
    )
    unit = forms.ChoiceField(choices=[(unit, unit) for unit in UNITS])
    scope = forms.ChoiceField(
        label="The factors are",
        choices=GridScope.choices,
        required=False,
        initial=GridScope.LIFE_CYCLE,
    )
    gsd = NumberField(
        label="Geometric standard deviation",
        required=False,
        validators=[Within("gsd")],
        help_text="Of an hourly factor, if its source states one.",
    )
    source = forms.CharField(
        max_length=500, help_text="Who publishes these hours, and which edition."
    )

    def __init__(self, *args: Any, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites: Any = self.fields["site"]
        sites.queryset = Site.objects.filter(assessment=assessment).order_by("pk")

    def clean_timezone(self) -> str:
        name: str = self.cleaned_data["timezone"].strip()
        if name not in available_timezones():
            message = f"“{name[:40]}” is not a time zone. Write it like Europe/Paris or UTC."
            raise forms.ValidationError(message, code="unknown_zone")
        return name
