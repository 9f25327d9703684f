"""One parameter at a time: what a total becomes at each end of a parameter's 90 % interval."""

from collections.abc import Sequence

import attrs
import numpy as np

from lca.engine.compiled import compile_inventory
from lca.engine.derived import FUNCTIONS
from lca.engine.distributions import Draws
from lca.engine.errors import UnknownParameter
from lca.engine.inventory import Inventory
from lca.engine.parameter import Parameter
from lca.engine.vocabulary import Category

ENDS = np.array([0.05, 0.95])


@attrs.frozen(kw_only=True)
class Swing:
    """A total with one parameter at P5 (``low``) and at P95 (``high``), all others at their nominal value.

    ``low`` and ``high`` are in the parameter's unit, ``at_low`` and ``at_high`` in that of the impact category.
    """

    parameter: str
    label: str
    unit: str
    low: float
    high: float
    at_low: float
    at_high: float

    @property
    def width(self) -> float:
        """How far the total moves, in the unit of the category."""
        return abs(self.at_high - self.at_low)


def swings(
    inventory: Inventory, category: Category | str, names: Sequence[str]
) -> tuple[Swing, ...]:
    """Move each named parameter from P5 to P95 alone; widest swing first.

    Raises
    ------
    UnknownParameter
        If a name is not that of a parameter.
    """
    items = [_parameter(inventory, name) for name in names]
    ends = {p.name: _ends(p) for p in items}
    width = 2 * len(items)
    if not width:
        return ()
    values: dict[str, Draws] = {p.name: np.full(width, p.value) for p in inventory.parameters}
    for place, item in enumerate(items):
        values[item.name][2 * place : 2 * place + 2] = ends[item.name]
    for row in inventory.derived_in_order():
        values[row.name] = FUNCTIONS[row.function].evaluate([values[a] for a in row.arguments])
    totals = _totals(inventory, Category(category), values)
    found = [
        Swing(
            parameter=item.name,
            label=item.title,
            unit=item.unit,
            low=float(ends[item.name][0]),
            high=float(ends[item.name][1]),
            at_low=float(totals[2 * place]),
            at_high=float(totals[2 * place + 1]),
        )
        for place, item in enumerate(items)
    ]
    return tuple(sorted(found, key=lambda swing: (-swing.width, swing.parameter)))


def _parameter(inventory: Inventory, name: str) -> Parameter:
    item = inventory.parameter(name)
    if not isinstance(item, Parameter):
        msg = f"{item.title} is derived from others; move those."
        raise UnknownParameter(msg, name)
    return item


def _ends(item: Parameter) -> Draws:
    """P5 and P95 of a parameter, within its limits; twice its value where it is certain."""
    drawn = np.broadcast_to(item.uncertainty.draw(ENDS, item.value), ENDS.shape)
    return np.clip(drawn, item.minimum, item.maximum)


def _totals(inventory: Inventory, category: Category, values: dict[str, Draws]) -> Draws:
    compiled = compile_inventory(inventory)
    rows = np.array([key is category for _, key in compiled.entries], dtype=bool)
    products = compiled.monomials.values(values)
    weights = np.zeros(len(products))
    np.add.at(weights, compiled.monomial_of[rows], compiled.coefficient[rows])
    return weights @ products
