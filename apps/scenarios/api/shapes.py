"""Shapes of scenarios, roadmaps and studies of routing over REST."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.errors import DomainError
from apps.accounts.rest import StrictModelSerializer
from apps.scenarios import services
from apps.scenarios.measure import PHASES
from apps.scenarios.models import Roadmap, RoutingStudy, Scenario
from apps.scenarios.roadmap import plan
from apps.scenarios.stacking.stack import HEADLINES
from lca.engine import EngineError

PLAN = {
    "type": "array",
    "maxItems": 20,
    "items": {
        "type": "object",
        "required": ["measure"],
        "properties": {
            "measure": {"type": "string", "maxLength": 40},
            "options": {
                "type": "object",
                "additionalProperties": {
                    "oneOf": [{"type": "number"}, {"type": "string", "maxLength": 300}]
                },
            },
        },
        "additionalProperties": False,
    },
}


OPTIONS = PLAN["items"]["properties"]["options"]  # type: ignore[index]  # of the shape above
DAY = {"type": ["string", "null"], "format": "date"}
TARGETS = {
    "type": "array",
    "maxItems": plan.MOST_TARGETS,
    "items": {
        "type": "object",
        "required": ["category", "reduction", "by"],
        "properties": {
            "category": {"type": "string", "enum": [category.value for category in HEADLINES]},
            "basis": {"type": "string", "enum": list(plan.BASES)},
            "reduction": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
            "by": {"type": "string", "format": "date"},
        },
        "additionalProperties": False,
    },
}
ACTIONS = {
    "type": "array",
    "maxItems": plan.MOST_ACTIONS,
    "items": {
        "type": "object",
        "required": ["phase", "what"],
        "properties": {
            "phase": {"type": "string", "enum": list(PHASES)},
            "what": {"type": "string", "minLength": 1, "maxLength": plan.NAME},
            "owner": {"type": "string", "maxLength": plan.NAME},
            "starts": DAY,
            "due": DAY,
            "state": {"type": "string", "enum": list(plan.STATES)},
            "notes": {"type": "string", "maxLength": plan.NOTES},
            "measure": {"type": "string", "maxLength": 40},
            "options": OPTIONS,
            "scenario": {"type": "string", "maxLength": plan.NAME},
        },
        "additionalProperties": False,
    },
}


@extend_schema_field(PLAN)
class PlanField(serializers.JSONField):
    """Measures with their options, in the order in which they are taken."""


class ScenarioSerializer(StrictModelSerializer[Scenario]):
    """Measures stacked on an assessment; they are checked against it when they are sent."""

    measures = PlanField(required=False)

    class Meta:
        model = Scenario
        fields = ["uuid", "version", "assessment", "name", "notes", "measures", "in_report"]
        read_only_fields = ["uuid"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse measures that cannot be taken on the assessment."""
        attrs = super().validate(attrs)
        assessment = attrs.get("assessment") or self.instance.assessment  # type: ignore[union-attr]  # an edit has one
        if "measures" in attrs or "assessment" in attrs:
            measures = attrs.get("measures", self.instance.measures if self.instance else [])
            try:
                services.check(assessment=assessment, measures=measures)
            except (DomainError, EngineError) as error:
                raise serializers.ValidationError({"measures": str(error)}) from error
        return attrs


class ScenarioResultSerializer(serializers.Serializer[object]):
    """Totals before and after by impact category, and the paired difference.

    With every step, its effects and evidence, what the difference in climate change hangs on, and the cost as far as it is said.
    """

    baseline = serializers.DictField(child=serializers.DictField())
    scenario = serializers.DictField(child=serializers.DictField())
    difference = serializers.DictField(child=serializers.DictField())
    cost = serializers.DictField(allow_null=True)
    steps = serializers.ListField(child=serializers.DictField())
    tornado = serializers.ListField(child=serializers.DictField())


@extend_schema_field(TARGETS)
class TargetsField(serializers.JSONField):
    """Reductions from the baseline that are to be reached by a day."""


@extend_schema_field(ACTIONS)
class ActionsField(serializers.JSONField):
    """What is done in each phase, by whom and until when, with the measure by which it counts."""


class RoadmapSerializer(StrictModelSerializer[Roadmap]):
    """The plan of a system: a baseline, targets and actions; it is read when it is sent."""

    targets = TargetsField(required=False)
    actions = ActionsField(required=False)

    class Meta:
        model = Roadmap
        fields = ["uuid", "version", "system", "baseline", "notes", "targets", "actions"]
        read_only_fields = ["uuid"]

    def validate_targets(self, value: Any) -> Any:
        """Refuse targets that cannot be read."""
        return _readable(plan.targets, value)

    def validate_actions(self, value: Any) -> Any:
        """Refuse actions that cannot be read."""
        return _readable(plan.actions, value)


def _readable(read: Callable[[Any], object], value: Any) -> Any:
    try:
        read(value)
    except DomainError as error:
        raise serializers.ValidationError(error.message) from error
    return value


class RoadmapProgressSerializer(serializers.Serializer[object]):
    """The baseline, each target with what is expected by its day and what was reached last, and each action in its place.

    ``later`` are later assessments of the system; ``expected`` is what is left once all actions are done.
    """

    uuid = serializers.UUIDField()
    notes = serializers.CharField(allow_blank=True)
    use_kind = serializers.CharField(allow_blank=True)
    baseline = serializers.DictField()
    targets = serializers.ListField(child=serializers.DictField())
    actions = serializers.ListField(child=serializers.DictField())
    expected = serializers.DictField(child=serializers.DictField())
    later = serializers.ListField(child=serializers.DictField())


@extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
class FoundField(serializers.JSONField):
    """What ``manage.py whatif route --json`` says; null until it is learnt."""


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class EnergiesField(serializers.JSONField):
    """Joules of a query, each as ``MODEL=J``."""


class RoutingStudySerializer(StrictModelSerializer[RoutingStudy]):
    """What a router could save on labelled queries, and how far a worker is with learning it."""

    energy = EnergiesField(read_only=True)
    result = FoundField(read_only=True)

    class Meta:
        model = RoutingStudy
        fields = [
            "uuid",
            "assessment",
            "name",
            "sha256",
            "budget",
            "folds",
            "energy",
            "state",
            "message",
            "progress",
            "created_at",
            "finished_at",
            "result",
        ]
        read_only_fields = fields


class AskRoutingSerializer(serializers.Serializer[Any]):
    """A table of labelled queries and what is asked of it; ``energy`` has a line ``MODEL=J`` for each model."""

    file = serializers.FileField()
    assessment = serializers.UUIDField()
    name = serializers.CharField(max_length=80)
    budget = serializers.FloatField(min_value=0.001, max_value=1, default=0.6)
    folds = serializers.IntegerField(min_value=2, max_value=10, default=5)
    energy = serializers.CharField(max_length=1_000, allow_blank=True, default="")
