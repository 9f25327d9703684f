"""Deployments: the system at work, and the energy of a token."""

from django.db import models

from apps.assessments.models.base import Part, check_order, refuse
from apps.assessments.models.hardware import Hardware
from apps.assessments.models.quantities import limit, quantity, whole
from apps.assessments.models.site import Site
from apps.assessments.models.vocabulary import (
    DECLARED_PROVENANCE_CHOICES,
    WEIGHT_PRECISION_CHOICES,
    EnergyScope,
    EnergySource,
)

NEEDED = {
    EnergySource.SUPPLIED: ("joules_per_output_token", "Enter the joules per output token."),
    EnergySource.PROBE: ("measurement", "Choose the measurement that this figure comes from."),
}


DAY_S = 86_400


class Deployment(Part):
    """Requests answered at one site in a period, with the energy of a token."""

    siblings = ("site", "hardware")

    name = models.CharField("name", max_length=200)
    site = models.ForeignKey(Site, on_delete=models.RESTRICT)
    hardware = models.ForeignKey(Hardware, on_delete=models.RESTRICT, null=True, blank=True)
    period_start = models.DateField("period from", null=True, blank=True)
    period_end = models.DateField("period to", null=True, blank=True)
    requests = whole("requests", "requests", "Answered in the period.")
    request_rate = quantity(
        "request_rate", "requests per second", "Mean of the period, instead of their number."
    )
    tokens_in = quantity("tokens", "input tokens per request", "Mean of the period.")
    tokens_out = quantity("tokens", "output tokens per request", "Mean of the period.")
    energy_source = models.CharField(
        "energy per token",
        max_length=10,
        choices=EnergySource.choices,
        default=EnergySource.MODELLED,
    )
    joules_per_output_token = quantity("joules_per_token", "energy per output token")
    joules_per_input_token = quantity("joules_per_token", "energy per input token")
    energy_scope = models.CharField(
        "energy covers", max_length=12, choices=EnergyScope.choices, default=EnergyScope.ACCELERATOR
    )
    energy_provenance = models.CharField(
        "energy is", max_length=10, choices=DECLARED_PROVENANCE_CHOICES, default="supplied"
    )
    measurement = models.ForeignKey(
        "probes.Measurement", on_delete=models.RESTRICT, null=True, blank=True
    )
    fitted = models.ForeignKey(
        "probes.FittedProfile",
        verbose_name="profile",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        help_text="For a prediction: the shipped profile, or one fitted on your measurements.",
    )
    batch_size = quantity("batch_size", "requests answered at once", "Mean batch size.")
    precision = models.CharField(
        "precision of the weights",
        max_length=10,
        choices=WEIGHT_PRECISION_CHOICES,
        blank=True,
        help_text="For a prediction.",
    )
    accelerators = whole(
        "count",
        "accelerators of one replica",
        "That share one copy of the model; for a prediction.",
    )
    cached_share = quantity(
        "cached_share", "prompt tokens found in a cache", "Share of the input tokens, 0 to 1."
    )
    idle_share = quantity(
        "idle_share",
        "energy of idle capacity",
        "Per energy at work: 0.12 where capacity held ready draws 12 % of what requests draw.",
    )
    accelerator_hours = quantity(
        "gpu_hours", "accelerator-hours", "In the period; shares the hardware's embodied impact."
    )
    pieces = quantity(
        "pieces",
        "images or videos per request",
        "Mean of the period, where requests make images or videos.",
    )
    joules_per_piece = quantity("joules_per_piece", "energy per image or video")
    pixels_wide = whole("pixels", "width in pixels", "Of an image or video; for a prediction.")
    pixels_high = whole("pixels", "height in pixels", "Of an image or video; for a prediction.")
    frames = whole("frames", "frames", "Of a video; for a prediction, and per second of video.")
    frame_rate = quantity("frame_rate", "frames per second", "Of a video.")
    steps = whole("steps", "inference steps", "Of a diffusion model; for a prediction.")
    traffic = models.JSONField("traffic", default=dict, blank=True, editable=False)
    source = models.CharField("source", max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        default_related_name = "deployments"
        constraints = [
            limit("deployment", "requests"),
            limit("deployment", "request_rate"),
            limit("deployment", "tokens_in", "tokens"),
            limit("deployment", "tokens_out", "tokens"),
            limit("deployment", "joules_per_output_token", "joules_per_token"),
            limit("deployment", "joules_per_input_token", "joules_per_token"),
            limit("deployment", "pieces"),
            limit("deployment", "joules_per_piece"),
            limit("deployment", "pixels_wide", "pixels"),
            limit("deployment", "pixels_high", "pixels"),
            limit("deployment", "frames"),
            limit("deployment", "frame_rate"),
            limit("deployment", "steps"),
            limit("deployment", "batch_size"),
            limit("deployment", "accelerators", "count"),
            limit("deployment", "cached_share"),
            limit("deployment", "idle_share"),
            limit("deployment", "accelerator_hours", "gpu_hours"),
            models.CheckConstraint(
                condition=~models.Q(energy_source=EnergySource.PROBE, measurement__isnull=True),
                name="deployment_probe_has_measurement",
                violation_error_message="Choose the measurement that this figure comes from.",
            ),
            models.CheckConstraint(
                condition=models.Q(energy_source__in=EnergySource.values),
                name="deployment_energy_source_known",
            ),
            models.CheckConstraint(
                condition=models.Q(period_end__gte=models.F("period_start"))
                | models.Q(period_start__isnull=True)
                | models.Q(period_end__isnull=True),
                name="deployment_period_order",
                violation_error_message="The period ends before it starts.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def makes_pieces(self) -> bool:
        """Whether requests make images or videos; then tokens that are not declared are no gap."""
        return self.pieces is not None or self.joules_per_piece is not None

    @property
    def answered(self) -> float | None:
        """Requests of the period: as declared, else their rate over its days; ``None`` if neither is."""
        if self.requests is not None:
            return float(self.requests)
        if self.request_rate is None or self.period_start is None or self.period_end is None:
            return None
        rate: float = self.request_rate
        return rate * ((self.period_end - self.period_start).days + 1) * DAY_S

    def clean(self) -> None:
        super().clean()
        check_order(
            self.period_start, self.period_end, "period_end", "The period ends before it starts."
        )
        self._check_rate()
        if self.measurement and self.measurement.organisation_id != self.organisation_id:
            msg = "This measurement belongs to another organisation; choose one of yours."
            refuse("measurement", msg, "foreign")
        if self.fitted and self.fitted.organisation_id != self.organisation_id:
            refuse("fitted", "This profile belongs to another organisation.", "foreign")
        if self.fitted and self.fitted.state != "ready":
            refuse("fitted", "This profile is not ready; choose another one.", "not_ready")
        needed, message = NEEDED.get(EnergySource(self.energy_source), ("", ""))
        has_pieces = self.joules_per_piece is not None and needed == "joules_per_output_token"
        if needed and getattr(self, needed) is None and not has_pieces:
            refuse(needed, message, "needed")  # “required” would lose its message in a form

    def _check_rate(self) -> None:
        if self.request_rate is None:
            return
        if self.requests is not None:
            msg = "Give the number of requests or their rate, not both."
            refuse("request_rate", msg, "twice")
        if self.period_start is None or self.period_end is None:
            empty = "period_end" if self.period_start else "period_start"
            refuse(empty, "A rate needs the period it held for, from and to.", "needed")
