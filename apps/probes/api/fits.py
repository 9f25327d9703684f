"""Profiles fitted on an organisation's measurements, over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.models import Scope
from apps.accounts.rest import ScopedViewSet, StrictModelSerializer
from apps.probes import services
from apps.probes.api.probes import StartedByService
from apps.probes.models import FittedProfile


class LeftOutSerializer(serializers.Serializer[dict[str, str]]):
    """A measurement that the fit does not take, and why."""

    uuid = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field by this name, not the serializer's own label
    reason = serializers.CharField()


@extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
class FitField(serializers.JSONField):
    """A fit as ``python -m lca.measure fit`` writes it; null until it is made."""


class FittedProfileSerializer(StrictModelSerializer[FittedProfile]):
    """A fit: what it was made from, and how far it is off on measurements of models that it never saw."""

    document = FitField(read_only=True)
    left_out = LeftOutSerializer(many=True, read_only=True)

    class Meta:
        model = FittedProfile
        fields = [
            "uuid",
            "label",
            "with_modelled",
            "state",
            "message",
            "rows",
            "own_rows",
            "left_out",
            "starts_from",
            "error",
            "error_before",
            "created_at",
            "fitted_at",
            "document",
        ]
        read_only_fields = [name for name in fields if name not in {"label", "with_modelled"}]
        extra_kwargs = {"label": {"required": False, "allow_blank": True}}

    def create(self, validated_data: dict[str, Any]) -> FittedProfile:
        return services.request_fit(actor=self.context["actor"], **validated_data)


class FittedProfileViewSet(StartedByService, ScopedViewSet[FittedProfile]):
    """Fitted profiles: POST fits on this organisation's measurements."""

    queryset = FittedProfile.objects.all()
    serializer_class = FittedProfileSerializer
    http_method_names = ["get", "post", "head"]
    filterset_fields = ["state"]
    write_scope = Scope.PROBE
    accepts_many = False
