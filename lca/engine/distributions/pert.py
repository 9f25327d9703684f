"""PERT: a beta distribution from a minimum, a mode and a maximum."""

import math
from typing import ClassVar

import attrs
from scipy.special import betaincinv

from lca.engine.distributions.base import Draws, check_range
from lca.engine.number import number

LAMBDA = 4.0  # weight of the mode; 4 gives the mean (low + 4 mode + high) / 6


@attrs.frozen(kw_only=True)
class Pert:
    """Beta between ``low`` and ``high`` with the nominal value as mode, which weighs four times an end.

    The ``BetaPERT`` of ``stats_arrays`` 4.0 with its usual weight of 4; its ``loc`` is the mode.
    """

    name: ClassVar[str] = "beta_pert"
    low: float = attrs.field(converter=number)
    high: float = attrs.field(converter=number)

    def check(self, value: float) -> None:
        """Refuse a range that is empty or does not hold the nominal value."""
        check_range(self.low, value, self.high, place="mode")

    def shapes(self, value: float) -> tuple[float, float]:
        """Both shapes of the beta distribution; each is at least 1, so a mode exists."""
        turn = (value - self.low) / (self.high - self.low)
        return 1 + LAMBDA * turn, 1 + LAMBDA * (1 - turn)

    def draw(self, uniform: Draws, value: float) -> Draws:
        """Values for uniform draws, shape kept."""
        result: Draws = betaincinv(*self.shapes(value), uniform)
        result *= self.high - self.low
        result += self.low
        return result

    def scaled(self, ratio: float) -> "Pert":
        """Keep the relative range."""
        low, high = sorted((self.low * ratio, self.high * ratio))
        return Pert(low=low, high=high)

    def spread(self, value: float) -> float:
        """Standard deviation, in the parameter's unit."""
        a, b = self.shapes(value)
        return (self.high - self.low) * math.sqrt(a * b / (a + b + 1)) / (a + b)
