"""What all distributions share: the type of their draws, and the check of a range."""

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lca.engine.errors import InvalidDistribution

Draws: TypeAlias = npt.NDArray[np.float64]


def check_range(low: float, value: float, high: float, *, place: str = "value") -> None:
    """Refuse a range that is not finite, is empty or does not hold the nominal value."""
    for end, name in ((low, "minimum"), (high, "maximum")):
        if not math.isfinite(end):
            msg = f"The {name} must be a finite number, not {end}."
            raise InvalidDistribution(msg)
    if low >= high:
        msg = f"The minimum ({low}) must be below the maximum ({high})."
        raise InvalidDistribution(msg)
    if not low <= value <= high:
        msg = f"The {place} {value} lies outside its own range, {low} to {high}."
        raise InvalidDistribution(msg)
