"""Keeping scenarios, roadmaps and studies of routing, and what they come to."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rest import ReadOnlyScopedViewSet, ScopedViewSet
from apps.assessments.models import Assessment
from apps.scenarios import services
from apps.scenarios.api import shapes
from apps.scenarios.errors import BadInput
from apps.scenarios.models import Roadmap, RoutingStudy, Scenario
from apps.scenarios.routing import energies


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


class RoutingStudyFilter(filters.FilterSet):  # type: ignore[misc]  # the library is untyped
    """Studies of one assessment, by its uuid."""

    assessment = filters.UUIDFilter(field_name="assessment__uuid")

    class Meta:
        model = RoutingStudy
        fields = ["state"]


class RoutingStudyViewSet(mixins.CreateModelMixin, ReadOnlyScopedViewSet[RoutingStudy]):
    """Studies of routing: POST labelled queries, and ask at the study's address what was learnt."""

    queryset = RoutingStudy.objects.select_related("assessment")
    serializer_class = shapes.RoutingStudySerializer
    filterset_class = RoutingStudyFilter
    http_method_names = ["get", "post", "delete", "head"]

    def get_parsers(self) -> list[Any]:
        """Files come as forms."""
        return [MultiPartParser()]

    @extend_schema(
        request={"multipart/form-data": shapes.AskRoutingSerializer},
        responses={202: shapes.RoutingStudySerializer},
    )
    def create(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """Keep labelled queries and have them learnt from."""
        given = shapes.AskRoutingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = dict(given.validated_data)
        assessment = Assessment.objects.of(self.organisation).filter(uuid=said["assessment"]).first()  # fmt: skip
        if assessment is None:
            msg = "Your organisation has no assessment with this uuid."
            raise BadInput(msg, field="assessment")
        study = services.request_routing(
            assessment=assessment,
            file=said["file"],
            name=said["name"],
            budget=said["budget"],
            folds=said["folds"],
            energy=energies.listed(said["energy"]),
            actor=self.actor,
        )
        headers = {"Location": f"{request.path}{study.uuid}/"}
        return Response(self.get_serializer(study).data, status.HTTP_202_ACCEPTED, headers=headers)

    def destroy(self, _request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """Delete a study with its queries."""
        services.delete_routing(study=self.get_object(), actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)
