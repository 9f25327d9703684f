"""Empirical: what was observed, joined by straight lines."""

import math
from collections.abc import Iterable
from typing import ClassVar

import attrs
import numpy as np

from lca.engine.distributions.base import Draws, check_range
from lca.engine.errors import InvalidDistribution
from lca.engine.number import number

FEWEST = 2


def _observations(values: Iterable[float]) -> tuple[float, ...]:
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        msg = f"{values!r} is not a list of numbers."
        raise TypeError(msg)
    return tuple(sorted(number(value) for value in values))


@attrs.frozen(kw_only=True)
class Empirical:
    """Observed ``values``, in the parameter's unit; the nominal value lies among them.

    The distribution function rises by the same step between neighbours in order of size, in a straight
    line, so that draws lie between the smallest and the largest observation and never beyond.
    """

    name: ClassVar[str] = "empirical"
    values: tuple[float, ...] = attrs.field(converter=_observations)

    def check(self, value: float) -> None:
        """Refuse fewer than two observations, one that is no number, and a value outside all of them."""
        if len(self.values) < FEWEST:
            msg = f"An empirical distribution needs at least {FEWEST} observed values, not {len(self.values)}."
            raise InvalidDistribution(msg)
        for observed in self.values:
            if not math.isfinite(observed):
                msg = f"An observed value must be a finite number, not {observed}."
                raise InvalidDistribution(msg)
        check_range(self.values[0], value, self.values[-1])

    def draw(self, uniform: Draws, value: float) -> Draws:  # noqa: ARG002 - one shape for all
        """Values for uniform draws, shape kept."""
        result: Draws = np.interp(uniform, np.linspace(0, 1, len(self.values)), self.values)
        return result

    def scaled(self, ratio: float) -> "Empirical":
        """Keep the relative position of each observation."""
        return Empirical(values=tuple(value * ratio for value in self.values))

    def spread(self, value: float) -> float:  # noqa: ARG002 - one shape for all distributions
        """Standard deviation, in the parameter's unit: of a mixture of uniform pieces."""
        observed = np.array(self.values) - self.values[0]  # moved, so that nothing cancels
        left, right = observed[:-1], observed[1:]
        square = float(np.mean(left**2 + left * right + right**2)) / 3
        mean = float(np.mean((left + right) / 2))
        return math.sqrt(max(square - mean**2, 0.0))
