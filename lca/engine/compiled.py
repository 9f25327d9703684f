"""An inventory as arrays: distinct monomials, their coefficients, and where each is reported."""

from collections.abc import Mapping, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from lca.engine.distributions import Draws
from lca.engine.flow import Terms
from lca.engine.inventory import Inventory
from lca.engine.vocabulary import Category

Key = tuple[int, Category]


@attrs.frozen(kw_only=True)
class Monomials:
    """Distinct products of powers, padded to the same number of slots.

    ``slots[m, k]`` is a row of the table of powers; row 0 holds ones.
    """

    powers: tuple[tuple[str, float], ...]
    slots: npt.NDArray[np.intp]

    def values(self, parameters: Mapping[str, Draws]) -> Draws:
        """Value of each monomial for each draw, shape (n_monomials, n_draws)."""
        return self.products(self.table(parameters))

    def products(self, table: Draws, rows: slice = slice(None)) -> Draws:
        """Products of rows of a table of powers, shape (n_monomials, n_draws)."""
        slots = self.slots[rows]
        result = table[slots[:, 0]]
        for column in slots.T[1:]:
            result *= table[column]
        return result

    def powers_of(self, parameters: Mapping[str, Draws]) -> list[Draws]:
        """Rows of the table of powers without a copy of those that are parameters themselves."""
        width = max((parameters[name].size for name, _ in self.powers), default=1)
        rows = (
            parameters[name] if exponent == 1 else parameters[name] ** exponent
            for name, exponent in self.powers
        )
        return [np.ones(width), *rows]

    def fill(self, powers: Sequence[Draws], rows: slice, out: Draws) -> Draws:
        """Write products of powers into ``out`` and return the part used; memory is touched once."""
        slots = self.slots[rows].tolist()
        for line, row in zip(out, slots, strict=False):
            first, *others = [powers[k] for k in row if k] or powers[:1]
            if others:
                np.multiply(first, others[0], out=line)
            else:
                line[:] = first
            for other in others[1:]:
                np.multiply(line, other, out=line)
        return out[: len(slots)]

    def table(self, parameters: Mapping[str, Draws]) -> Draws:
        """Powers of parameters, shape (n_powers + 1, n_draws); row 0 holds ones."""
        width = max((parameters[name].size for name, _ in self.powers), default=1)
        table = np.ones((len(self.powers) + 1, width))
        for row, (name, exponent) in enumerate(self.powers, start=1):
            table[row] = parameters[name] if exponent == 1 else parameters[name] ** exponent
        return table


@attrs.frozen(kw_only=True)
class Compiled:
    """Monomials of an inventory and, for each (flow, category), its monomial and coefficient."""

    inventory: Inventory
    monomials: Monomials
    signatures: tuple[Terms, ...]
    entries: tuple[Key, ...]
    monomial_of: npt.NDArray[np.intp]
    coefficient: Draws
    amounts: Draws


def monomials(signatures: Sequence[Terms]) -> Monomials:
    """Pack products of powers into index arrays."""
    powers = sorted({term for signature in signatures for term in signature})
    row = {term: k for k, term in enumerate(powers, start=1)}
    width = max((len(signature) for signature in signatures), default=0) or 1
    slots = np.zeros((len(signatures), width), dtype=np.intp)
    for m, signature in enumerate(signatures):
        slots[m, : len(signature)] = [row[term] for term in signature]
    return Monomials(powers=tuple(powers), slots=slots)


def fold(
    signatures: Sequence[Terms], parameters: Mapping[str, Draws]
) -> tuple[Monomials, npt.NDArray[np.intp], Draws]:
    """Move parameters without uncertainty into a constant, so that far fewer monomials are drawn.

    Returns
    -------
    Monomials
        The distinct uncertain parts.
    array, shape (n_signatures,)
        Which of them each signature has.
    array, shape (n_signatures,)
        The constant that each signature multiplies it by.
    """
    index: dict[Terms, int] = {}
    place = np.zeros(len(signatures), dtype=np.intp)
    constant = np.ones(len(signatures))
    for m, signature in enumerate(signatures):
        for name, exponent in signature:
            if parameters[name].size == 1:
                constant[m] *= parameters[name][0] ** exponent
        uncertain = tuple(term for term in signature if parameters[term[0]].size > 1)
        place[m] = index.setdefault(uncertain, len(index))
    return monomials(list(index)), place, constant


def compile_inventory(inventory: Inventory) -> Compiled:
    """Collapse equal monomials and convert units once."""
    index: dict[Terms, int] = {}
    entries, place, coefficients = [], [], []
    for number, flow in enumerate(inventory.flows):
        for category in flow.factors:
            signature = tuple(sorted(flow.monomial(category)))
            entries.append((number, category))
            place.append(index.setdefault(signature, len(index)))
            coefficients.append(flow.coefficient * inventory.conversion(flow, category))
    amounts = [flow.coefficient * inventory.amount_conversion(flow) for flow in inventory.flows]
    return Compiled(
        inventory=inventory,
        monomials=monomials(list(index)),
        signatures=tuple(index),
        entries=tuple(entries),
        monomial_of=np.array(place, dtype=np.intp),
        coefficient=np.array(coefficients, dtype=np.float64),
        amounts=np.array(amounts, dtype=np.float64),
    )
