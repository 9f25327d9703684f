"""Factors that an organisation adds for itself, with the evidence behind them."""

from typing import ClassVar, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Owned, Versioned
from apps.factors import rules
from apps.factors.indicators import INDICATORS, Kind, label_of
from apps.factors.models.library import Entry, Source

OLDEST_YEAR = 1990


class OwnSource(NamedTuple):
    """What stands behind an own factor, in the words of a library source."""

    key: str
    citation: str
    url: str
    licence: str
    year: int


def evidence_path(factor: "OwnFactor", _name: str) -> str:
    """Where evidence is kept: by organisation and content, never under a name that was sent."""
    return f"evidence/{factor.organisation.uuid}/{factor.uuid}/{factor.evidence_sha256}"


class OwnFactor(Owned, Versioned):
    """A number of one organisation, for a thing of the library or a new one; only its members see it."""

    class Distribution(models.TextChoices):
        """Those of the library, and what was observed."""

        NONE = "none", "not stated"
        LOGNORMAL = "lognormal", "log-normal"
        TRIANGULAR = "triangular", "triangular"
        UNIFORM = "uniform", "uniform"
        PERT = "beta_pert", "PERT"
        EMPIRICAL = "empirical", "empirical: observed values"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    key = models.SlugField(
        max_length=80, help_text="The key of an entry of the library, or a new one."
    )
    name = models.CharField(
        max_length=200, blank=True, help_text="Needed for a new thing; else the library's name."
    )
    indicator = models.CharField(max_length=40)
    value = models.FloatField()
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    gsd = models.FloatField(
        "geometric standard deviation", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    distribution = models.CharField(
        max_length=12, choices=Distribution.choices, default=Distribution.NONE
    )
    observed = models.JSONField(
        "observed values",
        default=list,
        blank=True,
        help_text="For an empirical distribution: at least two, in the same unit; the value lies among them.",
    )
    unit = models.CharField(max_length=40, help_text="Converted to the library's unit when saved.")
    scope = models.CharField(
        max_length=200, blank=True, help_text="What the number covers: life-cycle, per IT kWh …"
    )
    year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(OLDEST_YEAR), MaxValueValidator(9999)]
    )
    source_text = models.CharField(
        "source", max_length=500, help_text="Who states it, in which document, on which page."
    )
    source_url = models.URLField("address of the source", max_length=500, blank=True)
    licence = models.CharField(
        max_length=200, help_text="What you may do with it, or “internal”; printed in reports."
    )
    note = models.TextField(blank=True, max_length=2000)
    evidence = models.FileField(upload_to=evidence_path, max_length=255, blank=True, editable=False)
    evidence_name = models.CharField(max_length=120, blank=True, editable=False)
    evidence_type = models.CharField(max_length=80, blank=True, editable=False)
    evidence_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    evidence_size = models.PositiveIntegerField(default=0, editable=False)

    entry: Entry  # lent by the library where the factor stands among its rivals
    pedigree: ClassVar[dict[str, int]] = {}  # scores are the library's
    is_own = True
    chosen = False
    retrieval = Source.Retrieval.PRIMARY

    class Meta:
        ordering: ClassVar = ["kind", "key", "indicator", "id"]
        verbose_name = "own factor"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "key", "indicator", "source_text"],
                name="own_factor_once_per_source",
                violation_error_message="This number is here already from the same source; edit it instead.",
            ),
            models.CheckConstraint(
                condition=~Q(unit="") & ~Q(source_text="") & ~Q(licence=""),
                name="own_factor_sourced",
            ),
            models.CheckConstraint(condition=Q(gsd=None) | Q(gsd__gt=1), name="own_factor_gsd"),
        ]

    def __str__(self) -> str:
        return f"{self.name or self.key}: {self.label}"

    def get_absolute_url(self) -> str:
        return reverse("own_factors:detail", args=[self.organisation.slug, self.uuid])

    @property
    def label(self) -> str:
        """Name of the indicator for readers."""
        known = INDICATORS.get(self.kind, {})
        return label_of(self.kind, self.indicator) if self.indicator in known else self.indicator

    @property
    def choice(self) -> str:
        """What names this value among its rivals, in whatever release they stand."""
        return f"own:{self.uuid}"

    @property
    def source(self) -> OwnSource:
        """Source in the words of the library's."""
        key = f"own-{self.uuid}"
        return OwnSource(key, self.source_text, self.source_url, self.licence, self.year)

    @property
    def number(self) -> rules.Number:
        """Value with its spread, as stated."""
        stated = (self.value, self.low, self.high, self.gsd, self.distribution, self.unit)
        return rules.Number(*stated, self.observed)

    def clean(self) -> None:
        """Apply the library's own rules: indicator, unit, physical range, spread, year."""
        faults = [*self._faults()]
        if self.year and self.year > timezone.localdate().year:
            message = f"{self.year} lies in the future; give the year that the number is for."
            faults.append(rules.Fault("year", message))
        if faults:
            raise ValidationError({fault.column: fault.message for fault in reversed(faults)})

    def _faults(self) -> list[rules.Fault]:
        unknown = rules.indicator_fault(self.kind, self.indicator)
        indicator = INDICATORS.get(self.kind, {}).get(self.indicator)
        if unknown or indicator is None or self.value is None:
            return [unknown] if unknown else []
        scale = rules.scale_of(self.unit, indicator)
        if isinstance(scale, rules.Fault):
            return [scale]
        impossible = rules.range_fault(self.number, scale, self.indicator, indicator)
        return [*([impossible] if impossible else []), *rules.spread_faults(self.number)]
