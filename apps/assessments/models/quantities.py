"""Every quantity a declarant may enter: its unit and the limits that physics and plausibility set.

The upper limits are far above anything real; they exist so that a slipped decimal or ``1e308`` is
refused where it is typed instead of spoiling a total.
"""

import math
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.deconstruct import deconstructible


@dataclass(frozen=True)
class Quantity:
    """Unit and limits of a declared number; ``above`` excludes the lower limit itself."""

    unit: str
    minimum: float
    maximum: float
    above: bool = False


QUANTITIES = {
    "params_total_b": Quantity("billion", 0, 1e6, above=True),
    "params_active_b": Quantity("billion", 0, 1e6, above=True),
    "pue": Quantity("", 1, 100),
    "wue_l_per_kwh": Quantity("L/kWh", 0, 1000),
    "ewif_l_per_kwh": Quantity("L/kWh", 0, 10_000),
    "hourly_factor": Quantity("kg CO2e/kWh", 0, 5),
    "gsd": Quantity("", 1, 100, above=True),
    "coverage_share": Quantity("", 0, 1, above=True),
    "vintage_year": Quantity("", 1990, 2100),
    "kg_co2e_per_kwh": Quantity("kg CO2e/kWh", 0, 100),
    "lifetime_years": Quantity("years", 0, 100, above=True),
    "utilisation": Quantity("", 0, 1, above=True),
    "power_w": Quantity("W", 0, 1e6, above=True),
    "node_overhead": Quantity("", 1, 100),
    "embodied_kg_co2e": Quantity("kg CO2e", 0, 1e9),
    "embodied_kg_sb_eq": Quantity("kg Sb eq", 0, 1e6),
    "embodied_mj": Quantity("MJ", 0, 1e12),
    "embodied_water_l": Quantity("L", 0, 1e12),
    "gpu_hours": Quantity("h", 0, 1e12),
    "energy_kwh": Quantity("kWh", 0, 1e13),
    "share_inherited": Quantity("", 0, 1, above=True),
    "kg_co2e": Quantity("kg CO2e", 0, 1e13),
    "water_l": Quantity("L", 0, 1e15),
    "kg_sb_eq": Quantity("kg Sb eq", 0, 1e9),
    "mj": Quantity("MJ", 0, 1e15),
    "requests": Quantity("", 0, 1e18),
    "request_rate": Quantity("requests/s", 0, 1e9, above=True),
    "lifetime_queries": Quantity("", 1, 1e18),
    "tokens": Quantity("tokens", 0, 1e9),
    "joules_per_token": Quantity("J/token", 0, 1e9, above=True),
    "pieces": Quantity("", 0, 1e6, above=True),
    "joules_per_piece": Quantity("J", 0, 1e12, above=True),
    "pixels": Quantity("", 1, 100_000),
    "frames": Quantity("", 1, 1e6),
    "frame_rate": Quantity("frames/s", 0, 1000, above=True),
    "steps": Quantity("", 1, 100_000),
    "batch_size": Quantity("", 0, 1e6, above=True),
    "count": Quantity("", 1, 1e9),
    "cached_share": Quantity("", 0, 1),
    "idle_share": Quantity("", 0, 100),
    "tolerance_share": Quantity("", 0, 1),
}


@deconstructible
class Within:
    """Refuse a number outside the limits of a quantity, with a message that names the limit."""

    def __init__(self, quantity: str) -> None:
        self.quantity = quantity

    def __call__(self, value: float) -> None:
        limits = QUANTITIES[self.quantity]
        unit = f" {limits.unit}" if limits.unit else ""
        if not math.isfinite(value):
            raise ValidationError("Enter a finite number.", code="not_finite")
        if value < limits.minimum or (limits.above and value == limits.minimum):
            bound = "more than" if limits.above else "at least"
            msg = f"Must be {bound} {limits.minimum:g}{unit}; you entered {value:g}."
            raise ValidationError(msg, code="min_value")
        if value > limits.maximum:
            msg = (
                f"Must be at most {limits.maximum:g}{unit}; you entered {value:g}. Check the unit."
            )
            raise ValidationError(msg, code="max_value")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Within) and other.quantity == self.quantity

    def __hash__(self) -> int:
        return hash(self.quantity)


def _shown(value: float) -> str:
    """Print a number that may be an integer too long for a float."""
    return f"{value:g}" if isinstance(value, float) else str(value)[:24]


def quantity(name: str, verbose_name: str, help_text: str = "", **options: Any) -> Any:
    """Make the field of a declared number: ``None`` until it is declared."""
    options = {"null": True, "blank": True} | options
    return models.FloatField(
        verbose_name, help_text=help_text, validators=[Within(name)], **options
    )


def whole(name: str, verbose_name: str, help_text: str = "", **options: Any) -> Any:
    """Make the field of a declared whole number: ``None`` until it is declared."""
    options = {"null": True, "blank": True} | options
    return models.BigIntegerField(
        verbose_name, help_text=help_text, validators=[Within(name)], **options
    )


def limit(model: str, field: str, name: str = "") -> models.CheckConstraint:
    """Hold the limits of a quantity in the database as well."""
    limits = QUANTITIES[name or field]
    lower = "gt" if limits.above else "gte"
    condition = models.Q(**{f"{field}__{lower}": limits.minimum, f"{field}__lte": limits.maximum})
    return models.CheckConstraint(
        condition=condition | models.Q(**{f"{field}__isnull": True}),
        name=f"{model}_{field}_limits",
    )
