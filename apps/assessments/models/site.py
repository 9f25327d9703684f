"""Sites: where computing happens, and what its electricity and water mean."""

from django.db import models

from apps.assessments.models.base import Part, refuse
from apps.assessments.models.quantities import limit, quantity
from apps.assessments.models.vocabulary import (
    DECLARED_PROVENANCE_CHOICES,
    EwifBasis,
    GridScope,
    WueBasis,
)


class Site(Part):
    """A data centre or machine room; each undeclared figure is taken from the factor release."""

    name = models.CharField("name", max_length=200)
    operator = models.CharField("operator", max_length=200, blank=True)
    zone = models.CharField(
        "country or grid zone",
        max_length=80,
        blank=True,
        help_text="Code of the electricity zone, such as DE; a cloud region brings its own.",
    )
    cloud_region = models.CharField(
        "cloud region",
        max_length=120,
        blank=True,
        help_text="Gives zone, PUE and WUE, as its provider states them, until you declare them.",
    )
    datacentre = models.CharField(
        "data-centre archetype",
        max_length=120,
        blank=True,
        help_text="Gives PUE and WUE until you declare them.",
    )
    pue = quantity("pue", "PUE", "Facility energy per IT energy, as a yearly mean.")
    pue_low = quantity("pue", "PUE, lowest")
    pue_high = quantity("pue", "PUE, highest")
    pue_provenance = models.CharField(
        "PUE is", max_length=10, choices=DECLARED_PROVENANCE_CHOICES, default="supplied"
    )
    wue_l_per_kwh = quantity("wue_l_per_kwh", "WUE", "On-site water per kWh; say below of what.")
    wue_basis = models.CharField(
        "WUE counts",
        max_length=10,
        choices=WueBasis.choices,
        default=WueBasis.IT_CONSUMPTION,
        help_text="As its publisher counts it; it is converted to consumption per kWh of IT energy.",
    )
    wue_provenance = models.CharField(
        "WUE is", max_length=10, choices=DECLARED_PROVENANCE_CHOICES, default="supplied"
    )
    ewif_l_per_kwh = quantity(
        "ewif_l_per_kwh", "EWIF", "Water consumed off site per kWh of electricity."
    )
    ewif_hydropower = models.CharField(
        "the EWIF is",
        max_length=10,
        choices=EwifBasis.choices,
        default=EwifBasis.NOT_STATED,
        blank=True,
        help_text="Water is given with and without the evaporation from hydropower's reservoirs.",
    )
    grid_kg_co2e_per_kwh = quantity("kg_co2e_per_kwh", "grid factor, location-based")
    grid_scope = models.CharField(
        "the grid factor is",
        max_length=10,
        choices=GridScope.choices,
        default=GridScope.NOT_STATED,
        blank=True,
        help_text="Direct and life-cycle factors are never added up in one assessment.",
    )
    grid_source = models.CharField("source of the grid factor", max_length=500, blank=True)
    market_kg_co2e_per_kwh = quantity(
        "kg_co2e_per_kwh",
        "factor of electricity without contract, market-based",
        "The residual mix, or the supplier's ordinary product; it holds for what contracts do not cover.",
    )
    market_source = models.CharField("source of that factor", max_length=500, blank=True)
    source = models.CharField("source", max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        default_related_name = "sites"
        constraints = [
            limit("site", "pue"),
            limit("site", "pue_low", "pue"),
            limit("site", "pue_high", "pue"),
            limit("site", "wue_l_per_kwh"),
            limit("site", "ewif_l_per_kwh"),
            limit("site", "grid_kg_co2e_per_kwh", "kg_co2e_per_kwh"),
            limit("site", "market_kg_co2e_per_kwh", "kg_co2e_per_kwh"),
            models.CheckConstraint(
                condition=(
                    models.Q(pue_low__isnull=True)
                    | models.Q(pue__isnull=True)
                    | models.Q(pue_low__lte=models.F("pue"))
                ),
                name="site_pue_low_order",
                violation_error_message="The lowest PUE is above the PUE.",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(pue_high__isnull=True)
                    | models.Q(pue__isnull=True)
                    | models.Q(pue_high__gte=models.F("pue"))
                ),
                name="site_pue_high_order",
                violation_error_message="The highest PUE is below the PUE.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if not self.zone:
            refuse("zone", "Give the country or grid zone, or a cloud region.", "needed")
        if self.pue is None:
            for field in ("pue_low", "pue_high"):
                if getattr(self, field) is not None:
                    refuse(field, "Give the PUE that this limit belongs to.", "needed")
            return
        if self.pue_low is not None and self.pue_low > self.pue:
            refuse("pue_low", f"The lowest PUE is above the PUE of {self.pue:g}.", "order")
        if self.pue_high is not None and self.pue_high < self.pue:
            refuse("pue_high", f"The highest PUE is below the PUE of {self.pue:g}.", "order")
