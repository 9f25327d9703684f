"""The one verb of the engine: from an inventory to totals, shares and intervals."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csc_array

from lca.engine.compiled import Compiled, Monomials, compile_inventory, fold
from lca.engine.distributions import Draws
from lca.engine.errors import InvalidValue
from lca.engine.flow import Flow
from lca.engine.inventory import Inventory
from lca.engine.result import Group, Result, Stat
from lca.engine.sampling import check_draws, nominal, sample, sampled_names
from lca.engine.sensitivity import provenance_shares, sensitivities
from lca.engine.vocabulary import Category

CHUNK_BYTES = 32 * 1024 * 1024
Key: TypeAlias = tuple[str, str, Category]
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


def _rows(compiled: Compiled) -> tuple[list[Key], npt.NDArray[np.intp]]:
    """Groups (grouping, key, category), and the group of each entry in each grouping."""
    rows: dict[Key, int] = {}
    flows = compiled.inventory.flows
    places = [
        rows.setdefault((grouping, key(flows[number]), category), len(rows))
        for number, category in compiled.entries
        for grouping, key in GROUPINGS.items()
    ]
    return list(rows), np.array(places, dtype=np.intp)


def _weights(rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp], cells: Draws) -> csc_array:
    """Sum of coefficients of each monomial (column) in each group (row); sparse."""
    spread = len(GROUPINGS)
    entries = (np.repeat(cells, spread), (rows, np.repeat(columns, spread)))
    shape = (rows.max(initial=-1) + 1, columns.max(initial=-1) + 1)
    return csc_array(coo_array(entries, shape=shape))


def _distributions(
    compiled: Compiled,
    parameters: Mapping[str, Draws],
    at_nominal: Draws,
    draws: int,
    *,
    detail: bool,
) -> tuple[tuple[Group, ...], tuple[Stat, ...]]:
    keys, rows = _rows(compiled)
    if not keys:
        return (), ()
    monomials, part, constant = fold(compiled.signatures, parameters)
    place = part[compiled.monomial_of]
    cells = compiled.coefficient * constant[compiled.monomial_of]
    totals, shapes = _sums(
        monomials, parameters, _weights(rows, place, cells), draws, detail=detail
    )
    nominals = _weights(rows, compiled.monomial_of, compiled.coefficient) @ at_nominal
    for values in (totals, nominals, shapes[:, place] * cells):
        _refuse_overflow(values)
    shape, unit = _shape(totals), compiled.inventory.category_unit
    groups = tuple(
        Group(
            grouping=grouping,
            key=key,
            category=category,
            stat=_stat(nominals[row], shape[:, row], unit(category)),
            values=totals[row],
        )
        for row, (grouping, key, category) in enumerate(keys)
    )
    return groups, _flow_stats(compiled, shapes[:, place] * cells, at_nominal) if detail else ()


def _sums(
    monomials: Monomials,
    parameters: Mapping[str, Draws],
    weights: csc_array,
    draws: int,
    *,
    detail: bool,
) -> tuple[Draws, Draws]:
    """Draws of each group, and mean and quantiles of each monomial, a chunk of monomials at a time."""
    count = len(monomials.slots)
    totals, shapes = np.zeros((weights.shape[0], draws)), np.zeros((4, count))
    table = monomials.table(parameters)
    step = max(1, CHUNK_BYTES // (8 * draws))
    for start in range(0, count, step):
        rows = slice(start, start + step)
        values = monomials.products(table, rows)
        totals += weights[:, rows] @ values
        if detail:
            shapes[:, rows] = _shape(values)
    return totals, shapes


def _flow_stats(compiled: Compiled, shapes: Draws, at_nominal: Draws) -> tuple[Stat, ...]:
    """One figure for each flow and category; a negative factor swaps the ends of the interval."""
    unit = compiled.inventory.category_unit
    nominals = at_nominal[compiled.monomial_of] * compiled.coefficient
    shapes[1::2] = np.sort(shapes[1::2], axis=0)
    return tuple(
        _stat(nominals[row], shapes[:, row], unit(category))
        for row, (_, category) in enumerate(compiled.entries)
    )


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
