"""One form for each kind of record; the order of the fields is the order of what matters most."""

from typing import Any, ClassVar

from django import forms

from apps.assessments import selectors
from apps.assessments.forms.fields import RecordForm, form_field
from apps.assessments.models import (
    AISystem,
    Assessment,
    ComputeRun,
    Contract,
    Deployment,
    Hardware,
    Site,
    StageDeclaration,
    StageStatus,
    UpstreamModel,
)


class ScopeForm(RecordForm):
    essential = (
        "title",
        "goal",
        "functional_unit",
        "functional_unit_output_tokens",
        "lifetime_queries",
    )

    class Meta:
        model = Assessment
        fields = [
            "title",
            "goal",
            "functional_unit",
            "functional_unit_output_tokens",
            "lifetime_queries",
            "functional_unit_input_tokens",
            "period_start",
            "period_end",
        ]
        formfield_callback = form_field


class SystemForm(RecordForm):
    essential = ("name", "params_total_b", "params_active_b")

    class Meta:
        model = AISystem
        fields = [
            "name",
            "params_total_b",
            "params_active_b",
            "provider",
            "modality",
            "released_on",
            "website",
            "description",
        ]
        formfield_callback = form_field


class StageForm(RecordForm):
    essential = ("status", "justification")

    class Meta:
        model = StageDeclaration
        fields = ["status", "justification"]
        formfield_callback = form_field
        widgets: ClassVar[dict[str, Any]] = {"justification": forms.Textarea(attrs={"rows": 2})}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("status") == StageStatus.EXCLUDED and not cleaned.get("justification"):
            self.add_error(
                "justification", "Say why this stage is left out; the report prints your reason."
            )
        return cleaned


class SiteForm(RecordForm):
    essential = ("name", "zone", "pue", "wue_l_per_kwh")
    catalogue: ClassVar[dict[str, str]] = {
        "zone": "zone",
        "cloud_region": "cloud_region",
        "datacentre": "datacentre",
    }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        region, release = cleaned.get("cloud_region"), self.instance.assessment.release
        if region and not cleaned.get("zone") and "zone" not in self.errors:
            cleaned["zone"] = selectors.zone_of_region(release, region)
        return cleaned

    class Meta:
        model = Site
        fields = [
            "name",
            "zone",
            "pue",
            "wue_l_per_kwh",
            "cloud_region",
            "datacentre",
            "operator",
            "pue_low",
            "pue_high",
            "pue_provenance",
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
        formfield_callback = form_field


class ContractForm(RecordForm):
    essential = ("name", "site", "kind", "coverage_share", "kg_co2e_per_kwh", "source")
    catalogue: ClassVar[dict[str, str]] = {"zone": "zone"}

    class Meta:
        model = Contract
        fields = [
            "name",
            "site",
            "kind",
            "coverage_share",
            "kg_co2e_per_kwh",
            "source",
            "supplier",
            "vintage_year",
            "zone",
            "matching",
        ]
        formfield_callback = form_field


class HardwareForm(RecordForm):
    essential = ("name", "accelerator", "power_w", "lifetime_years", "allocation", "utilisation")
    catalogue: ClassVar[dict[str, str]] = {"accelerator": "accelerator", "host": "host"}

    class Meta:
        model = Hardware
        fields = [
            "name",
            "accelerator",
            "power_w",
            "lifetime_years",
            "allocation",
            "utilisation",
            "lifetime_years_low",
            "lifetime_years_high",
            "utilisation_low",
            "utilisation_high",
            "node_overhead",
            "host",
            "accelerators_per_node",
            "count",
            "embodied_kg_co2e",
            "embodied_water_l",
            "embodied_kg_sb_eq",
            "embodied_mj",
            "embodied_includes_host",
            "source",
        ]
        formfield_callback = form_field


class RunForm(RecordForm):
    essential = ("name", "category", "site", "hardware", "gpu_hours", "energy_kwh")

    class Meta:
        model = ComputeRun
        fields = [
            "name",
            "category",
            "site",
            "hardware",
            "gpu_hours",
            "energy_kwh",
            "energy_scope",
            "energy_provenance",
            "runs_count",
            "component",
            "team",
            "outcome",
            "started_at",
            "ended_at",
            "source",
        ]
        formfield_callback = form_field


class UpstreamForm(RecordForm):
    essential = ("name", "share_inherited", "kg_co2e", "water_l")

    class Meta:
        model = UpstreamModel
        fields = [
            "name",
            "share_inherited",
            "kg_co2e",
            "water_l",
            "energy_kwh",
            "kg_sb_eq",
            "mj",
            "source",
        ]
        formfield_callback = form_field


class DeploymentForm(RecordForm):
    essential = (
        "name",
        "site",
        "hardware",
        "requests",
        "tokens_out",
        "tokens_in",
        "energy_source",
        "joules_per_output_token",
        "joules_per_input_token",
        "measurement",
    )

    class Meta:
        model = Deployment
        fields = [
            "name",
            "site",
            "hardware",
            "requests",
            "request_rate",
            "tokens_out",
            "tokens_in",
            "energy_source",
            "joules_per_output_token",
            "joules_per_input_token",
            "measurement",
            "energy_scope",
            "energy_provenance",
            "batch_size",
            "precision",
            "accelerators",
            "fitted",
            "cached_share",
            "idle_share",
            "accelerator_hours",
            "pieces",
            "joules_per_piece",
            "pixels_wide",
            "pixels_high",
            "frames",
            "frame_rate",
            "steps",
            "period_start",
            "period_end",
            "source",
        ]
        formfield_callback = form_field
