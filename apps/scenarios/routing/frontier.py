"""Quality against energy over all budgets, for a router and for what it is measured against, with confidence bands."""

from dataclasses import dataclass

import numpy as np

from apps.scenarios.quantity import LEVELS
from apps.scenarios.routing.assignment import picked, plan
from apps.scenarios.routing.queries import Table, Words

REPLICATES = 400
GRID = 101


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Mean quality and energy over budgets, shape (budgets,), and their replicates, shape (replicates, budgets)."""

    quality: Table
    energy: Table
    qualities: Table
    energies: Table

    def at(self, share: float, largest: "Curve") -> tuple[float, Table]:
        """Return the quality at an energy that is a share of another curve's last, and its replicates."""
        risen = np.maximum.accumulate
        value = float(np.interp(share * largest.energy[-1], risen(self.energy), self.quality))
        rows = zip(self.energies, self.qualities, largest.energies[:, -1], strict=True)
        return value, np.array([np.interp(share * top, risen(e), q) for e, q, top in rows])


def bands(values: Table) -> dict[str, float]:
    """Return 5 and 95 % bounds of replicates."""
    low, _, high = np.quantile(values, LEVELS)
    return {"p05": float(low), "p95": float(high)}


def resamples(cluster: Words, seed: int, replicates: int = REPLICATES) -> Table:
    """Return weights of queries, shape (replicates, queries): whole clusters drawn with replacement."""
    _, member = np.unique(cluster.astype(str), return_inverse=True)
    many = int(member.max()) + 1
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(many, np.full(many, 1 / many), size=replicates)
    weights: Table = drawn[:, member].astype(float)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


@dataclass(frozen=True, kw_only=True)
class Frontier:
    """Curves over the same budgets from the cheapest model for everybody to the dearest."""

    router: Curve
    oracle: Curve
    mix: Curve


def frontier(expected: tuple[Table, Table], true: tuple[Table, Table], weights: Table) -> Frontier:
    """Return the curves of a router by what it expects, of one that knows all answers, and of a random mix.

    ``expected`` and ``true`` are quality and energy, shape (queries, models). The mix gives a random share of the queries to the dearest
    model and the rest to the cheapest.
    """
    quality, energy = true
    cheapest, dearest = int(energy.mean(axis=0).argmin()), int(energy.mean(axis=0).argmax())
    shares = np.linspace(0.0, 1.0, GRID)[:, None]
    mixed = [
        (1 - shares) * each[:, cheapest] + shares * each[:, dearest] for each in (quality, energy)
    ]
    return Frontier(
        router=_curve(*_spent(expected, true), weights),
        oracle=_curve(*_spent(true, true), weights),
        mix=_curve(mixed[0], mixed[1], weights),
    )


def _spent(expected: tuple[Table, Table], true: tuple[Table, Table]) -> tuple[Table, Table]:
    """Return true quality and energy of each query at each budget, shape (budgets, queries)."""
    steps = plan(*expected)
    least, most = steps.least, steps.least + float(steps.extra.sum())
    budgets = np.linspace(least, most, GRID) / len(steps.start)
    chosen = [steps.within(float(budget)) for budget in budgets]
    quality, energy = true
    return np.array([picked(quality, c) for c in chosen]), np.array([picked(energy, c) for c in chosen])  # fmt: skip


def _curve(quality: Table, energy: Table, weights: Table) -> Curve:
    return Curve(
        quality=quality.mean(axis=1),
        energy=energy.mean(axis=1),
        qualities=weights @ quality.T,
        energies=weights @ energy.T,
    )
