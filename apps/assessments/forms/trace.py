"""The form that uploads a trace of requests."""

from django import forms


class TraceForm(forms.Form):
    file = forms.FileField(
        label="Trace (CSV)",
        help_text="A heading with time, input_tokens and output_tokens; a request a line. Prompts are not wanted.",
    )
