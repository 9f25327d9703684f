"""Probes and measurements over REST."""

from typing import Any

from django.db.models import Prefetch
from drf_spectacular.utils import (
    extend_schema,
)
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Scope
from apps.accounts.rest import ScopedViewSet, StrictModelSerializer
from apps.probes import services
from apps.probes.models import Measurement, ProbeRequest
from lca.measure.plan import MOST_POINTS
from lca.measure.spec import ALL_PRECISIONS, BOUNDS

MANY: dict[str, Any] = {"required": False, "min_length": 1, "max_length": MOST_POINTS}
SHAPE = ("batch_size", "prompt_tokens", "output_tokens", "repeats")


def bounds(name: str) -> dict[str, Any]:
    low, high = BOUNDS[name]
    return {"min_value": int(low), "max_value": int(high)}


class SweepSerializer(serializers.Serializer[dict[str, Any]]):
    """What a sweep varies, every combination of which is measured; what is left out has the probe's one value."""

    precisions = serializers.ListField(child=serializers.ChoiceField(ALL_PRECISIONS), **MANY)
    batches = serializers.ListField(child=serializers.IntegerField(**bounds("batch_size")), **MANY)
    prompts = serializers.ListField(
        child=serializers.IntegerField(**bounds("prompt_tokens")), **MANY
    )
    outputs = serializers.ListField(
        child=serializers.IntegerField(**bounds("output_tokens")), **MANY
    )
    budget_s = serializers.IntegerField(min_value=5, max_value=services.LONGEST_S)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            raise serializers.ValidationError(
                {name: ["Unknown field."] for name in sorted(unknown)}
            )
        values: dict[str, Any] = super().to_internal_value(data)
        return values

    def to_representation(self, instance: dict[str, Any]) -> dict[str, Any]:
        return instance


class UnmeasuredSerializer(serializers.Serializer[dict[str, Any]]):
    """A point of a sweep that was not measured, and why."""

    precision = serializers.CharField()
    batch_size = serializers.IntegerField()
    prompt_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField()
    status = serializers.CharField()
    message = serializers.CharField()


class ProbeSerializer(StrictModelSerializer[ProbeRequest]):
    """A probe: what to measure, where (on the server itself, if no host is named), and how far it has come."""

    elapsed_s = serializers.FloatField(read_only=True, allow_null=True)
    measurement = serializers.UUIDField(
        source="measurement.uuid", read_only=True, allow_null=True, default=None
    )
    sweep = SweepSerializer(required=False, allow_null=True)
    runs: Any = serializers.SlugRelatedField(slug_field="uuid", many=True, read_only=True)
    unmeasured = UnmeasuredSerializer(many=True, read_only=True)

    class Meta:
        model = ProbeRequest
        fields = [
            "uuid",
            "label",
            "preset",
            "precision",
            *SHAPE,
            "time_limit_s",
            "host",
            "device",
            "state",
            "phase",
            "progress",
            "attempts",
            "cancel_requested",
            "message",
            "reference",
            "measurement",
            "sweep",
            "runs",
            "unmeasured",
            "elapsed_s",
            "created_at",
            "started_at",
            "finished_at",
        ]
        read_only_fields = [
            "state",
            "phase",
            "progress",
            "attempts",
            "cancel_requested",
            "message",
            "reference",
            "started_at",
            "finished_at",
        ]
        extra_kwargs = {
            **{name: bounds(name) for name in SHAPE},
            "time_limit_s": {"min_value": 5, "max_value": services.LONGEST_S},
        }

    def create(self, validated_data: dict[str, Any]) -> ProbeRequest:
        return services.request_probe(actor=self.context["actor"], **validated_data)


class StartedByService:
    """Creates through a service, which writes the audit log itself."""

    def perform_create(self, serializer: serializers.BaseSerializer[Any]) -> None:
        serializer.save(organisation=self.organisation)  # type: ignore[attr-defined]  # mixed into a viewset


class ProbeViewSet(StartedByService, ScopedViewSet[ProbeRequest]):
    """Probes: POST starts one, ``cancel`` calls it off."""

    queryset = (
        ProbeRequest.objects.select_related("measurement", "host")
        .prefetch_related(Prefetch("runs", Measurement.objects.only("uuid", "measured_at")))
        .defer("measurement__document")
    )
    serializer_class = ProbeSerializer
    http_method_names = ["get", "post", "head"]
    filterset_fields = ["state", "preset", "precision"]
    write_scope = Scope.PROBE
    accepts_many = False

    @extend_schema(request=None, responses=ProbeSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, _request: Request, **_kwargs: Any) -> Response:
        """Call a probe off."""
        probe = services.cancel(request=self.get_object(), actor=self.actor)
        return Response(self.get_serializer(probe).data)
