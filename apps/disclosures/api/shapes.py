"""Shapes of snapshots over REST."""

from typing import Any

from rest_framework import serializers

from apps.accounts.rest import StrictModelSerializer, StrictSerializer
from apps.disclosures.forms.particulars import GROUPS
from apps.disclosures.models import ChangeKind, Disclosure, Snapshot

FIELDS = [name for _, names in GROUPS for name in names]


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
            "kind",
            "reason",
            "sha256",
            "signed_sha256",
            "created_at",
            "submitted_at",
            "approved_at",
            "published_at",
            "withdrawn_because",
        ]
        read_only_fields = fields


class FreezeSerializer(StrictSerializer):
    """The assessment to write down; with ``submit`` its review is asked for.

    After the first report ``kind`` tells what the next one is, and ``reason`` why.
    """

    assessment = serializers.UUIDField()
    submit = serializers.BooleanField(default=False)
    kind = serializers.ChoiceField(choices=ChangeKind.choices, default=ChangeKind.FIRST)
    reason = serializers.CharField(max_length=1000, default="", allow_blank=True)


class CheckSerializer(serializers.Serializer[Any]):
    """One line of the checklist; ``why`` says what is missing."""

    code = serializers.CharField()
    title = serializers.CharField()
    is_required = serializers.BooleanField()
    passed = serializers.BooleanField()
    why = serializers.CharField()


class ChecklistSerializer(serializers.Serializer[Any]):
    """What a report must have, and how complete it is from 0 to 1."""

    can_be_published = serializers.BooleanField()
    completeness = serializers.FloatField()
    checks = CheckSerializer(many=True)


class DisclosureSerializer(StrictModelSerializer[Disclosure]):
    """Particulars of an assessment's reports; the logo is sent on its page."""

    assessment = serializers.UUIDField(source="assessment.uuid", read_only=True)

    class Meta:
        model = Disclosure
        fields = ["uuid", "assessment", "version", *FIELDS]


class PublishedReportSerializer(serializers.Serializer[Any]):
    """A report that stands, as anybody may read it."""

    uuid = serializers.UUIDField()
    number = serializers.IntegerField()
    organisation = serializers.CharField()
    system = serializers.CharField()
    title = serializers.CharField()
    review = serializers.CharField()
    published_at = serializers.DateTimeField()
    sha256 = serializers.CharField()
    address = serializers.CharField()
    data_address = serializers.CharField()
    totals = serializers.DictField()
