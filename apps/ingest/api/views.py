"""Sending files, asking what became of them, and the runs they held."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.errors import DomainError
from apps.accounts.rest import ReadOnlyScopedViewSet, StrictModelSerializer
from apps.assessments.models import AISystem
from apps.ingest import services
from apps.ingest.models import RecordedRun, RefusedRow, Upload, UploadState


class RefusedRowSerializer(serializers.ModelSerializer[RefusedRow]):
    """A row that could not be used."""

    class Meta:
        model = RefusedRow
        fields = ["line", "why", "remedy"]


class UploadSerializer(StrictModelSerializer[Upload]):
    """A file, how far it has been read, and what it held."""

    system = serializers.CharField(source="system.slug", read_only=True)

    class Meta:
        model = Upload
        fields = [
            "uuid",
            "system",
            "file_name",
            "sha256",
            "size",
            "format",
            "state",
            "message",
            "rows_read",
            "runs_added",
            "runs_duplicate",
            "rows_refused",
            "notes",
            "created_at",
            "finished_at",
        ]
        read_only_fields = fields


class SendSerializer(serializers.Serializer[Upload]):
    """A file and the system whose runs it holds, by its slug; the format is told by the content unless it is named."""

    file = serializers.FileField()
    system = serializers.SlugField()
    format = serializers.SlugField(required=False, default="")


class NoSuchSystem(DomainError):
    """The organisation has no such system."""

    code = "no_such_system"


class UploadViewSet(mixins.CreateModelMixin, ReadOnlyScopedViewSet[Upload]):
    """Files of other tools' records."""

    queryset = Upload.objects.select_related("system")
    serializer_class = UploadSerializer
    http_method_names = ["get", "post", "head"]

    def get_parsers(self) -> list[Any]:
        """Files come as forms."""
        return [MultiPartParser()]

    @extend_schema(
        request={"multipart/form-data": SendSerializer}, responses={202: UploadSerializer}
    )
    def create(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """Keep a file and have it read; ask at its address what became of it."""
        given = SendSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        file, slug = given.validated_data["file"], given.validated_data["system"]
        system = AISystem.objects.filter(organisation=self.organisation, slug=slug).first()
        if system is None:
            msg = f"There is no system “{slug}” in this organisation."
            raise NoSuchSystem(msg, field="system")
        upload = services.receive(
            system=system,
            file=file,
            name=file.name or "",
            asked_format=given.validated_data["format"],
            actor=self.actor,
        )
        headers = {"Location": f"{request.path}{upload.uuid}/"}
        return Response(self.get_serializer(upload).data, status.HTTP_202_ACCEPTED, headers=headers)

    @extend_schema(request=None, responses=UploadSerializer)
    @action(detail=True, methods=["post"], pagination_class=None)
    def undo(self, _request: Request, **_kwargs: Any) -> Response:
        """Take the runs of a file out of the ledger; the file stays."""
        upload = services.undo(upload=self.get_object(), actor=self.actor)
        return Response(self.get_serializer(upload).data)

    @extend_schema(responses=RefusedRowSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def refused(self, _request: Request, **_kwargs: Any) -> Response:
        """List the rows that could not be used, each with its reason; at most a thousand of a file are kept."""
        rows = self.get_object().refused.all()
        return Response(RefusedRowSerializer(rows, many=True).data)


class RecordedRunSerializer(StrictModelSerializer[RecordedRun]):
    """A run as its tool recorded it."""

    system = serializers.CharField(source="system.slug", read_only=True)
    upload = serializers.UUIDField(source="upload.uuid", read_only=True)

    class Meta:
        model = RecordedRun
        fields = [
            "uuid",
            "system",
            "upload",
            "line",
            "external_id",
            "name",
            "started_at",
            "ended_at",
            "duration_s",
            "energy_kwh",
            "pue_inside",
            "claimed_kg_co2e",
            "gpu_model",
            "gpu_count",
            "gpu_hours",
            "country",
            "region",
            "outcome",
            "boundary",
            "provenance",
            "tool",
            "facts",
            "notes",
            "counts",
        ]
        read_only_fields = fields


class RecordedRunViewSet(ReadOnlyScopedViewSet[RecordedRun]):
    """Runs in the ledger, newest first; ``counts`` is false for those that must not be added up."""

    queryset = RecordedRun.objects.filter(upload__state=UploadState.DONE).select_related(
        "system", "upload"
    )
    serializer_class = RecordedRunSerializer
