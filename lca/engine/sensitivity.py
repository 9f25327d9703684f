"""Exact elasticities, first-order variance shares, and shares by provenance."""

from collections.abc import Mapping

import numpy as np

from lca.engine.compiled import Compiled
from lca.engine.derived import FUNCTIONS
from lca.engine.distributions import Draws
from lca.engine.inventory import Inventory
from lca.engine.parameter import Parameter
from lca.engine.result import Sensitivity
from lca.engine.vocabulary import Category, Provenance


def sensitivities(
    compiled: Compiled, nominals: Mapping[str, Draws], at_nominal: Draws
) -> dict[Category, tuple[Sensitivity, ...]]:
    r"""Elasticity of each total to each parameter, at the nominal values.

    .. math:: \varepsilon = \frac{x}{T} \frac{\partial T}{\partial x}

    For a sum of monomials this is the share-weighted sum of the exponents; derived parameters pass
    theirs on by the chain rule. The first-order variance share is
    :math:`(\varepsilon \sigma_{\ln x})^2` over the sum of those of all parameters.
    """
    result = {}
    for category in compiled.inventory.categories():
        weight = _weight(compiled, category)
        total = float(weight @ at_nominal)
        if total != 0:
            slopes = _slopes(compiled, weight, nominals)
            result[category] = _ranked(compiled.inventory, slopes, total)
    return result


def _weight(compiled: Compiled, category: Category) -> Draws:
    weight = np.zeros(len(compiled.signatures))
    mine = np.array([entry[1] == category for entry in compiled.entries], dtype=bool)
    np.add.at(weight, compiled.monomial_of[mine], compiled.coefficient[mine])
    return weight


def _slopes(compiled: Compiled, weight: Draws, nominals: Mapping[str, Draws]) -> dict[str, float]:
    """Partial derivative of a total with respect to each parameter."""
    powers, slots = compiled.monomials.powers, compiled.monomials.slots
    value = {name: float(draws[0]) for name, draws in nominals.items()}
    table = np.array([1.0, *(value[name] ** exponent for name, exponent in powers)])
    slope = np.array([0.0, *(e * value[n] ** (e - 1) if e != 1 else 1.0 for n, e in powers)])
    names = ["", *(name for name, _ in powers)]
    result = dict.fromkeys(value, 0.0)
    for k in range(slots.shape[1]):
        rest = np.prod(table[np.delete(slots, k, axis=1)], axis=1)
        contribution = np.zeros(len(table))
        np.add.at(contribution, slots[:, k], weight * rest * slope[slots[:, k]])
        for row in np.flatnonzero(contribution):
            if row:
                result[names[row]] += float(contribution[row])
    return _through_derived(compiled.inventory, result, value)


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
    moved = [item for item in inventory.parameters if slopes[item.name] * item.value]
    elasticity = {item.name: slopes[item.name] * item.value / total for item in moved}
    spread = {
        item.name: (elasticity[item.name] * item.distribution.sigma_ln(item.value)) ** 2
        for item in moved
    }
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
    weakest = [_weakest(compiled.inventory, {name for name, _ in flow.terms}) for flow in flows]
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


def _weakest(inventory: Inventory, names: set[str]) -> Provenance:
    derived = {item.name: item for item in inventory.derived}
    leaves = _leaves(names, derived_arguments={n: set(d.arguments) for n, d in derived.items()})
    found = [p.provenance for p in _parameters(inventory, leaves)]
    return max(found, key=lambda p: p.rank, default=Provenance.DEFAULT)


def _leaves(names: set[str], derived_arguments: Mapping[str, set[str]]) -> set[str]:
    leaves: set[str] = set()
    for name in names:
        deeper = derived_arguments.get(name)
        leaves |= _leaves(deeper, derived_arguments) if deeper else {name}
    return leaves


def _parameters(inventory: Inventory, names: set[str]) -> list[Parameter]:
    return [item for item in inventory.parameters if item.name in names]
