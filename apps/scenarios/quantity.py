"""A number with its unit, interval, provenance and source, as every strategy states it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.scenarios.errors import BadInput
from lca.engine import Provenance

Draws = npt.NDArray[np.float64]
LEVELS = (0.05, 0.5, 0.95)
NORMAL_95 = 1.6449


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A value in a unit; ``p05`` and ``p95`` bound it where its uncertainty is known."""

    value: float
    unit: str
    provenance: Provenance
    source: str
    p05: float | None = None
    p95: float | None = None

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON, without bounds that are not known."""
        found: dict[str, object] = {"value": self.value, "unit": self.unit}
        if self.p05 is not None and self.p95 is not None:
            found |= {"p05": self.p05, "p95": self.p95}
        return found | {"provenance": self.provenance.value, "source": self.source}


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a figure comes from, and the geometric standard deviation of its uncertainty (1: not stated)."""

    provenance: Provenance
    source: str
    gsd: float = 1.0

    def __post_init__(self) -> None:
        if not 1 <= self.gsd < np.inf:
            msg = f"The geometric standard deviation is {self.gsd:g}; it must be 1 or more."
            raise BadInput(msg, field="gsd")

    def quantity(self, value: float, unit: str) -> Quantity:
        """Return a figure of this origin with its 5 to 95 % bounds."""
        half = self.gsd**NORMAL_95
        return Quantity(
            value=value,
            unit=unit,
            provenance=self.provenance,
            source=self.source,
            p05=value / half,
            p95=value * half,
        )


def interval(nominal: float, draws: Draws, unit: str) -> dict[str, float | str]:
    """Return a deterministic value with mean, median and 5 to 95 % bounds of its draws, shape (draws,)."""
    p05, p50, p95 = (float(value) for value in np.quantile(draws, LEVELS))
    return {
        "value": nominal,
        "mean": float(draws.mean()),
        "p05": p05,
        "p50": p50,
        "p95": p95,
        "unit": unit,
    }


def front(costs: Sequence[Sequence[float]]) -> list[bool]:
    """Return which rows no other row beats in every column: less is better, ties stay."""
    table = np.asarray(costs, dtype=float)
    no_worse = (table[:, None, :] <= table[None, :, :]).all(axis=2)
    better = (table[:, None, :] < table[None, :, :]).any(axis=2)
    beaten = np.any(no_worse & better, axis=0)
    return [not row for row in np.atleast_1d(beaten).tolist()]
