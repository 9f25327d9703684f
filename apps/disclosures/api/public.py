"""The reports of this installation, for anybody."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from apps.disclosures import linked_data, selectors
from apps.disclosures.api.shapes import PublishedReportSerializer
from apps.disclosures.models import Snapshot


class PublishedReports(GenericViewSet[Snapshot]):
    """Reports that were published here and stand, newest first."""

    queryset = Snapshot.objects.none()
    serializer_class = PublishedReportSerializer
    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    filter_backends: list[Any] = []

    @extend_schema(auth=[], responses=PublishedReportSerializer(many=True))
    def list(self, _request: Request, **_kwargs: Any) -> Response:
        """List them, without their data."""
        page = self.paginate_queryset(selectors.index())
        return self.get_paginated_response([_row(snapshot) for snapshot in page or []])


def _row(snapshot: Snapshot) -> dict[str, Any]:
    card = linked_data.card(snapshot)
    address = f"{settings.SITE_URL.rstrip('/')}{snapshot.get_absolute_url()}"
    row = {
        "uuid": snapshot.uuid,
        "number": snapshot.number,
        "organisation": snapshot.organisation.name,
        "system": card["system"],
        "title": snapshot.assessment.title,
        "review": card["statement"],
        "published_at": snapshot.published_at,
        "sha256": snapshot.sha256,
        "address": address,
        "data_address": f"{address}report.json",
        "totals": {item["key"]: item["stat"] for item in card["headlines"]},
    }
    return {**PublishedReportSerializer(row).data}
