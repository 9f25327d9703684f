"""Shapes of followed services over REST."""

from rest_framework import serializers

from apps.accounts.rest import StrictModelSerializer, StrictSerializer
from apps.live.models import HourlyUse, LiveService


class LiveServiceSerializer(StrictModelSerializer[LiveService]):
    """A followed service; ``family`` is the set of metrics that counts its tokens."""

    system = serializers.SlugRelatedField[LiveService](slug_field="slug", read_only=True)
    deployment = serializers.UUIDField(source="deployment.uuid", read_only=True, allow_null=True)
    metrics_url = serializers.CharField(read_only=True)

    class Meta:
        model = LiveService
        fields = [
            "uuid",
            "system",
            "name",
            "deployment",
            "metrics_url",
            "family",
            "heard_at",
            "polled_at",
            "problem",
            "created_at",
        ]
        read_only_fields = fields


class FollowSerializer(StrictSerializer):
    """A service to follow; without a deployment its tokens are counted and not valued."""

    system = serializers.SlugField()
    name = serializers.CharField(max_length=120)
    deployment = serializers.UUIDField(required=False, allow_null=True, default=None)
    metrics_url = serializers.CharField(
        max_length=500, required=False, default="", allow_blank=True
    )


class HourlyUseSerializer(StrictModelSerializer[HourlyUse]):
    """One hour of a service: tokens, and what they took, valued as they arrived; ``null`` where nothing tells."""

    class Meta:
        model = HourlyUse
        fields = [
            "hour",
            "prompt_tokens",
            "cached_prompt_tokens",
            "output_tokens",
            "requests",
            "unvalued_tokens",
            "kwh",
            "kg_co2e",
            "litres",
            "grid_kg_per_kwh",
            "grid_is_hourly",
        ]
        read_only_fields = fields
