"""Keeping scenarios and roadmaps, and what they come to."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rest import ScopedViewSet
from apps.scenarios import services
from apps.scenarios.api import shapes
from apps.scenarios.models import Roadmap, Scenario


class ScenarioFilter(filters.FilterSet):  # type: ignore[misc]  # the library is untyped
    """Scenarios of one assessment, by its uuid."""

    assessment = filters.UUIDFilter(field_name="assessment__uuid")

    class Meta:
        model = Scenario
        fields = ["name"]


class ScenarioViewSet(ScopedViewSet[Scenario]):
    """Scenarios: measures stacked on an assessment; ``result`` says what they come to."""

    queryset = Scenario.objects.select_related("assessment__release")
    serializer_class = shapes.ScenarioSerializer
    filterset_class = ScenarioFilter
    accepts_many = False

    @extend_schema(responses=shapes.ScenarioResultSerializer, filters=False)
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def result(self, _request: Request, **_kwargs: Any) -> Response:
        """Stack the measures on the assessment as it stands."""
        row = self.get_object()
        found = services.evaluate(assessment=row.assessment, measures=row.measures)
        return Response(found.to_dict())


class RoadmapFilter(filters.FilterSet):  # type: ignore[misc]  # the library is untyped
    """The roadmap of one system, by its uuid."""

    system = filters.UUIDFilter(field_name="system__uuid")

    class Meta:
        model = Roadmap
        fields: list[str] = []


class RoadmapViewSet(ScopedViewSet[Roadmap]):
    """Roadmaps: targets and actions of a system; ``progress`` holds them against what is expected and what was achieved."""

    queryset = Roadmap.objects.select_related(
        "system", "baseline__release", "baseline__organisation"
    )
    serializer_class = shapes.RoadmapSerializer
    filterset_class = RoadmapFilter
    accepts_many = False

    @extend_schema(responses=shapes.RoadmapProgressSerializer, filters=False)
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def progress(self, _request: Request, **_kwargs: Any) -> Response:
        """Stack the actions on the baseline, and compare with later assessments."""
        return Response(services.evaluate_roadmap(self.get_object()))
