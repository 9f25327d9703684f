"""What a service used, hour by hour, and what a token was taken to be worth at the time."""

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


class HourlyUse(models.Model):
    """Tokens and requests of one hour, and what they took, valued as they arrived; empty where no valuation was known.

    ``grid_kg_per_kwh`` is the location-based factor that the hour's electricity had: ``grid_is_hourly`` where the site's
    series knows the hour, else that of the year. ``unvalued_tokens`` arrived while nothing said what they take.
    """

    service = models.ForeignKey(LiveService, on_delete=models.CASCADE, related_name="hours")
    hour = models.DateTimeField()
    prompt_tokens = models.FloatField(default=0.0)
    cached_prompt_tokens = models.FloatField(default=0.0)
    output_tokens = models.FloatField(default=0.0)
    requests = models.FloatField(default=0.0)
    unvalued_tokens = models.FloatField(default=0.0)
    kwh = models.FloatField(null=True)
    kg_co2e = models.FloatField(null=True)
    litres = models.FloatField(null=True)
    grid_kg_per_kwh = models.FloatField(null=True)
    grid_is_hourly = models.BooleanField(default=False)
    valuation = models.ForeignKey(Valuation, on_delete=models.RESTRICT, null=True, related_name="+")

    class Meta:
        ordering = ["hour"]
        constraints = [models.UniqueConstraint(fields=["service", "hour"], name="live_hour_once")]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H:00}"
