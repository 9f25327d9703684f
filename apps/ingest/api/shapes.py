"""Shapes of uploads and recorded runs over REST."""

import math
from typing import Any

from rest_framework import serializers

from apps.accounts.rest import StrictModelSerializer, StrictSerializer
from apps.assessments.models import RunCategory
from apps.ingest.mapping import MappingWrong, checked
from apps.ingest.models import LABELS, ColumnMapping, RecordedRun, RefusedRow, Upload
from apps.ingest.record import Boundary, Outcome, Run
from lca.engine import Provenance

SECONDS_PER_HOUR = 3600.0
LONGEST_S = 3.2e8  # ten years
MOST_KWH = 1e12
MOST_FACTS = 100
OUTCOMES = [(item.value, item.value) for item in Outcome]
BOUNDARIES = [(item.value, item.value) for item in Boundary]
PROVENANCES = [(item.value, item.value) for item in Provenance]
WRITTEN = [
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
    *LABELS,
]


class RefusedRowSerializer(serializers.ModelSerializer[RefusedRow]):
    """A row that could not be used."""

    class Meta:
        model = RefusedRow
        fields = ["line", "why", "remedy"]


class UploadSerializer(StrictModelSerializer[Upload]):
    """A file, how far it has been read, and what it held."""

    category = serializers.CharField(read_only=True)
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
            "preview",
            "rows_read",
            "runs_added",
            "runs_duplicate",
            "rows_refused",
            "notes",
            *LABELS,
            "created_at",
            "finished_at",
        ]
        read_only_fields = fields


class Labels(serializers.Serializer[Any]):
    """What a run was for and whose it was; said by people and CI systems."""

    category = serializers.ChoiceField(RunCategory.choices, required=False)
    component = serializers.CharField(max_length=100, required=False)
    team = serializers.CharField(max_length=100, required=False)
    branch = serializers.CharField(max_length=200, required=False)
    commit = serializers.CharField(max_length=64, required=False)


class SendSerializer(Labels):
    """A file and the system whose runs it holds, by its slug; the format is told by the content unless it is named.

    ``mapping`` is the uuid of columns that are kept; with ``preview`` nothing is taken in before ``take-in`` is called.
    """

    file = serializers.FileField()
    system = serializers.SlugField()
    format = serializers.SlugField(required=False, default="")
    mapping = serializers.UUIDField(required=False, allow_null=True, default=None)
    preview = serializers.BooleanField(required=False, default=False)


class ColumnMappingSerializer(StrictModelSerializer[ColumnMapping]):
    """Which column of a kind of table is what; ``document`` has columns with units, decimal mark, dates and clock."""

    document = serializers.JSONField()

    class Meta:
        model = ColumnMapping
        fields = ["uuid", "name", "document", "created_at"]
        read_only_fields = ["uuid", "created_at"]

    def validate_document(self, value: Any) -> dict[str, Any]:
        """Check the document, and fill in what is usual."""
        try:
            return checked(value)
        except MappingWrong as error:
            raise serializers.ValidationError(error.message) from None


class RecordedRunSerializer(StrictModelSerializer[RecordedRun]):
    """A run in the ledger, as its tool recorded it."""

    category = serializers.CharField(read_only=True)
    system = serializers.CharField(source="system.slug", read_only=True)
    upload = serializers.UUIDField(source="upload.uuid", read_only=True, allow_null=True)

    class Meta:
        model = RecordedRun
        fields = ["uuid", "system", "upload", "line", *WRITTEN, "notes", "counts", "created_at"]
        read_only_fields = fields


class SendRunSerializer(StrictSerializer):
    """One run that a program sends by itself; energy, GPU-hours or a duration must be there.

    ``external_id`` tells it from every other run of the system: sent again with more energy or a longer duration, it is
    the same run in a later state. ``pue_inside`` is the PUE that the energy has been multiplied by, 1 where it was not.
    """

    system = serializers.SlugField()
    external_id = serializers.CharField(max_length=200, required=False)
    name = serializers.CharField(max_length=200, required=False)
    started_at = serializers.DateTimeField(required=False)
    ended_at = serializers.DateTimeField(required=False)
    duration_s = serializers.FloatField(min_value=0, max_value=LONGEST_S, required=False)
    energy_kwh = serializers.FloatField(min_value=0, max_value=MOST_KWH, required=False)
    pue_inside = serializers.FloatField(min_value=1, max_value=10, required=False)
    claimed_kg_co2e = serializers.FloatField(min_value=0, max_value=MOST_KWH, required=False)
    gpu_model = serializers.CharField(max_length=200, required=False)
    gpu_count = serializers.FloatField(min_value=0, max_value=1e7, required=False)
    gpu_hours = serializers.FloatField(min_value=0, max_value=MOST_KWH, required=False)
    country = serializers.RegexField("^[A-Z]{3}$", required=False, help_text="ISO 3166-1 alpha-3")
    region = serializers.CharField(max_length=100, required=False)
    outcome = serializers.ChoiceField(OUTCOMES, default="unknown")
    boundary = serializers.ChoiceField(BOUNDARIES, default="unknown")
    provenance = serializers.ChoiceField(PROVENANCES, default="supplied")
    tool = serializers.CharField(max_length=60, required=False)
    facts = serializers.DictField(child=serializers.FloatField(), required=False)
    category = serializers.ChoiceField(RunCategory.choices, required=False)
    component = serializers.CharField(max_length=100, required=False)
    team = serializers.CharField(max_length=100, required=False)
    branch = serializers.CharField(max_length=200, required=False)
    commit = serializers.CharField(max_length=64, required=False)

    def validate_facts(self, facts: dict[str, float]) -> dict[str, float]:
        """Finite figures under short names, and not too many."""
        if len(facts) > MOST_FACTS or any(len(name) > MOST_FACTS for name in facts):
            msg = f"At most {MOST_FACTS} figures, with names of at most {MOST_FACTS} characters."
            raise serializers.ValidationError(msg)
        if not all(math.isfinite(value) for value in facts.values()):
            raise serializers.ValidationError("Every figure must be finite.")
        return facts

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Demand an amount, and an end that is not before the start."""
        start, end = given.get("started_at"), given.get("ended_at")
        if start and end and end < start:
            raise serializers.ValidationError({"ended_at": "It ends before it starts."})
        if start and end and "duration_s" not in given:
            given["duration_s"] = (end - start).total_seconds()
        if not {"energy_kwh", "gpu_hours", "duration_s"} & given.keys():
            msg = "Give energy_kwh, gpu_hours, or a duration: a run without an amount says nothing."
            raise serializers.ValidationError(msg)
        return given


def run_from(given: dict[str, Any]) -> Run:
    """Make a run of what was sent; GPU-hours follow from GPUs and duration where both are known."""
    values = {name: given[name] for name in WRITTEN if name in given and name not in LABELS}
    values["emissions_kg"] = values.pop("claimed_kg_co2e", None)
    for name, kind in (("outcome", Outcome), ("boundary", Boundary), ("provenance", Provenance)):
        values[name] = kind(values[name])
    count, duration = values.get("gpu_count"), values.get("duration_s")
    if "gpu_hours" not in values and count is not None and duration is not None:
        values["gpu_hours"] = count * duration / SECONDS_PER_HOUR
    return Run(line=0, **values)


def labels_of(given: dict[str, Any]) -> dict[str, Any]:
    """The labels among what was sent."""
    return {name: given[name] for name in LABELS if given.get(name)}
