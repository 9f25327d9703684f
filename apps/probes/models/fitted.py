"""Profiles fitted on an organisation's own measurements."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from apps.accounts.models import Owned, OwnedQuerySet


class FitState(models.TextChoices):
    """Where a fit stands."""

    FITTING = "fitting", "being fitted"
    READY = "ready", "ready"
    FAILED = "failed", "failed"


class FittedProfile(Owned):
    """The published measurements and an organisation's own in one fit; made once, never changed.

    ``error`` is the median absolute error of the own measurements by the fits that never saw their models,
    ``error_before`` that of the shipped fit ``starts_from``. ``left_out`` says which measurements no fit takes, and why.
    """

    label = models.CharField(max_length=150)
    state = models.CharField(max_length=10, choices=FitState, default=FitState.FITTING)
    message = models.TextField(blank=True)
    with_modelled = models.BooleanField(default=False)
    measurements = models.ManyToManyField("probes.Measurement", related_name="fits")
    left_out = models.JSONField(default=list)
    starts_from = models.CharField(max_length=300)
    rows = models.PositiveIntegerField(null=True, blank=True)
    own_rows = models.PositiveIntegerField(default=0)
    error = models.FloatField(null=True, blank=True)
    error_before = models.FloatField(null=True, blank=True)
    fitted_at = models.DateTimeField(null=True, blank=True)
    document = models.JSONField(null=True, blank=True)

    objects: ClassVar[OwnedQuerySet["FittedProfile"]] = OwnedQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its query set's methods

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready")
                | Q(
                    document__isnull=False,
                    rows__isnull=False,
                    error__isnull=False,
                    fitted_at__isnull=False,
                ),
                name="ready_fit_is_whole",
            )
        ]

    def __str__(self) -> str:
        return self.label
