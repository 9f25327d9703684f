"""The form in which an assessment departs from the library's choice of a source."""

from collections.abc import Sequence
from typing import Any

from django import forms


class SourceForm(forms.Form):
    source = forms.CharField()
    reason = forms.CharField(
        max_length=500,
        required=False,
        label="Why this source",
        help_text="The report prints it. The library's own choice needs none.",
        widget=forms.TextInput,
    )

    def __init__(self, *args: Any, rivals: Sequence[str], library: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rivals, self.library = rivals, library

    def clean_source(self) -> str:
        source: str = self.cleaned_data["source"]
        if source not in self.rivals:
            raise forms.ValidationError("Choose one of the sources of the list.", code="unknown")
        return source

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        departs = cleaned.get("source") not in {None, self.library}
        if departs and not cleaned.get("reason", "").strip():
            self.add_error("reason", "Say why this source is the better one for this study.")
        return cleaned
