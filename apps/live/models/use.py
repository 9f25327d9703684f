"""What a service used, hour by hour, and what a token was taken to be worth at the time."""

from collections.abc import Mapping

from django.db import models

from apps.live.models.service import LiveService


class Valuation(models.Model):
    """What a token of a service takes, made from its deployment's records as they stood; never edited.

    ``document`` names the profile, its provenance and the site, and gives the figures with their units in the names.
    """

    service = models.ForeignKey(LiveService, on_delete=models.CASCADE, related_name="valuations")
    made_at = models.DateTimeField(auto_now_add=True)
    checked_at = models.DateTimeField()
    document = models.JSONField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"


class Sums(models.Model):
    """Tokens and requests of some time, and what they took, valued as they arrived; empty where no valuation was known.

    ``unvalued_tokens`` arrived while nothing said what they take.
    """

    prompt_tokens = models.FloatField(default=0.0)
    cached_prompt_tokens = models.FloatField(default=0.0)
    output_tokens = models.FloatField(default=0.0)
    requests = models.FloatField(default=0.0)
    unvalued_tokens = models.FloatField(default=0.0)
    kwh = models.FloatField(null=True)
    kg_co2e = models.FloatField(null=True)
    litres = models.FloatField(null=True)

    class Meta:
        abstract = True

    def add(self, amounts: Mapping[str, float]) -> None:
        """Add some amounts; a figure is known as soon as one of them is."""
        for name, value in amounts.items():
            setattr(self, name, (getattr(self, name) or 0.0) + value)


class HourlyUse(Sums):
    """One hour of a service.

    ``grid_kg_per_kwh`` is the location-based factor that the hour's electricity had: ``grid_is_hourly`` where the site's
    series knows the hour, else that of the year.
    """

    service = models.ForeignKey(LiveService, on_delete=models.CASCADE, related_name="hours")
    hour = models.DateTimeField()
    grid_kg_per_kwh = models.FloatField(null=True)
    grid_is_hourly = models.BooleanField(default=False)
    valuation = models.ForeignKey(Valuation, on_delete=models.RESTRICT, null=True, related_name="+")

    class Meta:
        ordering = ["hour"]
        constraints = [models.UniqueConstraint(fields=["service", "hour"], name="live_hour_once")]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H:00}"


class Kind(models.TextChoices):
    """How long a period is."""

    TOTAL = "total", "in all"
    MONTH = "month", "month"
    WEEK = "week", "week from Monday"


class PeriodUse(Sums):
    """The hours of a service summed by week, by month and in all, so that pages read few rows; days are of UTC."""

    service = models.ForeignKey(LiveService, on_delete=models.CASCADE, related_name="periods")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    begins = models.DateField()

    class Meta:
        ordering = ["kind", "begins"]
        constraints = [
            models.UniqueConstraint(fields=["service", "kind", "begins"], name="live_period_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.begins}"
