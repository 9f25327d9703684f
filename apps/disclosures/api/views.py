"""Freezing assessments over REST, and fetching the reports of their snapshots."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.errors import DomainError
from apps.accounts.rest import ReadOnlyScopedViewSet
from apps.assessments.models import Assessment
from apps.disclosures import services
from apps.disclosures.api import shapes
from apps.disclosures.models import Snapshot


class Pdf(BaseRenderer):
    """Lets a caller ask for a PDF alone; what is answered is made by the view."""

    media_type = "application/pdf"
    format = "pdf"

    def render(self, data: Any, *_args: Any, **_kwargs: Any) -> Any:
        """Pass it on."""
        return data


class SnapshotViewSet(mixins.CreateModelMixin, ReadOnlyScopedViewSet[Snapshot]):
    """Snapshots, newest first; a draft until somebody publishes it on its page."""

    queryset = (
        Snapshot.objects.select_related("assessment")
        .defer("document")
        .order_by("-created_at", "-id")
    )
    serializer_class = shapes.SnapshotSerializer
    http_method_names = ["get", "post", "head"]

    @extend_schema(request=shapes.FreezeSerializer, responses={201: shapes.SnapshotSerializer})
    def create(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """Write an assessment down as it stands; if nothing changed since, its newest snapshot is answered."""
        given = shapes.FreezeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        rows = Assessment.objects.of(self.organisation)
        found = rows.filter(uuid=given.validated_data["assessment"]).first()
        if found is None:
            raise DomainError(
                "There is no such assessment in this organisation.", field="assessment"
            )
        snapshot = services.freeze(assessment=found, actor=self.actor)
        headers = {"Location": f"{request.path}{snapshot.uuid}/"}
        body = self.get_serializer(snapshot).data
        return Response(body, status.HTTP_201_CREATED, headers=headers)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY}, filters=False)
    @action(
        detail=True, methods=["get"], pagination_class=None, renderer_classes=[JSONRenderer, Pdf]
    )
    def pdf(self, _request: Request, **_kwargs: Any) -> HttpResponse:
        """Fetch the report as PDF/A-3a, with its data attached."""
        content = services.pdf_of(snapshot=self.get_object())
        return HttpResponse(content, content_type="application/pdf")

    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def document(self, _request: Request, **_kwargs: Any) -> HttpResponse:
        """Fetch the document that the report is made from, byte for byte as it was hashed."""
        snapshot = self.get_object()
        headers = {"X-Content-SHA256": snapshot.sha256}
        return HttpResponse(snapshot.content, content_type="application/json", headers=headers)
