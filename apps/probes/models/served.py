"""Measurements of servers under load."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from apps.accounts.models import Owned, OwnedQuerySet
from apps.probes.models.probes import Boundary, Provenance


class ServedMeasurement(Owned):
    """One document of ``lca.measure drive``, kept as it came, with its headline figures beside it; never edited.

    A server's requests mix prefill and decode, so there is no energy of either alone as a :class:`Measurement` has it.
    """

    document = models.JSONField()
    sha256 = models.CharField(max_length=64, editable=False)
    label = models.CharField(max_length=150)
    model_name = models.CharField(max_length=200)
    device = models.CharField(max_length=200, blank=True)
    meter = models.CharField(max_length=50)
    boundary = models.CharField(max_length=12, choices=Boundary)
    is_modelled = models.BooleanField()
    provenance = models.CharField(max_length=10, choices=Provenance)
    measured_at = models.DateTimeField()
    concurrency = models.PositiveIntegerField()
    requests = models.PositiveIntegerField()
    error_share = models.FloatField()
    j_per_request = models.FloatField()
    j_per_request_p05 = models.FloatField()
    j_per_request_p95 = models.FloatField()
    j_per_output_token = models.FloatField()
    j_per_output_token_p05 = models.FloatField()
    j_per_output_token_p95 = models.FloatField()
    idle_w = models.FloatField()

    objects: ClassVar[OwnedQuerySet["ServedMeasurement"]] = OwnedQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its query set's methods

    class Meta:
        ordering = ["-measured_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "sha256"], name="served_stored_once"),
            models.CheckConstraint(
                condition=Q(is_modelled=True, provenance="modelled")
                | Q(is_modelled=False, provenance="measured"),
                name="served_modelled_is_not_measured",
            ),
            models.CheckConstraint(
                condition=Q(
                    j_per_request__gt=0,
                    j_per_output_token__gt=0,
                    j_per_request_p05__lte=F("j_per_request"),
                    j_per_request_p95__gte=F("j_per_request"),
                    j_per_output_token_p05__lte=F("j_per_output_token"),
                    j_per_output_token_p95__gte=F("j_per_output_token"),
                ),
                name="served_intervals_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.label
