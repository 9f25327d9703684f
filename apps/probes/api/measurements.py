"""Measurements over REST: runs, sweeps and servers, recorded from documents."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import (
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.response import Response

from apps.accounts.models import Scope
from apps.accounts.rest import ScopedViewSet, StrictModelSerializer
from apps.probes import services
from apps.probes.api.probes import UnmeasuredSerializer
from apps.probes.models import Measurement, ServedMeasurement
from lca.measure.document import schema


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
