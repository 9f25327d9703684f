"""Forms of what a report says besides figures."""

from typing import Any

from django import forms

from apps.assessments.models import Assessment
from apps.disclosures.models import Disclosure, EvidenceFile
from apps.disclosures.report.wording import FIXED

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Who answers for it", ("contact", "accountable_person", "commissioner", "practitioner")),
    ("For whom and why", ("audience", "applications", "purpose", "period_note")),
    (
        "The model",
        ("model_version", "model_hash", "quality_metric", "reasoning_tokens", "tool_calls"),
    ),
    (
        "Compute, for the EU’s form and SCI for AI",
        ("training_tokens", "training_flop", "training_days", "inference_flop", "compute_method"),
    ),
    ("Cut-off", ("cut_off", "cut_off_percent", "second_order")),
    ("Interpretation", ("conclusions", "limitations", "actions")),
    ("The report", ("licence", "language", "valid_years", "restatement_percent", "accent")),
    ("Fixed sentences", ("relative_wording", "comparability_wording", "electricity_wording")),
)
UNITS = {
    "training_tokens": "tokens",
    "training_flop": "FLOP",
    "training_days": "days",
    "inference_flop": "FLOP",
    "cut_off_percent": "%",
    "valid_years": "years",
    "restatement_percent": "%",
}
HELP = {
    "contact": "An address that readers can write to; it is printed.",
    "model_hash": "A SHA-256 of the weights, or the address of the endpoint.",
    "period_note": "Only where the study has no period; else give it under goal and functional unit.",
    "applications": "What the results are to be used for.",
    "reasoning_tokens": "Tokens that the model writes and the user does not see. 0 if there are none.",
    "compute_method": "Such as 6 × parameters × tokens, with the definition of utilisation that it rests on.",
    "inference_flop": "For a stated task, such as 100 000 tokens on 64 accelerators; name it beside.",
    "cut_off": "What may be left out, and by which measure.",
    "cut_off_percent": "Of the emissions, as well as you can judge. 0 only if nothing is left out.",
    "second_order": "Rebound, substitution, enabling effects; or that they were not looked at.",
    "restatement_percent": "A correction that moves a headline further is shown as a restatement.",
    "accent": "# and six digits, such as #882255. Leave it empty for Cradle’s own.",
    "language": "Of the report’s page and PDF; what you write stays as you write it.",
    "licence": "Under which others may use the report.",
}
LONG = (
    "audience",
    "applications",
    "purpose",
    "compute_method",
    "cut_off",
    "second_order",
    "conclusions",
    "limitations",
    "actions",
    *FIXED,
)
LIGHTEST = 4.5  # contrast with paper that WCAG 2.2 asks of text


class ParticularsForm(forms.ModelForm[Disclosure]):
    """Particulars, in groups; the fixed sentences may be reworded, which the report then says."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Disclosure
        fields = [name for _, names in GROUPS for name in names]
        help_texts = HELP
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in LONG}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        for name, text in FIXED.items():
            self.fields[
                name
            ].help_text = f"Leave it empty for: “{text}” A sentence of your own is printed as reworded, and kept in the audit log."

    def groups(self) -> list[dict[str, Any]]:
        """Fields with their units, as the page shows them."""
        return [
            {
                "title": title,
                "fields": [{"field": self[name], "unit": UNITS.get(name, "")} for name in names],
            }
            for title, names in GROUPS
        ]

    def clean_accent(self) -> str:
        """Refuse a colour that cannot be read on paper."""
        accent: str = self.cleaned_data["accent"]
        if accent and contrast_with_white(accent) < LIGHTEST:
            msg = f"This is too light to be read on paper: a contrast of {contrast_with_white(accent):.1f}, and 4.5 is needed."
            raise forms.ValidationError(msg)
        return accent


def contrast_with_white(colour: str) -> float:
    """Contrast of a colour with white, by WCAG 2.2."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]  # noqa: PLR2004  # sRGB
    luminance = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (luminance + 0.05)


class LogoForm(forms.Form):
    """A logo for cover and page."""

    logo = forms.FileField(label="Logo", help_text="PNG, JPEG or WebP, at most 2 MB.")


class EvidenceForm(forms.ModelForm[EvidenceFile]):
    """A file of evidence."""

    sent = forms.FileField(
        label="File",
        help_text="PDF, PNG, JPEG, a workbook without macros, or plain text; at most 5 MB.",
    )

    class Meta:
        model = EvidenceFile
        fields = ["title", "kind", "supports", "period_start", "period_end", "confidentiality"]
        help_texts = {"supports": "The run, site or figure that it stands behind."}
        widgets = {
            "period_start": forms.DateInput(attrs={"type": "date"}),
            "period_end": forms.DateInput(attrs={"type": "date"}),
        }

    def __init__(self, *args: Any, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.assessment, self.instance.organisation = assessment, assessment.organisation
