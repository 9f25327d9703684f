"""Hardware: the accelerators and servers that computing wears out."""

from django.db import models

from apps.assessments.models.base import Part
from apps.assessments.models.quantities import limit, quantity, whole


class Hardware(Part):
    """A kind of accelerator in a kind of server; undeclared figures come from the catalogue."""

    name = models.CharField("name", max_length=200)
    accelerator = models.CharField(
        "accelerator",
        max_length=120,
        blank=True,
        help_text="Key in the hardware catalogue; gives power and embodied impact.",
    )
    accelerators_per_node = whole("count", "accelerators per server")
    host = models.CharField("server", max_length=120, blank=True, help_text="Key in the catalogue.")
    count = whole("count", "accelerators in all")
    lifetime_years = quantity("lifetime_years", "lifetime", "From installation to replacement.")
    utilisation = quantity(
        "utilisation", "utilisation", "Share of its life in which the hardware works, 0 to 1."
    )
    power_w = quantity(
        "power_w", "mean power per accelerator", "While working, without the server around it."
    )
    node_overhead = quantity(
        "node_overhead", "node overhead", "Server energy per accelerator energy, at least 1."
    )
    embodied_kg_co2e = quantity("embodied_kg_co2e", "embodied climate impact")
    embodied_kg_sb_eq = quantity("embodied_kg_sb_eq", "embodied ADPe")
    embodied_mj = quantity("embodied_mj", "embodied primary energy")
    embodied_water_l = quantity("embodied_water_l", "embodied water")
    embodied_includes_host = models.BooleanField(
        "these figures include the accelerator's share of the server", default=False
    )
    source = models.CharField("source", max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        default_related_name = "hardware"
        verbose_name_plural = "hardware"
        constraints = [
            limit("hardware", "accelerators_per_node", "count"),
            limit("hardware", "count"),
            limit("hardware", "lifetime_years"),
            limit("hardware", "utilisation"),
            limit("hardware", "power_w"),
            limit("hardware", "node_overhead"),
            limit("hardware", "embodied_kg_co2e"),
            limit("hardware", "embodied_kg_sb_eq"),
            limit("hardware", "embodied_mj"),
            limit("hardware", "embodied_water_l"),
        ]

    def __str__(self) -> str:
        return self.name
