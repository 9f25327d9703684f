"""Forms of a report's state."""

from django import forms
from django.core.files.uploadedfile import UploadedFile

from apps.disclosures.models import ChangeKind

MOST_MB = 30


class WithdrawForm(forms.Form):
    """Why a published report is taken back; printed on its page."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        help_text="Printed on the public page, beside the figures.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class VerifyForm(forms.Form):
    """A file that claims to be a report."""

    file = forms.FileField(
        label="PDF or JSON of a report", help_text=f"At most {MOST_MB} MB. It is not kept."
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse a file that is larger than any report."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_MB * 1_000_000:
            msg = f"It is larger than {MOST_MB} MB, which no report is."
            raise forms.ValidationError(msg)
        return file


class SubmitForm(forms.Form):
    """Why there is another report; the first one needs no reason."""

    kind = forms.ChoiceField(
        label="This report",
        choices=[
            (ChangeKind.CORRECTION, "corrects the report before it"),
            (ChangeKind.PERIOD, "covers a new period"),
        ],
    )
    reason = forms.CharField(
        label="Why",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Method, activity data, factors, an error or the boundary: printed in the report.",
    )
