"""Where each counter of a service stood, so that nothing is counted twice."""

from django.db import models

from apps.live.models.service import LiveService


class Counter(models.Model):
    """The last value of one cumulative series; times in nanoseconds since 1970."""

    service = models.ForeignKey(LiveService, on_delete=models.CASCADE, related_name="counters")
    series = models.CharField(max_length=64)
    start_ns = models.BigIntegerField()
    time_ns = models.BigIntegerField()
    value = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "series"], name="live_counter_once")
        ]

    def __str__(self) -> str:
        return self.series


class Seen(models.Model):
    """A delta that has been counted; kept for as long as one may be sent again."""

    service = models.ForeignKey(LiveService, on_delete=models.CASCADE, related_name="seen")
    series = models.CharField(max_length=64)
    time_ns = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "series", "time_ns"], name="live_delta_once")
        ]
        indexes = [models.Index(fields=["time_ns"], name="live_delta_age")]

    def __str__(self) -> str:
        return self.series
