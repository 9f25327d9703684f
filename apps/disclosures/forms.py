"""Forms of a report's state."""

from django import forms
from django.core.files.uploadedfile import UploadedFile

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
