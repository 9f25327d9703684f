"""Shape of a deployment over REST."""

from rest_framework import serializers

from apps.assessments.api.serializers import OUTSIDE, PartSerializer
from apps.assessments.models import Deployment


class DeploymentSerializer(PartSerializer[Deployment]):
    """A deployment and the energy of its tokens."""

    class Meta:
        model = Deployment
        fields = [
            *OUTSIDE,
            "assessment",
            "name",
            "site",
            "hardware",
            "period_start",
            "period_end",
            "requests",
            "request_rate",
            "tokens_in",
            "tokens_out",
            "energy_source",
            "joules_per_output_token",
            "joules_per_input_token",
            "energy_scope",
            "energy_provenance",
            "measurement",
            "batch_size",
            "precision",
            "accelerators",
            "fitted",
            "cached_share",
            "idle_share",
            "accelerator_hours",
            "pieces",
            "joules_per_piece",
            "pixels_wide",
            "pixels_high",
            "frames",
            "frame_rate",
            "steps",
            "traffic",
            "source",
        ]
        read_only_fields = ["traffic"]


class TraceUploadSerializer(serializers.Serializer[Deployment]):
    """A trace of requests as a file."""

    file = serializers.FileField()
