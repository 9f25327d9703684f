"""Fixed, log-normal, normal, uniform and triangular."""

import math
from typing import ClassVar

import attrs
import numpy as np
from scipy.special import ndtri

from lca.engine.distributions.base import Draws, check_range
from lca.engine.errors import InvalidDistribution
from lca.engine.number import number


@attrs.frozen(kw_only=True)
class Fixed:
    """No uncertainty declared: every draw is the nominal value."""

    name: ClassVar[str] = "none"

    def check(self, value: float) -> None:
        """Accept any value."""

    def draw(self, uniform: Draws, value: float) -> Draws:
        """Values for uniform draws, shape kept."""
        return np.full_like(uniform, value)

    def scaled(self, ratio: float) -> "Fixed":  # noqa: ARG002 - one shape for all distributions
        """Keep as it is."""
        return self

    def spread(self, value: float) -> float:  # noqa: ARG002 - one shape for all distributions
        """Standard deviation to first order, in the parameter's unit."""
        return 0.0


@attrs.frozen(kw_only=True)
class Lognormal:
    """Log-normal with the nominal value as median and ``gsd`` as geometric standard deviation (> 1)."""

    name: ClassVar[str] = "lognormal"
    gsd: float = attrs.field(converter=number)

    def check(self, value: float) -> None:
        """Refuse a spread below 1 or a median that is not positive."""
        if not (math.isfinite(self.gsd) and self.gsd > 1):
            msg = f"A geometric standard deviation must be a number above 1, not {self.gsd}."
            raise InvalidDistribution(msg)
        if value < 0:
            msg = f"A log-normal median cannot be negative ({value})."
            raise InvalidDistribution(msg)

    def draw(self, uniform: Draws, value: float) -> Draws:
        """Values for uniform draws, shape kept."""
        result: Draws = ndtri(uniform)
        result *= math.log(self.gsd)
        np.exp(result, out=result)
        result *= value
        return result

    def scaled(self, ratio: float) -> "Lognormal":  # noqa: ARG002 - one shape for all distributions
        """Keep: the spread is already relative."""
        return self

    def spread(self, value: float) -> float:
        """Standard deviation to first order, in the parameter's unit."""
        return math.log(self.gsd) * value


@attrs.frozen(kw_only=True)
class Normal:
    """Normal with the nominal value as mean and ``sd`` in the parameter's unit."""

    name: ClassVar[str] = "normal"
    sd: float = attrs.field(converter=number)

    def check(self, value: float) -> None:  # noqa: ARG002 - one shape for all distributions
        """Refuse a spread that is not positive."""
        if not (math.isfinite(self.sd) and self.sd > 0):
            msg = f"A standard deviation must be a positive number, not {self.sd}."
            raise InvalidDistribution(msg)

    def draw(self, uniform: Draws, value: float) -> Draws:
        """Values for uniform draws, shape kept."""
        result: Draws = ndtri(uniform)
        result *= self.sd
        result += value
        return result

    def scaled(self, ratio: float) -> "Normal":
        """Keep the relative spread."""
        return Normal(sd=self.sd * abs(ratio))

    def spread(self, value: float) -> float:  # noqa: ARG002 - one shape for all distributions
        """Standard deviation, in the parameter's unit."""
        return self.sd


@attrs.frozen(kw_only=True)
class Uniform:
    """Uniform between ``low`` and ``high``, in the parameter's unit."""

    name: ClassVar[str] = "uniform"
    low: float = attrs.field(converter=number)
    high: float = attrs.field(converter=number)

    def check(self, value: float) -> None:
        """Refuse a range that is empty or does not hold the nominal value."""
        check_range(self.low, value, self.high)

    def draw(self, uniform: Draws, value: float) -> Draws:  # noqa: ARG002 - one shape for all
        """Values for uniform draws, shape kept."""
        result: Draws = self.low + (self.high - self.low) * uniform
        return result

    def scaled(self, ratio: float) -> "Uniform":
        """Keep the relative range."""
        low, high = sorted((self.low * ratio, self.high * ratio))
        return Uniform(low=low, high=high)

    def spread(self, value: float) -> float:  # noqa: ARG002 - one shape for all distributions
        """Standard deviation, in the parameter's unit."""
        return (self.high - self.low) / math.sqrt(12)


@attrs.frozen(kw_only=True)
class Triangular:
    """Triangular between ``low`` and ``high`` with the nominal value as mode."""

    name: ClassVar[str] = "triangular"
    low: float = attrs.field(converter=number)
    high: float = attrs.field(converter=number)

    def check(self, value: float) -> None:
        """Refuse a range that is empty or does not hold the nominal value."""
        check_range(self.low, value, self.high, place="mode")

    def draw(self, uniform: Draws, value: float) -> Draws:
        """Values for uniform draws, shape kept."""
        width = self.high - self.low
        turn = (value - self.low) / width
        rising = self.low + np.sqrt(uniform * width * (value - self.low))
        falling = self.high - np.sqrt((1 - uniform) * width * (self.high - value))
        result: Draws = np.where(uniform < turn, rising, falling)
        return result

    def scaled(self, ratio: float) -> "Triangular":
        """Keep the relative range."""
        low, high = sorted((self.low * ratio, self.high * ratio))
        return Triangular(low=low, high=high)

    def spread(self, value: float) -> float:
        """Standard deviation, in the parameter's unit."""
        low, high = self.low, self.high
        variance = (low**2 + high**2 + value**2 - low * high - low * value - high * value) / 18
        return math.sqrt(max(variance, 0.0))
