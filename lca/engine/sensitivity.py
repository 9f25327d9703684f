"""Exact elasticities, first-order variance shares, and shares by provenance."""

import math
from collections.abc import Mapping

import numpy as np

from lca.engine.compiled import Compiled
from lca.engine.derived import FUNCTIONS
from lca.engine.distributions import Draws
from lca.engine.errors import InvalidValue
from lca.engine.inventory import Inventory
from lca.engine.result import Sensitivity
from lca.engine.vocabulary import Category, Provenance


def sensitivities(
    compiled: Compiled, nominals: Mapping[str, Draws], at_nominal: Draws
) -> dict[Category, tuple[Sensitivity, ...]]:
    r"""Elasticity of each total to each parameter, at the nominal values.

    .. math:: \varepsilon = \frac{x}{T} \frac{\partial T}{\partial x}

    For a sum of monomials this is the share-weighted sum of the exponents; derived parameters pass
    theirs on by the chain rule. The first-order variance share is
    :math:`(\partial T/\partial x \; \sigma_x)^2` over the sum of those of all parameters, which
    counts a parameter whose nominal value is 0 too.
    """
    result, gradient = {}, _Gradient(compiled, {name: v[0] for name, v in nominals.items()})
    for category in compiled.inventory.categories():
        weight = _weight(compiled, category)
        total = float(weight @ at_nominal)
        if total != 0:
            slopes = gradient.of(weight)
            result[category] = _ranked(compiled.inventory, slopes, total)
    return result


def _weight(compiled: Compiled, category: Category) -> Draws:
    weight = np.zeros(len(compiled.signatures))
    mine = np.array([entry[1] == category for entry in compiled.entries], dtype=bool)
    np.add.at(weight, compiled.monomial_of[mine], compiled.coefficient[mine])
    return weight


class _Gradient:
    """Partial derivatives of every monomial, made once for all categories."""

    def __init__(self, compiled: Compiled, value: Mapping[str, float]) -> None:
        powers, slots = compiled.monomials.powers, compiled.monomials.slots
        table = np.array([1.0, *(value[name] ** exponent for name, exponent in powers)])
        slope = np.array([0.0, *(_slope(value[name], exponent) for name, exponent in powers)])
        self.inventory, self.value = compiled.inventory, value
        self.names = ["", *(name for name, _ in powers)]
        self.parts = [
            (column, np.prod(table[np.delete(slots, k, axis=1)], axis=1), slope[column])
            for k, column in enumerate(slots.T)
        ]

    def of(self, weight: Draws) -> dict[str, float]:
        """Partial derivative, with respect to each parameter, of a total that weighs the monomials."""
        result = dict.fromkeys(self.value, 0.0)
        for column, rest, slope in self.parts:
            contribution = np.bincount(column, weight * rest * slope, minlength=len(self.names))
            for row in np.flatnonzero(contribution):
                if row:
                    result[self.names[row]] += float(contribution[row])
        return _through_derived(self.inventory, result, self.value)


def _slope(value: float, exponent: float) -> float:
    """Derivative of a power; 0 for a root at 0, whose derivative is infinite but elasticity 0."""
    if value == 0 and exponent < 1:
        return 0.0
    return float(exponent * np.float64(value) ** (exponent - 1))


def _through_derived(
    inventory: Inventory, slopes: dict[str, float], value: Mapping[str, float]
) -> dict[str, float]:
    for item in reversed(inventory.derived_in_order()):
        gradient = FUNCTIONS[item.function].gradient([value[name] for name in item.arguments])
        for name, partial in zip(item.arguments, gradient, strict=True):
            slopes[name] += slopes[item.name] * partial
    return slopes


def _ranked(
    inventory: Inventory, slopes: Mapping[str, float], total: float
) -> tuple[Sensitivity, ...]:
    elasticity = {p.name: slopes[p.name] * p.value / total for p in inventory.parameters}
    spread = {
        p.name: (slopes[p.name] * p.uncertainty.spread(p.value) / total) ** 2
        for p in inventory.parameters
    }
    for name, value in elasticity.items():
        if not math.isfinite(value) or not math.isfinite(spread[name]):
            msg = f"{inventory.parameter(name).title} is too large or too small to calculate with."
            raise InvalidValue(msg, name)
    moved = [p for p in inventory.parameters if elasticity[p.name] or spread[p.name]]
    whole = sum(spread.values()) or 1.0
    found = [
        Sensitivity(
            parameter=item.name,
            label=item.title,
            elasticity=elasticity[item.name],
            variance_share=spread[item.name] / whole,
        )
        for item in moved
    ]
    return tuple(sorted(found, key=lambda s: (-s.variance_share, -abs(s.elasticity), s.parameter)))


def provenance_shares(
    compiled: Compiled, at_nominal: Draws
) -> dict[Category, dict[Provenance, float]]:
    """Share of each total that rests on measured, supplied, modelled and default activity data.

    A flow counts with the weakest provenance among the parameters of its *amount*; shares are of
    the sum of absolute impacts and add up to 1.
    """
    flows = compiled.inventory.flows
    ranked = _provenance_by_name(compiled.inventory)
    weakest = [
        max(
            (ranked[name] for name, _ in flow.terms),
            key=lambda p: p.rank,
            default=Provenance.DEFAULT,
        )
        for flow in flows
    ]
    sums: dict[Category, dict[Provenance, float]] = {}
    impact = np.abs(compiled.coefficient * at_nominal[compiled.monomial_of])
    for (number, category), value in zip(compiled.entries, impact, strict=True):
        row = sums.setdefault(category, dict.fromkeys(Provenance, 0.0))
        row[weakest[number]] += float(value)
    return {
        category: {p: value / whole for p, value in row.items()}
        for category, row in sums.items()
        if (whole := sum(row.values())) > 0
    }


def _provenance_by_name(inventory: Inventory) -> dict[str, Provenance]:
    """Provenance of every parameter; of a derived one, the weakest among its arguments."""
    found = {item.name: item.provenance for item in inventory.parameters}
    for item in inventory.derived_in_order():
        found[item.name] = max((found[name] for name in item.arguments), key=lambda p: p.rank)
    return found
