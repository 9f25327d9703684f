"""Shapes of scenarios over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.errors import DomainError
from apps.accounts.rest import StrictModelSerializer
from apps.scenarios import services
from apps.scenarios.models import Scenario
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


@extend_schema_field(PLAN)
class PlanField(serializers.JSONField):
    """Measures with their options, in the order in which they are taken."""


class ScenarioSerializer(StrictModelSerializer[Scenario]):
    """Measures stacked on an assessment; they are checked against it when they are sent."""

    measures = PlanField(required=False)

    class Meta:
        model = Scenario
        fields = ["uuid", "version", "assessment", "name", "notes", "measures"]
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

    With every step, its effects and evidence, and what the difference in climate change hangs on.
    """

    baseline = serializers.DictField(child=serializers.DictField())
    scenario = serializers.DictField(child=serializers.DictField())
    difference = serializers.DictField(child=serializers.DictField())
    steps = serializers.ListField(child=serializers.DictField())
    tornado = serializers.ListField(child=serializers.DictField())
