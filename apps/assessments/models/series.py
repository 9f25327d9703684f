"""Hourly grid factors of a site, as its grid operator or a data service gives them."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models

from apps.assessments.models.base import Part, refuse
from apps.assessments.models.quantities import QUANTITIES, limit, quantity
from apps.assessments.models.site import Site
from apps.assessments.models.vocabulary import GridScope

MOST_HOURS = 8_784


class HourlySeries(Part):
    """Location-based factors of one site's electricity, hour by hour; a missing hour is ``None``."""

    siblings = ("site",)

    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    starts_at = models.DateTimeField("first hour")
    factors = models.JSONField(
        "factors", help_text="In kg CO2e/kWh, hour by hour; null is a missing hour."
    )
    scope = models.CharField(
        "these factors are",
        max_length=10,
        choices=GridScope.choices,
        default=GridScope.LIFE_CYCLE,
        blank=True,
    )
    gsd = quantity(
        "gsd", "geometric standard deviation", "Of an hourly factor, above 1; empty if not stated."
    )
    timezone = models.CharField(
        "clock of the file",
        max_length=64,
        blank=True,
        help_text="Time zone of its times, such as Europe/Paris; empty where each has its offset from UTC.",
    )
    source = models.CharField("source", max_length=500)
    sha256 = models.CharField("hash of the file", max_length=64, blank=True)

    class Meta:
        ordering = ["site_id", "starts_at"]
        default_related_name = "hourly_series"
        verbose_name_plural = "hourly series"
        constraints = [
            limit("series", "gsd"),
            models.UniqueConstraint(fields=["site", "starts_at"], name="series_starts_once"),
            models.CheckConstraint(condition=~models.Q(source=""), name="series_has_source"),
        ]

    def __str__(self) -> str:
        return f"{self.site}, {self.starts_at:%d %B %Y} to {self.ends_at:%d %B %Y}"

    def clean(self) -> None:
        super().clean()
        if self.timezone and not _is_clock(self.timezone):
            message = f"“{self.timezone[:40]}” is not a time zone. Write it like Europe/Paris or UTC, or leave it out."
            refuse("timezone", message, "unknown_zone")
        if not isinstance(self.factors, list) or not 1 <= len(self.factors) <= MOST_HOURS:
            refuse("factors", f"Give 1 to {MOST_HOURS:,} hourly factors, a year at most.", "length")
        highest = QUANTITIES["hourly_factor"].maximum
        for hour, factor in enumerate(self.factors):
            if factor is not None and not _within(factor, highest):
                message = f"Hour {hour}: {str(factor)[:20]} is not a number from 0 to {highest:g} kg CO2e/kWh."
                refuse("factors", message, "range")
        if all(factor is None for factor in self.factors):
            refuse("factors", "Every hour is missing.", "empty")

    @property
    def hours(self) -> int:
        """Length, missing hours included."""
        return len(self.factors)

    @property
    def gap_hours(self) -> int:
        """Hours without a factor."""
        return sum(factor is None for factor in self.factors)

    @property
    def mean_kg_co2e_per_kwh(self) -> float:
        """Plain mean of the hours that have a factor."""
        known = [factor for factor in self.factors if factor is not None]
        return float(sum(known) / len(known))

    @property
    def ends_at(self) -> datetime:
        """End of the last hour."""
        end: datetime = self.starts_at + timedelta(hours=self.hours)
        return end


def _is_clock(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # an unknown name, a path, a folder
        return False
    return True


def _within(factor: Any, highest: float) -> bool:
    return (
        isinstance(factor, int | float) and not isinstance(factor, bool) and 0 <= factor <= highest
    )
