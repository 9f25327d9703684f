"""``POST /otlp/{service}/v1/metrics``: metrics of an unmodified OpenTelemetry exporter (OTLP/HTTP 1.x).

Set ``OTEL_EXPORTER_OTLP_ENDPOINT`` to ``https://host/otlp/<uuid of the service>`` and the token as header ``Authorization``.
"""

import zlib
from collections.abc import Mapping
from typing import IO, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from apps.accounts.errors import DomainError
from apps.accounts.rest import MemberAPIView
from apps.accounts.rest.parsers import bounded
from apps.accounts.rest.problems import TooLarge
from apps.ingest.otlp import message, points
from apps.live import services
from apps.live.models import LiveService

PROTOBUF, JSON = "application/x-protobuf", "application/json"
MOST_BYTES = 20_000_000  # unpacked


class Wrong(DomainError):
    """What was sent is no export of metrics."""

    code = "not_otlp"
    status = 400


class Unpacked(BaseParser):
    """The bytes of an export, unpacked."""

    media_type = PROTOBUF

    def parse(  # type: ignore[override]  # a parser may give anything
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002  # the framework's signature
        parser_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        request: HttpRequest = (parser_context or {})["request"]
        packing = request.headers.get("Content-Encoding", "identity").lower()
        body = bounded(stream)
        if packing in {"", "identity"}:
            return body
        if packing in {"gzip", "deflate"}:
            return _inflated(body)
        msg = f"Content-Encoding {packing[:20]} is not read here. Use gzip, or none."
        raise Wrong(msg)


class UnpackedJSON(Unpacked):
    """The same for JSON."""

    media_type = JSON


def _inflated(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # gzip or zlib, told by its head
    try:
        found = unpacker.decompress(body, MOST_BYTES + 1)
    except zlib.error as error:
        msg = f"The body cannot be unpacked ({error})."
        raise Wrong(msg) from None
    if len(found) > MOST_BYTES:
        msg = f"Unpacked it is larger than {MOST_BYTES / 1e6:.0f} MB. Export more often."
        raise TooLarge(msg)
    if not unpacker.eof:
        raise Wrong("The packed body ends too early.")
    return found


class Metrics(MemberAPIView):
    """Takes an export, counts what it tells of tokens and requests, and says what it could not use."""

    parser_classes = [Unpacked, UnpackedJSON]
    schema = None

    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        service = get_object_or_404(LiveService.objects.of(self.organisation), uuid=uuid)
        is_json = (request.content_type or "").partition(";")[0].strip() == JSON
        content = request.data if isinstance(request.data, bytes) else b""
        try:
            found = list(points(message(content, is_json=is_json)))
        except DomainError as error:
            raise Wrong(error.message) from None
        taken = services.count(service=service, points=found)
        answer = ExportMetricsServiceResponse()
        if taken.refused:
            answer.partial_success.rejected_data_points = taken.refused
            answer.partial_success.error_message = taken.why
        if is_json:
            return HttpResponse(json_format.MessageToJson(answer), content_type=JSON)
        return HttpResponse(answer.SerializeToString(), content_type=PROTOBUF)
