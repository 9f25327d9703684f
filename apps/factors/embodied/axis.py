"""A logarithmic axis for rival figures: where a value lies, and which numbers stand below."""

import math
from collections.abc import Sequence

import attrs

from apps.factors.embodied.estimate import Estimate

WIDTH, EDGE = 400.0, 12.0
ROOM = 1.15  # of a logarithmic axis beyond its outermost mark
TICKS, FINE_TICKS, FEWEST_TICKS, MOST_TICKS = (1, 2, 5), range(1, 10), 3, 6


@attrs.frozen(kw_only=True)
class Tick:
    """A number under an axis."""

    x: float
    value: float


@attrs.frozen
class Axis:
    """A logarithmic axis that holds every figure with its interval."""

    low: float
    high: float

    @classmethod
    def of(cls, figures: Sequence[Estimate]) -> "Axis":
        ends = [end for f in figures for end in (*(f.interval or ()), f.value) if end > 0] or [1.0]
        return cls(min(ends) / ROOM, max(ends) * ROOM)

    def at(self, value: float) -> float:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return EDGE + share * (WIDTH - 2 * EDGE)

    def ticks(self) -> tuple[Tick, ...]:
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for steps in (TICKS, FINE_TICKS):
            values = [step * 10.0**power for power in powers for step in steps]
            held = [value for value in values if self.low <= value <= self.high]
            if len(held) >= FEWEST_TICKS:
                break
        thinned = held[:: math.ceil(len(held) / MOST_TICKS) or 1]
        return tuple(Tick(x=self.at(value), value=value) for value in thinned)
