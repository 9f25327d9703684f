"""Totals at two independent samples A and B, and what changes when A takes some parameters from B."""

from collections.abc import Collection, Mapping, Sequence

import attrs
import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array

from lca.engine.assess import CHUNK_BYTES, refuse_overflow, refuse_unusable
from lca.engine.compiled import Compiled, Monomials, fold
from lca.engine.distributions import Draws
from lca.engine.inventory import Inventory
from lca.engine.sampling import sample_twice, swapped
from lca.engine.vocabulary import Category


@attrs.frozen(kw_only=True, eq=False)
class Swaps:
    """Totals of some categories, shape (n_categories, n_draws); ``table`` holds the powers at A."""

    inventory: Inventory
    monomials: Monomials
    weights: csc_array
    first: Mapping[str, Draws]
    second: Mapping[str, Draws]
    table: Draws
    at_first: Draws
    at_second: Draws

    def change(self, names: Collection[str]) -> tuple[Draws, npt.NDArray[np.bool_]]:
        """Return how each total changes when A takes these parameters from B, and which totals depend on them.

        Only the monomials that hold one of them are computed again.
        """
        values, changed = swapped(self.inventory, self.first, self.second, names)
        powers = self.monomials.powers
        rows = [row for row, (name, _) in enumerate(powers, start=1) if name in changed]
        held = np.flatnonzero(np.isin(self.monomials.slots, rows).any(axis=1))
        part = attrs.evolve(self.monomials, slots=self.monomials.slots[held])
        weights = self.weights[:, held]
        table = self.table.copy()
        for row in rows:
            name, exponent = powers[row - 1]
            table[row] = values[name] ** exponent
        result = _totals(part, table, weights) - _totals(part, self.table, weights)
        refuse_overflow(result)
        return result, np.asarray(abs(weights).sum(axis=1)) > 0


def swaps(compiled: Compiled, categories: Sequence[Category], draws: int, seed: int) -> Swaps:
    """Draw both samples and add up the totals.

    Raises
    ------
    InvalidValue
        If a draw is infinite or divides by zero.
    """
    first, second = sample_twice(compiled.inventory, draws, seed)
    for values in (first, second):
        refuse_unusable(compiled, values)
    monomials, weights = _weighted(compiled, categories, first)
    table = np.broadcast_to(monomials.table(first), (len(monomials.powers) + 1, draws))
    totals = [
        _totals(monomials, powers, weights)
        for powers in (table, np.broadcast_to(monomials.table(second), table.shape))
    ]
    refuse_overflow(np.stack(totals))
    return Swaps(
        inventory=compiled.inventory,
        monomials=monomials,
        weights=weights,
        first=first,
        second=second,
        table=table,
        at_first=totals[0],
        at_second=totals[1],
    )


def _weighted(
    compiled: Compiled, categories: Sequence[Category], values: Mapping[str, Draws]
) -> tuple[Monomials, csc_array]:
    """Monomials of uncertain parameters, and their sum of coefficients in each category."""
    row = {category: number for number, category in enumerate(categories)}
    mine = [k for k, (_, category) in enumerate(compiled.entries) if category in row]
    used, signature = np.unique(compiled.monomial_of[mine], return_inverse=True)
    monomials, place, constant = fold([compiled.signatures[k] for k in used], values)
    cells = compiled.coefficient[mine] * constant[signature]
    rows = [row[compiled.entries[k][1]] for k in mine]
    shape = (len(categories), len(monomials.slots))
    return monomials, csc_array((cells, (rows, place[signature])), shape=shape)


def _totals(monomials: Monomials, table: Draws, weights: csc_array) -> Draws:
    """Weighted sums of monomials, a chunk of them at a time."""
    result = np.zeros((weights.shape[0], table.shape[1]))
    step = max(1, CHUNK_BYTES // (8 * table.shape[1]))
    for start in range(0, weights.shape[1], step):
        rows = slice(start, start + step)
        result += weights[:, rows] @ monomials.products(table, rows)
    return result
