"""Following services over REST."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.errors import DomainError
from apps.assessments.models import Deployment
from apps.ingest.api.views import OfSystems
from apps.live import selectors, services
from apps.live.api import shapes
from apps.live.models import LiveService

MOST_HOURS = 24 * 31


class LiveServiceViewSet(mixins.CreateModelMixin, OfSystems):
    """Services whose tokens are counted as they answer."""

    queryset = LiveService.objects.select_related("system", "deployment")
    serializer_class = shapes.LiveServiceSerializer

    @extend_schema(request=shapes.FollowSerializer, responses={201: shapes.LiveServiceSerializer})
    def create(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """Follow a service; send its OTLP metrics to ``/otlp/<uuid>``."""
        given = shapes.FollowSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        found = given.validated_data
        made = services.follow(
            system=self.system(found["system"]),
            name=found["name"],
            deployment=self._deployment(found["deployment"]),
            metrics_url=found["metrics_url"],
            actor=self.actor,
        )
        headers = {"Location": f"{request.path}{made.uuid}/"}
        return Response(self.get_serializer(made).data, status.HTTP_201_CREATED, headers=headers)

    def _deployment(self, uuid: UUID | None) -> Deployment | None:
        if uuid is None:
            return None
        found = selectors.deployments(self.organisation).filter(uuid=uuid).first()
        if found is None:
            msg = f"There is no deployment {uuid} in this organisation."
            raise DomainError(msg, field="deployment")
        return found

    @extend_schema(responses=shapes.HourlyUseSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def hours(self, _request: Request, **_kwargs: Any) -> Response:
        """List the newest hours that something was counted in, a month of them at most."""
        rows = selectors.last_hours(self.get_object(), MOST_HOURS)
        return Response(shapes.HourlyUseSerializer(rows, many=True).data)
