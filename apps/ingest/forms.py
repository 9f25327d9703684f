"""The form that takes a file."""

from typing import Any

from django import forms

from apps.accounts.models import Organisation
from apps.assessments.models import AISystem
from apps.ingest import selectors
from apps.ingest.importers import importers


class UploadForm(forms.Form):
    system = forms.ModelChoiceField(
        AISystem.objects.none(),
        to_field_name="slug",
        empty_label=None,
        label="AI system",
        help_text="Whose runs they are.",
    )
    file = forms.FileField(help_text="At most 100 MB. It is kept as evidence.")
    asked_format = forms.ChoiceField(
        label="Format", required=False, help_text="Told by the content, unless you name it."
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        systems: Any = self.fields["system"]
        systems.queryset = selectors.systems(organisation)
        formats: Any = self.fields["asked_format"]
        named = sorted((module.TITLE, name) for name, module in importers().items())
        formats.choices = [("", "by its content"), *((name, title) for title, name in named)]
