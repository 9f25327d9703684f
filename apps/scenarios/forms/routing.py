"""What the page of routing asks: labelled queries, a budget, and energies where the queries hold none."""

from typing import Any

from django import forms

from apps.scenarios.routing import energies

LONGEST_ENERGIES = 1_000


class RoutingForm(forms.Form):
    """A question to the router."""

    MEASURED = {"budget": "of the dearest model's energy"}
    file = forms.FileField(
        label="Labelled queries",
        help_text="CSV: a text (or columns feature_…), <model>_correct or <model>_quality for each model, <model>_energy_j where measured, and a subject or group.",
    )
    name = forms.CharField(label="Name", max_length=80)
    budget = forms.FloatField(label="Budget", min_value=0.001, max_value=1, initial=0.6)
    folds = forms.IntegerField(
        label="Folds",
        min_value=2,
        max_value=10,
        initial=5,
        help_text="Parts of the queries that are held out in turn.",
    )
    energy = forms.CharField(
        label="Joules of a query",
        required=False,
        max_length=LONGEST_ENERGIES,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "placeholder": "small=40\nlarge=400"}),
        help_text="A line a model, in place of the file's. Where nothing says them, ratios of 2 to 20 between two models are tried.",
    )  # fmt: skip

    def pairs(self) -> list[tuple[Any, str]]:
        """Return each field with the unit beside it."""
        return [(field, self.MEASURED.get(field.name, "")) for field in self]

    def clean_energy(self) -> list[str]:
        """Return the energies, each as ``MODEL=J``."""
        return energies.listed(self.cleaned_data["energy"])
