"""Hardware: the accelerators and servers that computing wears out."""

from django.db import models

from apps.assessments.models.base import Part, refuse
from apps.assessments.models.quantities import limit, quantity, whole
from apps.assessments.models.vocabulary import Allocation

RANGED = {"lifetime_years": "lifetime", "utilisation": "utilisation"}


def ordered(field: str) -> list[models.CheckConstraint]:
    """Hold the range of a declared number around it, in the database as well."""
    value, low, high = models.F(field), f"{field}_low", f"{field}_high"
    silent = models.Q(**{f"{field}__isnull": True})
    within = {
        "low": models.Q(**{f"{low}__isnull": True}) | models.Q(**{f"{low}__lte": value}),
        "high": models.Q(**{f"{high}__isnull": True}) | models.Q(**{f"{high}__gte": value}),
    }
    return [
        models.CheckConstraint(condition=silent | condition, name=f"hardware_{field}_{end}_order")
        for end, condition in within.items()
    ]


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
    lifetime_years_low = quantity("lifetime_years", "lifetime, shortest")
    lifetime_years_high = quantity("lifetime_years", "lifetime, longest")
    allocation = models.CharField(
        "accelerator-hours are",
        max_length=16,
        choices=Allocation.choices,
        default=Allocation.BUSY_HOURS,
        help_text="Hours at work share idle time by utilisation; hours of reserved servers hold it already.",
    )
    utilisation = quantity(
        "utilisation",
        "utilisation",
        "Share of its life in which the hardware works (in a shared cluster: is reserved), 0 to 1.",
    )
    utilisation_low = quantity("utilisation", "utilisation, lowest")
    utilisation_high = quantity("utilisation", "utilisation, highest")
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
            limit("hardware", "lifetime_years_low", "lifetime_years"),
            limit("hardware", "lifetime_years_high", "lifetime_years"),
            limit("hardware", "utilisation_low", "utilisation"),
            limit("hardware", "utilisation_high", "utilisation"),
            *ordered("lifetime_years"),
            *ordered("utilisation"),
            models.CheckConstraint(
                condition=models.Q(allocation__in=Allocation.values),
                name="hardware_allocation_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(allocation=Allocation.EXCLUSIVE_NODE)
                | models.Q(utilisation__isnull=True)
                | models.Q(utilisation=1),
                name="hardware_idle_counted_once",
                violation_error_message="Reserved hours hold the idle time already.",
            ),
            limit("hardware", "power_w"),
            limit("hardware", "node_overhead"),
            limit("hardware", "embodied_kg_co2e"),
            limit("hardware", "embodied_kg_sb_eq"),
            limit("hardware", "embodied_mj"),
            limit("hardware", "embodied_water_l"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def hours_are_reserved(self) -> bool:
        """Whether its hours hold idle time, so that none can be modelled from energy."""
        return self.allocation != Allocation.BUSY_HOURS

    def clean(self) -> None:
        super().clean()
        for field, name in RANGED.items():
            self._check_range(field, name)
        if self.allocation == Allocation.EXCLUSIVE_NODE and self.utilisation not in {None, 1}:
            msg = (
                "Hours of reserved servers hold their idle time already, so utilisation would count it twice."
                " Leave it empty, or declare hours at work."
            )
            refuse("utilisation", msg, "twice")

    def _check_range(self, field: str, name: str) -> None:
        value, low, high = (getattr(self, f"{field}{end}") for end in ("", "_low", "_high"))
        if value is None:
            for end, bound in (("low", low), ("high", high)):
                if bound is not None:
                    refuse(
                        f"{field}_{end}", f"Give the {name} that this limit belongs to.", "needed"
                    )
            return
        if low is not None and low > value:
            refuse(f"{field}_low", f"This limit is above the {name} of {value:g}.", "order")
        if high is not None and high < value:
            refuse(f"{field}_high", f"This limit is below the {name} of {value:g}.", "order")
