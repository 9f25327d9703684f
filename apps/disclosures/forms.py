"""Forms of a report's state."""

from django import forms


class WithdrawForm(forms.Form):
    """Why a published report is taken back; printed on its page."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        help_text="Printed on the public page, beside the figures.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
