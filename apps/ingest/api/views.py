"""Sending files and runs, asking what became of them, and the ledger."""

from typing import Any
from uuid import UUID

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.errors import DomainError
from apps.accounts.rest import ReadOnlyScopedViewSet, ScopedViewSet
from apps.assessments.models import AISystem
from apps.ingest import selectors, services
from apps.ingest.api import shapes
from apps.ingest.models import ColumnMapping, RecordedRun, Upload


class NoSuchSystem(DomainError):
    """The organisation has no such system."""

    code = "no_such_system"


class OfSystems(ReadOnlyScopedViewSet[Any]):
    """What belongs to a system that is named by its slug."""

    http_method_names = ["get", "post", "head"]

    def system(self, slug: str) -> AISystem:
        """Find a system of the organisation, or say that there is none."""
        found = AISystem.objects.filter(organisation=self.organisation, slug=slug).first()
        if found is None:
            msg = f"There is no system “{slug}” in this organisation."
            raise NoSuchSystem(msg, field="system")
        found.organisation = self.organisation
        return found


class UploadViewSet(mixins.CreateModelMixin, OfSystems):
    """Files of other tools' records."""

    queryset = Upload.objects.select_related("system")
    serializer_class = shapes.UploadSerializer

    def get_parsers(self) -> list[Any]:
        """Files come as forms."""
        return [MultiPartParser()]

    @extend_schema(
        request={"multipart/form-data": shapes.SendSerializer},
        responses={202: shapes.UploadSerializer},
    )
    def create(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """Keep a file and have it read; ask at its address what became of it."""
        given = shapes.SendSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        file = given.validated_data["file"]
        upload = services.receive(
            system=self.system(given.validated_data["system"]),
            file=file,
            name=file.name or "",
            asked_format=given.validated_data["format"],
            mapping=self._mapping(given.validated_data["mapping"]),
            is_preview=given.validated_data["preview"],
            actor=self.actor,
            **shapes.labels_of(given.validated_data),
        )
        headers = {"Location": f"{request.path}{upload.uuid}/"}
        return Response(self.get_serializer(upload).data, status.HTTP_202_ACCEPTED, headers=headers)

    def _mapping(self, uuid: UUID | None) -> dict[str, Any] | None:
        if uuid is None:
            return None
        found = ColumnMapping.objects.of(self.organisation).filter(uuid=uuid).first()
        if found is None:
            msg = f"This organisation keeps no columns {uuid}."
            raise DomainError(msg, field="mapping", code="no_such_mapping")
        return dict(found.document)

    @extend_schema(request=None, responses=shapes.UploadSerializer)
    @action(detail=True, methods=["post"], pagination_class=None, url_path="take-in")
    def take_in(self, _request: Request, **_kwargs: Any) -> Response:
        """Read a file that was looked at into the ledger."""
        upload = services.take_in(upload=self.get_object(), actor=self.actor)
        return Response(self.get_serializer(upload).data)

    @extend_schema(request=None, responses=shapes.UploadSerializer)
    @action(detail=True, methods=["post"], pagination_class=None)
    def discard(self, _request: Request, **_kwargs: Any) -> Response:
        """Put a file that was looked at aside; it stays, and nothing of it enters the ledger."""
        upload = services.discard(upload=self.get_object(), actor=self.actor)
        return Response(self.get_serializer(upload).data)

    @extend_schema(request=None, responses=shapes.UploadSerializer)
    @action(detail=True, methods=["post"], pagination_class=None)
    def undo(self, _request: Request, **_kwargs: Any) -> Response:
        """Take the runs of a file out of the ledger; the file stays."""
        upload = services.undo(upload=self.get_object(), actor=self.actor)
        return Response(self.get_serializer(upload).data)

    @extend_schema(responses=shapes.RefusedRowSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def refused(self, _request: Request, **_kwargs: Any) -> Response:
        """List the rows that could not be used, each with its reason; at most a thousand of a file are kept."""
        rows = self.get_object().refused.all()
        return Response(shapes.RefusedRowSerializer(rows, many=True).data)


class ColumnMappingViewSet(ScopedViewSet[ColumnMapping]):
    """Columns of tables that are kept for the next file of their kind."""

    queryset = ColumnMapping.objects.all()
    serializer_class = shapes.ColumnMappingSerializer
    http_method_names = ["get", "post", "delete", "head"]


class RecordedRunFilter(filters.FilterSet):  # type: ignore[misc]  # the library is untyped
    """Runs of one system, branch, commit, outcome or category; of a time."""

    system = filters.CharFilter(field_name="system__slug")
    started_after = filters.IsoDateTimeFilter(field_name="started_at", lookup_expr="gte")
    started_before = filters.IsoDateTimeFilter(field_name="started_at", lookup_expr="lt")

    class Meta:
        model = RecordedRun
        fields = ["category", "team", "component", "branch", "commit", "outcome", "external_id"]


class RecordedRunViewSet(mixins.CreateModelMixin, OfSystems):
    """Runs in the ledger, newest first; ``counts`` is false for those that must not be added up."""

    queryset = RecordedRun.objects.filter(selectors.EXISTS).select_related("system", "upload")
    serializer_class = shapes.RecordedRunSerializer
    filterset_class = RecordedRunFilter

    @extend_schema(
        request=shapes.SendRunSerializer,
        responses={200: shapes.RecordedRunSerializer, 201: shapes.RecordedRunSerializer},
    )
    def create(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """Enter one run: 201 for a new one, 200 where it was known."""
        given = shapes.SendRunSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        row, is_new = services.record(
            system=self.system(given.validated_data["system"]),
            run=shapes.run_from(given.validated_data),
            **shapes.labels_of(given.validated_data),
        )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        headers = {"Location": f"{request.path}{row.uuid}/"}
        return Response(self.get_serializer(row).data, code, headers=headers)
