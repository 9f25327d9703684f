"""Contracts for electricity: what the market-based figure may claim, and for how much of the consumption."""

from django.db import models

from apps.assessments.models.base import Part
from apps.assessments.models.quantities import limit, quantity, whole
from apps.assessments.models.site import Site
from apps.assessments.models.vocabulary import ContractKind, Matching


class Contract(Part):
    """A claim on some share of a site's electricity; all of a site's contracts together cover at most all of it."""

    siblings = ("site",)

    name = models.CharField("name", max_length=200)
    supplier = models.CharField(
        "supplier",
        max_length=200,
        blank=True,
        help_text="Who sells the electricity or cancels the certificates.",
    )
    site = models.ForeignKey(Site, on_delete=models.RESTRICT)
    kind = models.CharField("kind", max_length=12, choices=ContractKind.choices)
    coverage_share = quantity(
        "coverage_share",
        "share covered",
        "Of the site's yearly consumption, above 0 and at most 1.",
        null=False,
        blank=False,
    )
    kg_co2e_per_kwh = quantity(
        "kg_co2e_per_kwh",
        "factor of this electricity",
        "What the contract or the certificate states; 0 only where it says so.",
        null=False,
        blank=False,
    )
    vintage_year = whole(
        "vintage_year", "vintage", "The year in which the electricity was generated."
    )
    zone = models.CharField(
        "zone of generation", max_length=80, blank=True, help_text="Where it was generated."
    )
    matching = models.CharField(
        "matched", max_length=8, choices=Matching.choices, default=Matching.ANNUAL
    )
    source = models.CharField("source", max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        default_related_name = "contracts"
        constraints = [
            limit("contract", "coverage_share"),
            limit("contract", "kg_co2e_per_kwh"),
            limit("contract", "vintage_year"),
            models.CheckConstraint(
                condition=models.Q(kind__in=ContractKind.values), name="contract_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name
