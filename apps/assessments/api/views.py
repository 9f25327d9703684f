"""Everything the forms can edit, over REST; and the figures it leads to."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import services as accounts
from apps.accounts.rest import ScopedViewSet, StrictSerializer
from apps.assessments import services
from apps.assessments.api import deployments, electricity
from apps.assessments.api import serializers as shapes
from apps.assessments.api.indices import IndicesQuery, IndicesSerializer, asked_of
from apps.assessments.api.result import RESULT
from apps.assessments.inventory.ladder import ladder
from apps.assessments.models import (
    AISystem,
    Assessment,
    ComputeRun,
    Contract,
    Deployment,
    FactorChoice,
    Hardware,
    HourlySeries,
    Site,
    StageDeclaration,
    UpstreamModel,
)
from lca.engine import to_document


class RecordViewSet(ScopedViewSet[Any]):
    """Records that this app's services write, and log."""

    accepts_many = False

    def perform_create(self, serializer: serializers.BaseSerializer[Any]) -> None:
        serializer.save(organisation=self.organisation)

    def perform_destroy(self, instance: Any) -> None:
        expected = self.expected_by_header()
        if expected is not None:
            accounts.demand_version(instance, expected)
        services.delete(record=instance, actor=self.actor)


@extend_schema_field(RESULT)
class ResultField(serializers.DictField):
    """What the engine answered."""


class ResultSerializer(StrictSerializer):
    """Figures of an assessment: the engine's result, per use, and what is missing."""

    assessment = serializers.UUIDField()
    release = serializers.CharField()
    result = ResultField()
    per_use = serializers.DictField()
    missing = serializers.ListField(child=serializers.DictField())


class PartFilter(filters.FilterSet):  # type: ignore[misc]  # the library is untyped
    """Parts of one assessment, named by its uuid."""

    assessment = filters.UUIDFilter(field_name="assessment__uuid")


class StageFilter(PartFilter):
    class Meta:
        model = StageDeclaration
        fields = ["stage", "status"]


class SiteFilter(PartFilter):
    class Meta:
        model = Site
        fields = ["name", "zone"]


class ContractFilter(PartFilter):
    site = filters.UUIDFilter(field_name="site__uuid")

    class Meta:
        model = Contract
        fields = ["name", "kind"]


class FactorChoiceFilter(PartFilter):
    class Meta:
        model = FactorChoice
        fields = ["kind", "key", "indicator", "source"]


class HardwareFilter(PartFilter):
    class Meta:
        model = Hardware
        fields = ["name", "accelerator"]


class HourlySeriesFilter(PartFilter):
    site = filters.UUIDFilter(field_name="site__uuid")


class RunFilter(PartFilter):
    site = filters.UUIDFilter(field_name="site__uuid")
    hardware = filters.UUIDFilter(field_name="hardware__uuid")

    class Meta:
        model = ComputeRun
        fields = ["name", "category", "outcome", "component", "team", "energy_provenance"]


class UpstreamFilter(PartFilter):
    class Meta:
        model = UpstreamModel
        fields = ["name"]


class DeploymentFilter(PartFilter):
    site = filters.UUIDFilter(field_name="site__uuid")

    class Meta:
        model = Deployment
        fields = ["name", "energy_source"]


class AssessmentFilter(filters.FilterSet):  # type: ignore[misc]  # the library is untyped
    system = filters.UUIDFilter(field_name="system__uuid")

    class Meta:
        model = Assessment
        fields = ["slug", "title"]


class SystemViewSet(RecordViewSet):
    """AI systems."""

    queryset = AISystem.objects.all()
    serializer_class = shapes.SystemSerializer
    filterset_fields = ["slug", "name", "provider", "modality"]


class AssessmentViewSet(RecordViewSet):
    """Assessments; ``result`` evaluates one as it stands, ``inventory`` gives what the engine was fed."""

    queryset = Assessment.objects.select_related("system", "release")
    serializer_class = shapes.AssessmentSerializer
    filterset_class = AssessmentFilter

    @extend_schema(responses=ResultSerializer, filters=False)
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def result(self, _request: Request, **_kwargs: Any) -> Response:
        """Return totals, intervals, shares, per-use figures, and what is missing."""
        assessment = self.get_object()
        evaluation = services.evaluate(assessment)
        return Response(
            {
                "assessment": str(assessment.uuid),
                "release": assessment.release.label,
                "result": evaluation.result,
                "per_use": evaluation.per_use,
                "missing": evaluation.missing,
            }
        )

    @extend_schema(parameters=[IndicesQuery], responses=IndicesSerializer, filters=False)
    @action(
        detail=True,
        methods=["get"],
        url_path="result/indices",
        filter_backends=[],
        pagination_class=None,
    )
    def indices(self, request: Request, **_kwargs: Any) -> Response:
        """Return which share of each total's variance each parameter makes: Sobol indices with intervals."""
        asked, assessment = asked_of(request), self.get_object()
        found = services.indices(assessment=assessment, **asked)
        return Response(
            {
                "assessment": str(assessment.uuid),
                "release": assessment.release.label,
                **found.to_dict(),
            }
        )

    @extend_schema(responses={200: {"type": "object", "additionalProperties": True}}, filters=False)
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def inventory(self, _request: Request, **_kwargs: Any) -> Response:
        """Return the inventory, as ``python -m lca.engine assess`` reads it."""
        return Response(to_document(services.build_inventory(self.get_object())))


class StageViewSet(RecordViewSet):
    """Stage declarations: made with the assessment, one for each life-cycle stage."""

    queryset = StageDeclaration.objects.select_related("assessment")
    serializer_class = shapes.StageSerializer
    filterset_class = StageFilter
    http_method_names = ["get", "patch", "head"]


class SiteViewSet(RecordViewSet):
    """Sites."""

    queryset = Site.objects.select_related("assessment__release")
    serializer_class = shapes.SiteSerializer
    filterset_class = SiteFilter


class ContractViewSet(RecordViewSet):
    """Contracts for electricity; those of a site cover at most all of its consumption."""

    queryset = Contract.objects.select_related("assessment__release", "site")
    serializer_class = electricity.ContractSerializer
    filterset_class = ContractFilter


class FactorChoiceViewSet(RecordViewSet):
    """Where an assessment uses another source than the library chose, and why."""

    queryset = FactorChoice.objects.select_related("assessment__release")
    serializer_class = electricity.FactorChoiceSerializer
    filterset_class = FactorChoiceFilter


class HourlySeriesViewSet(RecordViewSet):
    """Hourly grid factors; runs with start and end take the mean of their own hours."""

    queryset = HourlySeries.objects.select_related("assessment__release", "site")
    serializer_class = electricity.HourlySeriesSerializer
    filterset_class = HourlySeriesFilter


class HardwareViewSet(RecordViewSet):
    """Hardware."""

    queryset = Hardware.objects.select_related("assessment__release")
    serializer_class = shapes.HardwareSerializer
    filterset_class = HardwareFilter


class RunViewSet(RecordViewSet):
    """Compute runs; POST takes one, or a list of up to 5 000."""

    queryset = ComputeRun.objects.select_related("assessment", "site", "hardware")
    serializer_class = shapes.RunSerializer
    filterset_class = RunFilter
    accepts_many = True


class UpstreamViewSet(RecordViewSet):
    """Upstream models."""

    queryset = UpstreamModel.objects.select_related("assessment")
    serializer_class = shapes.UpstreamSerializer
    filterset_class = UpstreamFilter


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
