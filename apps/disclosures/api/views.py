"""Freezing assessments over REST, and fetching the reports of their snapshots."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.errors import DomainError
from apps.accounts.rest import ReadOnlyScopedViewSet, ScopedViewSet
from apps.assessments.models import Assessment
from apps.disclosures import exports, gate, services
from apps.disclosures.api import shapes
from apps.disclosures.models import Disclosure, Snapshot


class Pdf(BaseRenderer):
    """Lets a caller ask for a PDF alone; what is answered is made by the view."""

    media_type = "application/pdf"
    format = "pdf"

    def render(self, data: Any, *_args: Any, **_kwargs: Any) -> Any:
        """Pass it on."""
        return data


class Anything(Pdf):
    """Lets a caller ask for whatever the file is."""

    media_type = "*/*"
    format = "file"


class SnapshotViewSet(mixins.CreateModelMixin, ReadOnlyScopedViewSet[Snapshot]):
    """Snapshots, newest first; published once they are reviewed and approved by others than who prepared them."""

    queryset = (
        Snapshot.objects.select_related("assessment")
        .defer("document")
        .order_by("-created_at", "-id")
    )
    serializer_class = shapes.SnapshotSerializer
    http_method_names = ["get", "post", "head"]

    @extend_schema(request=shapes.FreezeSerializer, responses={201: shapes.SnapshotSerializer})
    def create(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """Write an assessment down as it stands; if nothing changed since, its newest snapshot is answered.

        Whoever submits a report can neither review nor approve it; those two are given on its pages, by people.
        """
        given = shapes.FreezeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        found = self._assessment(data["assessment"])
        if data["submit"]:
            snapshot = services.submit(
                assessment=found, actor=self.actor, kind=data["kind"], reason=data["reason"]
            )
        else:
            snapshot = services.freeze(assessment=found, actor=self.actor)
        headers = {"Location": f"{request.path}{snapshot.uuid}/"}
        body = self.get_serializer(snapshot).data
        return Response(body, status.HTTP_201_CREATED, headers=headers)

    def _assessment(self, uuid: UUID) -> Assessment:
        found = Assessment.objects.of(self.organisation).filter(uuid=uuid).first()
        if found is None:
            msg = "There is no such assessment in this organisation."
            raise DomainError(msg, field="assessment")
        return found

    @extend_schema(request=None, responses={200: shapes.SnapshotSerializer})
    @action(detail=True, methods=["post"], pagination_class=None)
    def publish(self, _request: Request, **_kwargs: Any) -> Response:
        """Publish an approved report, for good; review and approval are given on its pages, by people."""
        snapshot = services.publish(snapshot=self.get_object(), actor=self.actor)
        return Response(self.get_serializer(snapshot).data)

    @extend_schema(responses={200: shapes.ChecklistSerializer}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def checklist(self, _request: Request, **_kwargs: Any) -> Response:
        """Tell what the report must have and what would make it complete."""
        found = gate.checks(self.get_object().content)
        body = {
            "can_be_published": all(check.passed for check in found if check.is_required),
            "completeness": gate.completeness(found),
            "checks": found,
        }
        return Response(shapes.ChecklistSerializer(body).data)

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}, filters=False
    )
    @action(
        detail=True,
        methods=["get"],
        pagination_class=None,
        url_path="exports/<str:name>",
        renderer_classes=[JSONRenderer, Anything],
    )
    def export(self, _request: Request, name: str, **_kwargs: Any) -> HttpResponse:
        """Fetch the report in another format, by the name of its file."""
        snapshot = self.get_object()
        try:
            content = exports.make(name, snapshot.content)
        except KeyError as error:
            raise Http404 from error
        return HttpResponse(content, content_type=exports.media_type(name))

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


class DisclosureViewSet(ScopedViewSet[Disclosure]):
    """Particulars of the reports of each assessment: whatever they say besides figures."""

    queryset = Disclosure.objects.select_related("assessment")
    serializer_class = shapes.DisclosureSerializer
    http_method_names = ["get", "patch", "head"]
