"""The one verb of the engine: from an inventory to totals, shares and intervals."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from lca.engine.compiled import Compiled, compile_inventory
from lca.engine.distributions import Draws
from lca.engine.errors import InvalidValue
from lca.engine.flow import Flow
from lca.engine.inventory import Inventory
from lca.engine.result import Group, Result, Stat
from lca.engine.sampling import check_draws, nominal, sample, sampled_names
from lca.engine.sensitivity import provenance_shares, sensitivities
from lca.engine.vocabulary import Category

CHUNK_BYTES = 32 * 1024 * 1024
DEFAULT_DRAWS = 4096
DEFAULT_SEED = 2026
GROUPINGS: Mapping[str, Callable[[Flow], str]] = {
    "total": lambda _: "",
    "stage": lambda flow: flow.stage.value,
    "component": lambda flow: flow.component.value,
    "process": lambda flow: flow.process,
    "activity": lambda flow: (flow.activity or flow.stage).value,
}


def assess(
    inventory: Inventory,
    *,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    order: Sequence[str] = (),
    detail: bool = True,
) -> Result:
    """Totals of an inventory by stage, component, process and flow, in every impact category.

    Parameters
    ----------
    draws : int
        Number of draws, a power of two.
    seed : int
        Same seed, same inventory: same numbers, bit for bit.
    order : sequence of str
        Parameters whose sample streams come first; see :func:`lca.engine.sampling.sample`.
    detail : bool
        Whether to give intervals for each flow as well as for the groups.

    Returns
    -------
    Result

    Raises
    ------
    EngineError
        If the inventory cannot be evaluated; the message names the parameter.
    """
    check_draws(draws)
    with np.errstate(all="ignore"):  # what is not finite is refused by name below
        return _assess(compile_inventory(inventory), draws, seed, order, detail=detail)


def _assess(
    compiled: Compiled, draws: int, seed: int, order: Sequence[str], *, detail: bool
) -> Result:
    inventory = compiled.inventory
    nominals, parameters = nominal(inventory), sample(inventory, draws, seed, order)
    for values in (nominals, parameters):
        _refuse_infinite(inventory, values)
        _refuse_division_by_zero(compiled, values)
    at_nominal = compiled.monomials.values(nominals)[:, 0]
    amounts = _amounts(compiled, nominals)
    _refuse_overflow([*(at_nominal[compiled.monomial_of] * compiled.coefficient), *amounts])
    groups, flow_stats = _distributions(compiled, parameters, at_nominal, draws, detail=detail)
    return Result(
        inventory=inventory,
        draws=draws,
        seed=seed,
        sampled=(*order, *(n for n in sampled_names(inventory) if n not in set(order))),
        groups=groups,
        flow_stats=flow_stats,
        amounts=amounts,
        sensitivity=sensitivities(compiled, nominals, at_nominal),
        provenance=provenance_shares(compiled, at_nominal),
    )


def _refuse_infinite(inventory: Inventory, values: Mapping[str, Draws]) -> None:
    for name, draws in values.items():
        if not np.isfinite(draws).all():
            msg = f"{inventory.parameter(name).title} is not finite for the values declared."
            raise InvalidValue(msg, name)


def _refuse_overflow(values: Draws | list[float]) -> None:
    if not np.isfinite(values).all():
        msg = "The result is not finite: the values are too large, or a draw divides by zero."
        raise InvalidValue(msg)


def _refuse_division_by_zero(compiled: Compiled, values: Mapping[str, Draws]) -> None:
    for name, exponent in compiled.monomials.powers:
        if exponent < 0 and (values[name] == 0).any():
            title = compiled.inventory.parameter(name).title
            zero = "is" if values[name].size == 1 else "can be"
            msg = f"{title} {zero} 0 and something is divided by it; declare a positive value."
            raise InvalidValue(msg, name)


def _amounts(compiled: Compiled, nominals: Mapping[str, Draws]) -> tuple[float, ...]:
    return tuple(
        float(factor * np.prod([nominals[name][0] ** exponent for name, exponent in flow.terms]))
        for flow, factor in zip(compiled.inventory.flows, compiled.amounts, strict=True)
    )


def _weights(compiled: Compiled) -> tuple[list[tuple[str, str, Category]], Draws]:
    """Rows: (grouping, key, category); columns: monomials; cells: summed coefficients."""
    rows: dict[tuple[str, str, Category], int] = {}
    cells: list[tuple[int, int]] = []
    flows = compiled.inventory.flows
    for (number, category), place in zip(compiled.entries, compiled.monomial_of, strict=True):
        for grouping, key in GROUPINGS.items():
            row = rows.setdefault((grouping, key(flows[number]), category), len(rows))
            cells.append((row, int(place)))
    weights = np.zeros((len(rows), len(compiled.signatures)))
    if cells:
        index = np.array(cells).T
        np.add.at(weights, (index[0], index[1]), np.repeat(compiled.coefficient, len(GROUPINGS)))
    return list(rows), weights


def _distributions(
    compiled: Compiled,
    parameters: Mapping[str, Draws],
    at_nominal: Draws,
    draws: int,
    *,
    detail: bool,
) -> tuple[tuple[Group, ...], tuple[Stat, ...]]:
    keys, weights = _weights(compiled)
    totals = np.zeros((len(keys), draws))
    shapes = np.zeros((4, len(compiled.signatures)))
    step = max(1, CHUNK_BYTES // (8 * draws))
    for start in range(0, len(compiled.signatures), step):
        rows = slice(start, start + step)
        values = compiled.monomials.values(parameters, rows)
        totals += weights[:, rows] @ values
        if detail:
            shapes[:, rows] = _shape(values)
    nominal_totals = weights @ at_nominal
    _refuse_overflow(np.append(totals, shapes[:, compiled.monomial_of] * compiled.coefficient))
    _refuse_overflow(nominal_totals)
    shape = _shape(totals)
    unit = compiled.inventory.category_unit
    groups = tuple(
        Group(
            grouping=grouping,
            key=key,
            category=category,
            stat=_stat(nominal_totals[row], shape[:, row], unit(category)),
            values=totals[row],
        )
        for row, (grouping, key, category) in enumerate(keys)
    )
    return groups, _flow_stats(compiled, shapes, at_nominal) if detail else ()


def _flow_stats(compiled: Compiled, shapes: Draws, at_nominal: Draws) -> tuple[Stat, ...]:
    unit = compiled.inventory.category_unit
    result = []
    for (_, category), place, factor in zip(
        compiled.entries, compiled.monomial_of, compiled.coefficient, strict=True
    ):
        shape = shapes[:, place] * factor
        if factor < 0:
            shape = shape[[0, 3, 2, 1]]
        result.append(_stat(at_nominal[place] * factor, shape, unit(category)))
    return tuple(result)


def _shape(values: Draws) -> Draws:
    """Mean and 5th, 50th, 95th percentiles of each row, shape (4, n_rows)."""
    if values.shape[0] == 0:
        return np.zeros((4, 0))
    if values.shape[1] == 1:
        return np.repeat(values.T, 4, axis=0)
    quantiles = np.quantile(values, (0.05, 0.5, 0.95), axis=1)
    return np.vstack([values.mean(axis=1), quantiles])


def _stat(nominal_value: float, shape: Draws, unit: str) -> Stat:
    mean, p05, p50, p95 = (float(value) for value in shape)
    return Stat(nominal=float(nominal_value), mean=mean, p05=p05, p50=p50, p95=p95, unit=unit)
