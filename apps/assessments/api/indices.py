"""Shapes of variance-based indices over REST."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from apps.accounts.rest import StrictSerializer
from apps.accounts.rest.filters import refuse_unknown
from apps.assessments.services.indices import MOST_TOP, TOP
from lca.engine import Category


class IndicesQuery(StrictSerializer):
    """What can be asked for."""

    category = serializers.ChoiceField(
        choices=[(c.value, c.label) for c in Category],
        required=False,
        help_text="One impact category; all that are declared unless given.",
    )
    top = serializers.IntegerField(
        min_value=1,
        max_value=MOST_TOP,
        default=TOP,
        help_text="Parameters with indices of their own; the others are given together as the rest.",
    )


class IndicesSerializer(StrictSerializer):
    """Indices by category, how they were estimated, and which parameters were not taken singly."""

    assessment = serializers.UUIDField()
    release = serializers.CharField()
    engine = serializers.DictField()
    functional_unit = serializers.CharField()
    estimators = serializers.DictField(child=serializers.CharField())
    resamples = serializers.IntegerField()
    evaluations = serializers.IntegerField()
    uncertain_parameters = serializers.IntegerField()
    screening = serializers.DictField(allow_null=True)
    indices = serializers.DictField(child=serializers.DictField())


def asked_of(request: Request) -> dict[str, Any]:
    """Read the query; refuses what is unknown or out of range."""
    query = IndicesQuery(data=request.query_params.dict())
    refuse_unknown(request, set(query.fields))
    query.is_valid(raise_exception=True)
    asked = query.validated_data
    category = asked.get("category")
    return {"categories": [category] if category else [], "top": asked["top"]}
