"""Deployments over REST: rows, one request at widening boundaries, and traces of requests."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.assessments import services
from apps.assessments.api import deployments
from apps.assessments.api.views import PartFilter, RecordViewSet
from apps.assessments.inventory.ladder import ladder
from apps.assessments.models import Deployment


class DeploymentFilter(PartFilter):
    site = filters.UUIDFilter(field_name="site__uuid")

    class Meta:
        model = Deployment
        fields = ["name", "energy_source"]


class DeploymentViewSet(RecordViewSet):
    """Deployments."""

    queryset = Deployment.objects.select_related(
        "assessment", "site", "hardware", "measurement", "fitted"
    ).defer("measurement__document", "fitted__document")
    serializer_class = deployments.DeploymentSerializer
    filterset_class = DeploymentFilter

    @extend_schema(responses={200: {"type": "object", "additionalProperties": True}}, filters=False)
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def boundaries(self, _request: Request, **_kwargs: Any) -> Response:
        """Return one request at widening boundaries: accelerators, server, idle capacity, site, hardware, life cycle."""
        row = self.get_object()
        return Response(ladder(row.assessment, row).to_dict())

    @extend_schema(
        request={"multipart/form-data": deployments.TraceUploadSerializer},
        responses=deployments.DeploymentSerializer,
        filters=False,
    )
    @action(
        detail=True, methods=["post"], parser_classes=[MultiPartParser],
        filterset_class=None, pagination_class=None,
    )  # fmt: skip
    def traffic(self, request: Request, **_kwargs: Any) -> Response:
        """Take a trace, a CSV of time, input_tokens and output_tokens; its means become the deployment's. If-Match names the version."""
        row = self.get_object()
        given = deployments.TraceUploadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.upload_trace(
            deployment=row,
            content=given.validated_data["file"].read(),
            expected_version=self.demanded_by_header(),
            actor=self.actor,
        )
        return Response(self.get_serializer(row).data)
