"""Forms of budgets and webhooks."""

from typing import Any

from django import forms

from apps.accounts.models import Organisation
from apps.budgets.models import Budget
from apps.ingest import selectors


class BudgetForm(forms.ModelForm[Budget]):
    """A budget of one of the organisation's systems."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Budget
        fields = [
            "system",
            "name",
            "metric",
            "covers",
            "per",
            "warn_at",
            "fail_at",
            "judged_on",
            "is_active",
        ]
        help_texts = {
            "warn_at": "In kg CO2e, kWh, L or GPU-hours, as chosen above. Leave it empty for no warning.",
            "fail_at": "In the same unit. A build that asks fails above it.",
            "judged_on": "The upper end is the stricter one: 95 of 100 draws lie below it.",
            "per": "Weeks begin on Monday; all periods are in UTC.",
        }

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.organisation = organisation
        systems: Any = self.fields["system"]
        systems.queryset = selectors.systems(organisation)
        systems.empty_label = None
        systems.to_field_name = "slug"
        if self.instance.pk:
            self.initial["version"] = self.instance.version
            self.initial["system"] = self.instance.system.slug


class WebhookForm(forms.Form):
    """An address to tell."""

    url = forms.URLField(
        label="Address",
        max_length=500,
        assume_scheme="https",
        help_text="HTTPS, on the public internet. It is told when a budget comes near its limit, exceeds it, or no longer does.",
    )
