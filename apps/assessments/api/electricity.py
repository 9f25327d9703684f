"""Shapes of what refines a site's factors over REST: contracts, hours, and other sources."""

from rest_framework import serializers

from apps.assessments.api.serializers import OUTSIDE, PartSerializer
from apps.assessments.models import Contract, FactorChoice, HourlySeries
from apps.assessments.models.series import MOST_HOURS


class ContractSerializer(PartSerializer[Contract]):
    """A contract for a share of a site's electricity."""

    class Meta:
        model = Contract
        fields = [
            *OUTSIDE,
            "assessment",
            "name",
            "supplier",
            "site",
            "kind",
            "coverage_share",
            "kg_co2e_per_kwh",
            "vintage_year",
            "zone",
            "matching",
            "source",
        ]


class FactorChoiceSerializer(PartSerializer[FactorChoice]):
    """Another source for one factor of the release: ``source`` is its key in the library."""

    class Meta:
        model = FactorChoice
        fields = [*OUTSIDE, "assessment", "kind", "key", "indicator", "source", "reason"]


class HourlySeriesSerializer(PartSerializer[HourlySeries]):
    """Hourly grid factors of a site, up to a year; null is a missing hour."""

    factors = serializers.ListField(
        child=serializers.FloatField(allow_null=True, min_value=0, max_value=5),
        min_length=1,
        max_length=MOST_HOURS,
        write_only=True,
        help_text="kg CO2e/kWh, hour by hour from starts_at.",
    )
    hours = serializers.IntegerField(read_only=True)
    gap_hours = serializers.IntegerField(read_only=True)
    mean_kg_co2e_per_kwh = serializers.FloatField(read_only=True)

    class Meta:
        model = HourlySeries
        fields = [
            *OUTSIDE,
            "assessment",
            "site",
            "starts_at",
            "factors",
            "hours",
            "gap_hours",
            "mean_kg_co2e_per_kwh",
            "scope",
            "gsd",
            "timezone",
            "source",
        ]
