"""Forms of services that are followed."""

from typing import Any

from django import forms

from apps.accounts.models import Organisation
from apps.assessments.models import AISystem, Deployment
from apps.ingest.selectors import systems
from apps.live import selectors


class FollowForm(forms.Form):
    """A service to follow."""

    system = forms.ModelChoiceField(
        AISystem.objects.none(), to_field_name="slug", empty_label=None, label="AI system"
    )
    name = forms.CharField(
        max_length=120, label="Name of the service", help_text="Such as chat, production."
    )
    deployment = forms.ModelChoiceField(
        Deployment.objects.none(),
        to_field_name="uuid",
        required=False,
        empty_label="none yet: tokens are counted, not valued",
        label="Valued by",
        help_text="The deployment of an assessment whose energy per token and site hold for it.",
    )
    metrics_url = forms.URLField(
        max_length=500,
        required=False,
        assume_scheme="https",
        label="Prometheus address",
        help_text="Fetched four times a minute, such as https://host/metrics of vLLM or TGI. A private network must be allowed by whoever runs this server. Leave it empty where an OpenTelemetry exporter pushes.",
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["system"].queryset = systems(organisation)
        fields["deployment"].queryset = selectors.deployments(organisation)
        fields["deployment"].label_from_instance = named


class ValueForm(forms.Form):
    """Another deployment to value a service by."""

    deployment = forms.ModelChoiceField(
        Deployment.objects.none(),
        to_field_name="uuid",
        required=False,
        empty_label="none: tokens are counted, not valued",
        label="Valued by",
        help_text="Holds for what arrives from now on; hours that are past keep their values.",
    )

    def __init__(self, *args: Any, system: AISystem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["deployment"]
        rows = selectors.deployments(system.organisation)
        field.queryset = rows.filter(assessment__system=system)
        field.label_from_instance = named


def named(row: Deployment) -> str:
    """A deployment with its assessment and system."""
    return f"{row.assessment.system.name}, {row.assessment.title}: {row.name}"
