"""Forms of the review: its five answers, and comments."""

from typing import Any

from django import forms

from apps.disclosures.models import Outcome, Review, ReviewComment
from apps.disclosures.models.review import TESTS
from apps.disclosures.report.sections import SECTIONS

ANSWERS = (("", "Choose"), ("yes", "yes"), ("partly", "partly"), ("no", "no"))


class ReviewForm(forms.ModelForm[Review]):
    """The review's statement with the five tests of ISO 14044, each with an answer and room for why."""

    outcome = forms.ChoiceField(
        label="Conclusion",
        choices=[
            ("", "Choose"),
            (Outcome.PASSED, "The report can be published"),
            (Outcome.CHANGES, "Changes are needed"),
        ],
    )

    class Meta:
        model = Review
        fields = ["name", "affiliation", "level", "standard", "scope", "independence", "opinion"]
        help_texts = {
            "level": "Only what is not an internal check is called independent, on the cover too.",
            "scope": "What was looked at, and what was not.",
            "independence": "Your relation to the organisation and to the people who prepared the report.",
        }
        widgets = {
            "independence": forms.Textarea(attrs={"rows": 3}),
            "opinion": forms.Textarea(attrs={"rows": 4}),
        }

    field_order = ["name", "affiliation", "level", "standard", "scope", "independence"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, text in TESTS:
            self.fields[f"{key}_answer"] = forms.ChoiceField(label=text, choices=ANSWERS)
            self.fields[f"{key}_comment"] = forms.CharField(
                label="Why",
                required=False,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        self.order_fields(
            [
                *self.field_order,
                *(f"{k}_{e}" for k, _ in TESTS for e in ("answer", "comment")),
                "opinion",
                "outcome",
            ]
        )

    def clean(self) -> dict[str, Any]:
        """A review that passes has no test that failed."""
        cleaned: dict[str, Any] = super().clean() or {}
        failed = [key for key, _ in TESTS if cleaned.get(f"{key}_answer") == "no"]
        if failed and cleaned.get("outcome") == Outcome.PASSED:
            self.add_error("outcome", "A test is answered with no, so changes are needed.")
        for key, _ in TESTS:
            if cleaned.get(f"{key}_answer") in {"no", "partly"} and not cleaned.get(
                f"{key}_comment"
            ):
                self.add_error(f"{key}_comment", "Say why.")
        return cleaned

    def signed(self) -> dict[str, Any]:
        """Fields of the review as its service takes them."""
        data = self.cleaned_data
        tests = {
            key: {"answer": data[f"{key}_answer"], "comment": data[f"{key}_comment"]}
            for key, _ in TESTS
        }
        kept = {name: data[name] for name in self._meta.fields or ()}
        return {**kept, "outcome": data["outcome"], "tests": tests}


class CommentForm(forms.ModelForm[ReviewComment]):
    """A comment on a section."""

    section = forms.ChoiceField(label="Section", choices=SECTIONS)

    class Meta:
        model = ReviewComment
        fields = ["section", "figure", "severity", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}


class WordsForm(forms.Form):
    """A response or a resolution."""

    text = forms.CharField(label="Words", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
