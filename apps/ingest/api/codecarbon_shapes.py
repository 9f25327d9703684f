"""What the CodeCarbon client sends and expects; names and units are its own."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from apps.accounts.models import Organisation
from apps.accounts.rest.fields import PRINTABLE
from apps.assessments.models import AISystem
from apps.ingest.models import Experiment, TrackedRun

MOST_KWH = 1e12
LONGEST_S = 3.2e8  # ten years
WHERE = ("on_cloud", "country_name", "country_iso_code", "region", "cloud_provider", "cloud_region")


def text(longest: int, **more: Any) -> serializers.CharField:
    """A text that the client may leave out or send as null."""
    return serializers.CharField(
        max_length=longest, required=False, allow_null=True, allow_blank=True, **more
    )


def amount(most: float) -> serializers.FloatField:
    """An amount from 0 that the client must send, null where it does not know it."""
    return serializers.FloatField(min_value=0, max_value=most, allow_null=True)


class RunShape(serializers.Serializer[Any]):
    """``POST /runs``."""

    timestamp = serializers.DateTimeField()
    experiment_id = serializers.UUIDField()
    os = text(200)
    python_version = text(200)
    codecarbon_version = text(40)
    cpu_count = serializers.IntegerField(required=False, allow_null=True)
    cpu_model = text(300)
    gpu_count = serializers.FloatField(min_value=0, max_value=1e6, required=False, allow_null=True)
    gpu_model = text(2000)
    longitude = serializers.FloatField(required=False, allow_null=True)
    latitude = serializers.FloatField(required=False, allow_null=True)
    region = text(100)
    provider = text(100)
    ram_total_size = serializers.FloatField(required=False, allow_null=True)
    tracking_mode = text(20)


class DeltaShape(serializers.Serializer[Any]):
    """``POST /emissions``: kWh, kg CO2e and s since the message before."""

    timestamp = serializers.DateTimeField()
    run_id = serializers.UUIDField()
    duration = serializers.FloatField(min_value=0, max_value=LONGEST_S)
    emissions_sum = amount(MOST_KWH)
    energy_consumed = amount(MOST_KWH)


class ProjectShape(serializers.Serializer[Any]):
    """``POST /projects``."""

    name = serializers.RegexField(PRINTABLE, max_length=200)


class ExperimentShape(serializers.Serializer[Any]):
    """``POST /experiments``."""

    project_id = serializers.UUIDField()
    name = serializers.RegexField(PRINTABLE, max_length=200)
    description = serializers.CharField(max_length=1000, allow_blank=True, default="")
    on_cloud = serializers.BooleanField(required=False, allow_null=True)
    country_name = text(100)
    country_iso_code = text(3)
    region = text(100)
    cloud_provider = text(100)
    cloud_region = text(100)


def run_json(tracked: TrackedRun) -> dict[str, Any]:
    """A run as the client knows it, with what its messages came to."""
    row = tracked.recorded
    return {
        "id": str(tracked.uuid),
        "timestamp": (row.started_at or timezone.now()).isoformat(),
        "experiment_id": str(tracked.experiment_id),
        "energy_consumed": row.energy_kwh,
        "emissions": row.claimed_kg_co2e,
        "duration": row.duration_s,
        **tracked.about,
    }


def organisation_json(row: Organisation) -> dict[str, Any]:
    """An organisation as the client knows it."""
    return {"id": str(row.uuid), "name": row.name, "description": ""}


def project_json(row: AISystem) -> dict[str, Any]:
    """An AI system as the client's project."""
    return {
        "id": str(row.uuid),
        "name": row.name,
        "description": "",
        "organization_id": str(row.organisation.uuid),
    }


def experiment_json(row: Experiment) -> dict[str, Any]:
    """An experiment as the client knows it."""
    return {
        "id": str(row.uuid),
        "name": row.name,
        "description": row.description,
        "project_id": str(row.system.uuid),
        "timestamp": row.created_at.isoformat(),
        **{name: row.about.get(name) for name in WHERE},
    }
