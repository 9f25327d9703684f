"""Probes and measurements over REST."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from drf_spectacular.utils import (
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Scope
from apps.accounts.rest import ScopedViewSet, StrictModelSerializer
from apps.probes import services
from apps.probes.models import Measurement, ProbeRequest, ServedMeasurement
from lca.measure.document import schema
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


@extend_schema_field({"oneOf": [schema("measurement"), schema("sweep"), schema("endpoint")]})
class DocumentField(serializers.JSONField):
    """A document as ``python -m lca.measure`` writes it."""


class MeasurementSerializer(StrictModelSerializer[Measurement]):
    """A measurement's figures, with its document."""

    document = DocumentField()

    class Meta:
        model = Measurement
        fields = [
            "uuid",
            "label",
            "model_name",
            "precision",
            "device",
            "meter",
            "boundary",
            "is_modelled",
            "provenance",
            "measured_at",
            "prefill_j_per_token",
            "prefill_j_per_token_p05",
            "prefill_j_per_token_p95",
            "decode_j_per_token",
            "decode_j_per_token_p05",
            "decode_j_per_token_p95",
            "idle_w",
            "sha256",
            "host",
            "host_device",
            "load",
            "created_at",
            "document",
        ]
        read_only_fields = [name for name in fields if name not in {"label", "document"}]
        extra_kwargs = {"label": {"required": False, "allow_blank": True}}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Leave everything to the service, which checks the document itself."""
        return attrs


class ServedSerializer(StrictModelSerializer[ServedMeasurement]):
    """A measurement of a server under load, with its document."""

    document = serializers.JSONField(read_only=True)

    class Meta:
        model = ServedMeasurement
        fields = [
            "uuid",
            "label",
            "model_name",
            "device",
            "meter",
            "boundary",
            "is_modelled",
            "provenance",
            "measured_at",
            "concurrency",
            "requests",
            "error_share",
            "j_per_request",
            "j_per_request_p05",
            "j_per_request_p95",
            "j_per_output_token",
            "j_per_output_token_p05",
            "j_per_output_token_p95",
            "idle_w",
            "sha256",
            "created_at",
            "document",
        ]
        read_only_fields = fields


class RecordedSerializer(serializers.Serializer[services.Recorded]):
    """What the document of a sweep brought: its runs, and the points that were not measured."""

    runs = serializers.SerializerMethodField()
    unmeasured = UnmeasuredSerializer(many=True, read_only=True)

    def get_runs(self, recorded: services.Recorded) -> list[UUID]:
        return [run.uuid for run in recorded.runs]


RECORDED = PolymorphicProxySerializer(
    component_name="RecordedDocument",
    serializers=[MeasurementSerializer, ServedSerializer, RecordedSerializer],
    resource_type_field_name=None,
)


class MeasurementLineSerializer(MeasurementSerializer):
    """A measurement's figures, without its document."""

    document = None  # type: ignore[assignment]  # removes the inherited field

    class Meta(MeasurementSerializer.Meta):
        fields = [name for name in MeasurementSerializer.Meta.fields if name != "document"]


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


@extend_schema_view(create=extend_schema(responses={201: RECORDED}))
class MeasurementViewSet(ScopedViewSet[Measurement]):
    """Measurements: POST records a document of ``lca.measure`` once: a run, a sweep with its runs, or a server's."""

    queryset = Measurement.objects.select_related("host")
    serializer_class = MeasurementSerializer
    http_method_names = ["get", "post", "head"]
    filterset_fields = ["precision", "provenance", "meter", "boundary", "model_name"]
    write_scope = Scope.PROBE
    accepts_many = False

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows.defer("document") if self.action == "list" else rows

    def get_serializer_class(self) -> type[MeasurementSerializer]:
        return MeasurementLineSerializer if self.action == "list" else MeasurementSerializer

    def _create(self) -> Response:
        """Record a document; its ``schema`` says which kind it is."""
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        recorded = services.record_document(
            organisation=self.organisation, actor=self.actor, **serializer.validated_data
        )
        if recorded.is_sweep:
            return Response(RecordedSerializer(recorded).data, status=201)
        if recorded.served is not None:
            context = self.get_serializer_context()
            return Response(ServedSerializer(recorded.served, context=context).data, status=201)
        shown = self.get_serializer(recorded.runs[0])
        return Response(shown.data, status=201, headers=self._location(shown))


class ServedViewSet(ScopedViewSet[ServedMeasurement]):
    """Measurements of servers under load, as POST to measurements recorded them."""

    queryset = ServedMeasurement.objects.all()
    serializer_class = ServedSerializer
    http_method_names = ["get", "head"]
    filterset_fields = ["provenance", "meter", "boundary", "model_name"]
