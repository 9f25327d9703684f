"""Shapes of snapshots over REST."""

from rest_framework import serializers

from apps.accounts.rest import StrictModelSerializer, StrictSerializer
from apps.disclosures.models import Snapshot


class SnapshotSerializer(StrictModelSerializer[Snapshot]):
    """An assessment as it stood at one moment; ``sha256`` is that of its document."""

    assessment = serializers.UUIDField(source="assessment.uuid", read_only=True)

    class Meta:
        model = Snapshot
        fields = [
            "uuid",
            "assessment",
            "number",
            "status",
            "sha256",
            "created_at",
            "published_at",
            "withdrawn_because",
        ]
        read_only_fields = fields


class FreezeSerializer(StrictSerializer):
    """The assessment to write down."""

    assessment = serializers.UUIDField()
