"""``/api/v1/own-factors/``: an organisation's own factors, with their evidence."""

from typing import Any, ClassVar

from django.http import HttpResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.accounts import services as accounts
from apps.accounts.rest import ScopedViewSet, StrictModelSerializer
from apps.accounts.rest.fields import StrictFloatField
from apps.accounts.rest.problems import BadRequest
from apps.factors import downloads, services
from apps.factors.indicators import Kind
from apps.factors.models import OwnFactor
from apps.factors.rules import MOST_OBSERVED


class OwnFactorSerializer(StrictModelSerializer[OwnFactor]):
    """A factor of the organisation; value and range come back in the library's unit."""

    class Meta:
        model = OwnFactor
        fields = [
            *("uuid", "version", "created_at", "updated_at", "kind", "key", "name", "indicator"),
            *("value", "low", "high", "gsd", "distribution", "observed", "unit"),
            *("scope", "year"),
            *("source_text", "source_url", "licence", "note", "choice"),
            *("evidence_name", "evidence_type", "evidence_sha256", "evidence_size"),
        ]
        read_only_fields = ["evidence_name", "evidence_type", "evidence_sha256", "evidence_size"]
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "choice": {"help_text": "What names this value among its rivals."}
        }

    choice = serializers.CharField(read_only=True)
    observed = serializers.ListField(
        child=StrictFloatField(),
        required=False,
        max_length=MOST_OBSERVED,
        help_text="For an empirical distribution: at least two values, in the same unit.",
    )

    def create(self, validated_data: dict[str, Any]) -> OwnFactor:
        validated_data.pop("version", None)
        return services.add(factor=OwnFactor(**validated_data), actor=self.context["actor"])

    def update(self, instance: OwnFactor, validated_data: dict[str, Any]) -> OwnFactor:
        expected = validated_data.pop("version", None) or 0
        for name, value in validated_data.items():
            setattr(instance, name, value)
        return services.change(
            factor=instance, expected_version=expected, actor=self.context["actor"]
        )


class OwnFactorFilter(filters.FilterSet):  # type: ignore[misc]  # the library is untyped
    kind = filters.ChoiceFilter(choices=Kind.choices)

    class Meta:
        model = OwnFactor
        fields = ["kind", "key", "indicator"]


class OwnFactorViewSet(ScopedViewSet[OwnFactor]):
    """Factors that the organisation adds for itself; ``evidence`` takes and gives the file behind one."""

    queryset = OwnFactor.objects.select_related("organisation")
    serializer_class = OwnFactorSerializer
    filterset_class = OwnFactorFilter
    accepts_many = False

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        serializer.save(organisation=self.organisation)

    def perform_destroy(self, instance: OwnFactor) -> None:
        expected = self.expected_by_header()
        if expected is not None:
            accounts.demand_version(instance, expected)
        services.remove(factor=instance, actor=self.actor)

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}, filters=False
    )
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def evidence(self, _request: Request, **_kwargs: Any) -> HttpResponse:
        """Return the evidence as a download."""
        return downloads.evidence_of(self.get_object())

    @extend_schema(
        request={
            "multipart/form-data": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
                "required": ["file"],
            }
        },
        responses=OwnFactorSerializer,
        filters=False,
    )
    @evidence.mapping.post
    def attach_evidence(self, request: Request, **_kwargs: Any) -> Response:
        """Attach a file, at most 5 MB, in place of the one before; If-Match names the version."""
        factor, file = self.get_object(), request.FILES.get("file")
        if file is None:
            raise BadRequest("Send the file as the form field “file”.", code="file_needed")
        services.attach(
            factor=factor,
            file=file,
            name=file.name or "",
            expected_version=self.demanded_by_header(),
            actor=self.actor,
        )
        return Response(self.get_serializer(factor).data)

    def get_parsers(self) -> list[Any]:
        """Evidence comes as a form; all else as JSON."""
        is_upload = getattr(self, "action_map", {}).get("post") == "attach_evidence"
        return [MultiPartParser()] if is_upload else super().get_parsers()
