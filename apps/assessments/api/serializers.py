"""Shapes of an assessment's records over REST; creating and changing them calls the services."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from rest_framework import serializers

from apps.accounts.rest import StrictModelSerializer
from apps.accounts.rest.serializers import BulkListSerializer
from apps.assessments import services
from apps.assessments.models import (
    AISystem,
    Assessment,
    ComputeRun,
    Hardware,
    Part,
    Site,
    StageDeclaration,
    StageStatus,
    UpstreamModel,
)

R = TypeVar("R", bound="AISystem | Assessment | Part")
OUTSIDE = ["uuid", "version", "created_at", "updated_at"]


class RecordSerializer(StrictModelSerializer[R]):
    """A record that is written by this app's services."""

    def create(self, validated_data: dict[str, Any]) -> R:
        validated_data.pop("version", None)
        record = self.Meta.model(**validated_data)
        return services.create(record=record, actor=self.context["actor"])  # type: ignore[no-any-return]  # of the model that Meta names

    def update(self, instance: R, validated_data: dict[str, Any]) -> R:
        expected = validated_data.pop("version", None) or 0
        for name, value in validated_data.items():
            setattr(instance, name, value)
        return services.update(
            record=instance, expected_version=expected, actor=self.context["actor"]
        )


class SystemSerializer(RecordSerializer[AISystem]):
    """An AI system."""

    class Meta:
        model = AISystem
        fields = [
            *OUTSIDE,
            "slug",
            "name",
            "description",
            "provider",
            "modality",
            "params_total_b",
            "params_active_b",
            "released_on",
            "website",
        ]
        extra_kwargs: ClassVar[dict[str, Any]] = {"slug": {"required": False}}

    def create(self, validated_data: dict[str, Any]) -> AISystem:
        if not validated_data.get("slug"):
            validated_data["slug"] = services.free_system_slug(
                organisation=self.context["organisation"], name=validated_data["name"]
            )
        return super().create(validated_data)


class AssessmentSerializer(RecordSerializer[Assessment]):
    """An assessment: its goal and scope, and the factor release that it uses."""

    release = serializers.CharField(source="release.label", read_only=True)

    class Meta:
        model = Assessment
        fields = [
            *OUTSIDE,
            "system",
            "slug",
            "title",
            "goal",
            "functional_unit",
            "functional_unit_output_tokens",
            "functional_unit_input_tokens",
            "period_start",
            "period_end",
            "lifetime_queries",
            "release",
            "draws",
            "seed",
        ]
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "slug": {"required": False},
            "draws": {"min_value": 2, "max_value": 65_536},
        }

    def validate_draws(self, value: int) -> int:
        """Refuse a number of draws that the Sobol sequence cannot balance."""
        if value & (value - 1):
            msg = f"The number of draws must be a power of two, such as 4096; not {value}."
            raise serializers.ValidationError(msg, code="not_a_power_of_two")
        return value

    def create(self, validated_data: dict[str, Any]) -> Assessment:
        for name in ("version", "organisation"):
            validated_data.pop(name, None)
        return services.create_assessment(actor=self.context["actor"], **validated_data)


class PartSerializer(RecordSerializer[R]):
    """A part of an assessment; it stays in the assessment that it was made in."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        row: Any = self.instance
        if isinstance(row, Part) and attrs.get("assessment", row.assessment) != row.assessment:
            msg = "A part cannot move to another assessment; create it there."
            raise serializers.ValidationError({"assessment": [msg]}, code="fixed")
        return super().validate(attrs)


class StageSerializer(PartSerializer[StageDeclaration]):
    """Whether a life-cycle stage counts, and why."""

    class Meta:
        model = StageDeclaration
        fields = [*OUTSIDE, "assessment", "stage", "status", "justification"]
        read_only_fields = ["assessment", "stage"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        row: Any = self.instance
        reason = attrs.get("justification", row.justification if row else "")
        status = attrs.get("status", row.status if row else "")
        if status == StageStatus.EXCLUDED and not reason:
            msg = "Say why this stage is left out; the report prints your reason."
            raise serializers.ValidationError({"justification": [msg]}, code="required")
        return super().validate(attrs)


class SiteSerializer(PartSerializer[Site]):
    """A site; figures that are null are taken from the factor release."""

    class Meta:
        model = Site
        fields = [
            *OUTSIDE,
            "assessment",
            "name",
            "operator",
            "zone",
            "cloud_region",
            "datacentre",
            "pue",
            "pue_low",
            "pue_high",
            "pue_provenance",
            "wue_l_per_kwh",
            "wue_basis",
            "wue_provenance",
            "ewif_l_per_kwh",
            "ewif_hydropower",
            "grid_kg_co2e_per_kwh",
            "grid_scope",
            "grid_source",
            "market_kg_co2e_per_kwh",
            "market_source",
            "source",
        ]


class HardwareSerializer(PartSerializer[Hardware]):
    """Hardware; figures that are null are taken from the catalogue."""

    class Meta:
        model = Hardware
        fields = [
            *OUTSIDE,
            "assessment",
            "name",
            "accelerator",
            "accelerators_per_node",
            "host",
            "count",
            "lifetime_years",
            "lifetime_years_low",
            "lifetime_years_high",
            "allocation",
            "utilisation",
            "utilisation_low",
            "utilisation_high",
            "power_w",
            "node_overhead",
            "embodied_kg_co2e",
            "embodied_kg_sb_eq",
            "embodied_mj",
            "embodied_water_l",
            "embodied_includes_host",
            "source",
        ]


class RunListSerializer(BulkListSerializer[ComputeRun]):
    """Many runs in one request: all of them, or none with the faults of each row."""

    def create(self, validated_data: Sequence[dict[str, Any]]) -> list[ComputeRun]:  # type: ignore[override]  # many rows, not one
        by_assessment: dict[Assessment, list[ComputeRun]] = {}
        rows = [
            ComputeRun(**{k: v for k, v in r.items() if k != "version"}) for r in validated_data
        ]
        for row in rows:
            by_assessment.setdefault(row.assessment, []).append(row)
        for assessment, runs in by_assessment.items():
            self._declare(assessment, runs, rows)
        return rows

    def _declare(
        self, assessment: Assessment, runs: list[ComputeRun], rows: list[ComputeRun]
    ) -> None:
        try:
            services.declare_runs(assessment=assessment, actor=self.context["actor"], runs=runs)
        except services.InvalidRows as error:
            faults: list[dict[str, Any]] = [{} for _ in rows]
            places = [number for number, row in enumerate(rows) if row.assessment == assessment]
            for number, messages in error.rows.items():
                faults[places[number]] = dict(messages)
            raise serializers.ValidationError(faults) from error


class RunSerializer(PartSerializer[ComputeRun]):
    """One run, or many alike."""

    stage = serializers.CharField(read_only=True)

    class Meta:
        model = ComputeRun
        list_serializer_class = RunListSerializer
        fields = [
            *OUTSIDE,
            "assessment",
            "name",
            "site",
            "hardware",
            "category",
            "stage",
            "component",
            "team",
            "outcome",
            "runs_count",
            "gpu_hours",
            "energy_kwh",
            "energy_scope",
            "energy_provenance",
            "started_at",
            "ended_at",
            "source",
        ]


class UpstreamSerializer(PartSerializer[UpstreamModel]):
    """An upstream model and the share of its burden that is inherited."""

    class Meta:
        model = UpstreamModel
        fields = [
            *OUTSIDE,
            "assessment",
            "name",
            "share_inherited",
            "kg_co2e",
            "water_l",
            "kg_sb_eq",
            "mj",
            "energy_kwh",
            "source",
        ]
