"""A deployed model whose counters are followed."""

from django.db import models
from django.urls import reverse

from apps.accounts.models import Owned
from apps.assessments.models import AISystem, Deployment


class LiveService(Owned):
    """A service whose tokens are counted as it answers; ``deployment`` says what a token takes.

    Counters are pushed (OTLP), or fetched from ``metrics_url`` (Prometheus). ``family`` is the set of metrics that counts its
    tokens: a second set with other names counts the same ones. ``recent`` is what came in the last minutes, newest last.
    """

    system = models.ForeignKey(AISystem, on_delete=models.CASCADE, related_name="live_services")
    name = models.CharField("name", max_length=120)
    deployment = models.ForeignKey(
        Deployment,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="live_services",
        help_text="Its energy per token and its site value what is counted.",
    )
    metrics_url = models.URLField(
        "Prometheus address",
        max_length=500,
        blank=True,
        help_text="Fetched four times a minute, such as https://host/metrics of vLLM or TGI. Leave it empty where an exporter pushes.",
    )
    family = models.CharField(max_length=60, blank=True, editable=False)
    heard_at = models.DateTimeField(null=True, blank=True, editable=False)
    polled_at = models.DateTimeField(null=True, blank=True, editable=False)
    problem = models.CharField(max_length=500, blank=True, editable=False)
    recent = models.JSONField(default=list, editable=False)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["system", "name"], name="live_service_named_once")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("live:service", args=[self.organisation.slug, self.uuid])
