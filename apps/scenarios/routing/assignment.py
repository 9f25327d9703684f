"""Assign queries to models within an energy budget: exactly for a batch, with a price for a stream.

The linear programme of a batch (one model a query, energy within the budget, quality as high as can be) has a greedy exact answer:
start everybody at the cheapest model, then buy steps of the upper hull of quality over energy, best value first (Sinha and Zoltners,
Operations Research 27 (1979) 503). At most one step is bought in part; it is left out, so the budget holds.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.scenarios.routing.queries import Table

Choice = npt.NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Every step that is worth its energy, best value first.

    ``start`` is each query's cheapest model, shape (queries,). Step *k* moves query ``query[k]`` to ``model[k]`` for ``extra[k]`` [J] more,
    at ``value[k]`` of quality a joule.
    """

    start: Choice
    least: float
    query: Choice
    model: Choice
    extra: Table
    value: Table

    def within(self, budget: float) -> Choice:
        """Return the model of each query, shape (queries,), that a mean energy per query [J] buys."""
        many = len(self.start)
        affordable = self.least + np.cumsum(self.extra) <= budget * many * (1 + 1e-12)
        return self.after(int(affordable.sum()))

    def after(self, steps: int) -> Choice:
        """Return the model of each query after the first steps."""
        chosen = self.start.copy()
        np.maximum.at(order := np.full(len(chosen), -1), self.query[:steps], np.arange(steps))
        moved = order >= 0
        chosen[moved] = self.model[order[moved]]
        return chosen

    def price(self, budget: float) -> float:
        """Return the quality a joule must buy at this budget: that of the first step it does not reach."""
        spent = self.least + np.cumsum(self.extra)
        place = int(np.searchsorted(spent, budget * len(self.start), side="right"))
        return float(self.value[place]) if place < len(self.value) else 0.0


def plan(quality: Table, energy: Table) -> Plan:
    """Return the steps of the exact answer for every budget, from expected quality and energy, shape (queries, models)."""
    rows = np.arange(len(quality))
    at = np.lexsort((-quality, energy), axis=1)[:, 0]
    start = at.copy()
    steps: list[tuple[Choice, Choice, Table, Table]] = []
    alive = np.ones(len(rows), dtype=bool)
    for _ in range(quality.shape[1] - 1):
        gain = quality - quality[rows, at][:, None]
        extra = energy - energy[rows, at][:, None]
        worth = np.where((gain > 0) & (extra > 0), gain / np.where(extra > 0, extra, 1.0), -np.inf)
        best = worth.argmax(axis=1)
        alive = alive & np.isfinite(worth[rows, best])
        if not alive.any():
            break
        moved = rows[alive]
        steps.append((moved, best[moved], extra[moved, best[moved]], worth[moved, best[moved]]))
        at[moved] = best[moved]
    query, model, extra, value = _joined(steps)
    order = np.argsort(-value, kind="stable")
    return Plan(
        start=start,
        least=float(energy[rows, start].sum()),
        query=query[order],
        model=model[order],
        extra=extra[order],
        value=value[order],
    )


def _joined(
    steps: list[tuple[Choice, Choice, Table, Table]],
) -> tuple[Choice, Choice, Table, Table]:
    if not steps:
        none = np.empty(0, dtype=np.intp)
        return none, none, np.empty(0), np.empty(0)
    query, model, extra, value = (np.concatenate(column) for column in zip(*steps, strict=True))
    return query, model, extra, value


def stream(
    quality: Table, energy: Table, budget: float, price: float, *, pace: float = 0.01
) -> Choice:
    """Assign queries one by one at a price of energy that rises while the mean is above the budget, and falls below it.

    ``price`` [quality/J] starts where a batch of known queries ended. A query that takes a budget's worth too much moves it by ``pace``
    of a whole quality per budget. What comes later is never looked at.
    """
    chosen = np.empty(len(quality), dtype=np.intp)
    for row, (q, e) in enumerate(zip(quality, energy, strict=True)):
        pick = int(np.argmax(q - price * e))
        chosen[row] = pick
        price = max(0.0, price + pace / budget * (float(e[pick]) / budget - 1))
    return chosen


def picked(values: Table, chosen: Choice) -> Table:
    """Return each query's value at its model, shape (queries,)."""
    found: Table = values[np.arange(len(values)), chosen]
    return found
