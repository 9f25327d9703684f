"""The one verb of the engine: from an inventory to totals, shares and intervals."""

import math
from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csc_array

from lca.engine.compiled import Compiled, Monomials, compile_inventory, fold
from lca.engine.distributions import Draws
from lca.engine.errors import InvalidValue
from lca.engine.flow import Flow
from lca.engine.inventory import Inventory
from lca.engine.quality import ratings
from lca.engine.result import Group, Result, Stat
from lca.engine.sampling import Drawn, check_draws, nominal, sample
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
EVERYTHING = frozenset({*GROUPINGS, "flow"})  # a total is always given


def assess(
    inventory: Inventory,
    *,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    like: Result | None = None,
    by: Collection[str] = EVERYTHING,
) -> Result:
    """Totals of an inventory by stage, component, process and flow, in every impact category.

    Parameters
    ----------
    draws : int
        Number of draws, a power of two.
    seed : int
        Same seed, same inventory: same numbers, bit for bit.
    like : Result, optional
        A result to be compared with: parameters of the same name see the same uncertainty, and those that are
        the same are not drawn again. Its draws and seed must be these.
    by : collection of str
        What to give figures for beside the totals: any of stage, component, process, activity, flow.

    Returns
    -------
    Result

    Raises
    ------
    EngineError
        If the inventory cannot be evaluated; the message names the parameter.
    """
    check_draws(draws)
    if unknown := set(by) - EVERYTHING:
        msg = f"Results are given by {', '.join(sorted(EVERYTHING))}, not by {', '.join(sorted(unknown))}."
        raise InvalidValue(msg, *sorted(unknown))
    if like is not None:
        _refuse_unlike(like, draws, seed)
    with np.errstate(all="ignore"):  # what is not finite is refused by name below
        drawn = sample(inventory, draws, seed, like.drawn if like else None)
        return _assess(compile_inventory(inventory), drawn, draws, seed, {*by, "total"})


def _refuse_unlike(like: Result, draws: int, seed: int) -> None:
    if (like.draws, like.seed) != (draws, seed):
        msg = (
            f"Only results of the same draws can be compared: {draws} from seed {seed} are asked for,"
            f" {like.draws} from seed {like.seed} were made."
        )
        raise InvalidValue(msg, "draws")


def _assess(compiled: Compiled, drawn: Drawn, draws: int, seed: int, by: Collection[str]) -> Result:
    inventory = compiled.inventory
    nominals, parameters = nominal(inventory), drawn.values
    for values in (nominals, parameters):
        refuse_unusable(compiled, values)
    at_nominal = compiled.monomials.values(nominals)[:, 0]
    amounts = _amounts(compiled, nominals)
    refuse_overflow([*(at_nominal[compiled.monomial_of] * compiled.coefficient), *amounts])
    groups, flow_stats = _distributions(compiled, parameters, at_nominal, draws, by)
    provenance = provenance_shares(compiled, at_nominal)
    return Result(
        inventory=inventory,
        draws=draws,
        seed=seed,
        by=frozenset(by),
        drawn=drawn,
        groups=groups,
        flow_stats=flow_stats,
        amounts=amounts,
        sensitivity=sensitivities(compiled, nominals, at_nominal),
        provenance=provenance,
        quality=ratings(compiled, at_nominal, provenance),
    )


def refuse_unusable(compiled: Compiled, values: Mapping[str, Draws]) -> None:
    """Raise ``InvalidValue`` for a parameter that is infinite, or 0 where something is divided by it."""
    _refuse_infinite(compiled.inventory, values)
    _refuse_division_by_zero(compiled, values)


def _refuse_infinite(inventory: Inventory, values: Mapping[str, Draws]) -> None:
    for name, draws in values.items():
        if not np.isfinite(draws).all():
            msg = f"{inventory.parameter(name).title} is not finite for the values declared."
            raise InvalidValue(msg, name)


def refuse_overflow(values: Draws | list[float]) -> None:
    """Raise ``InvalidValue`` if anything is beyond floating point."""
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
        float(factor * math.prod(nominals[name][0] ** exponent for name, exponent in flow.terms))
        for flow, factor in zip(compiled.inventory.flows, compiled.amounts, strict=True)
    )


def _rows(compiled: Compiled, by: Collection[str]) -> tuple[list[Key], npt.NDArray[np.intp]]:
    """Groups (grouping, key, category), and the group of each entry in each grouping."""
    rows: dict[Key, int] = {}
    flows = compiled.inventory.flows
    places = [
        rows.setdefault((grouping, key(flows[number]), category), len(rows))
        for number, category in compiled.entries
        for grouping, key in GROUPINGS.items()
        if grouping in by
    ]
    return list(rows), np.array(places, dtype=np.intp)


def _weights(rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp], cells: Draws) -> csc_array:
    """Sum of coefficients of each monomial (column) in each group (row); sparse."""
    spread = len(rows) // len(columns)
    entries = (np.repeat(cells, spread), (rows, np.repeat(columns, spread)))
    shape = (rows.max(initial=-1) + 1, columns.max(initial=-1) + 1)
    return csc_array(coo_array(entries, shape=shape))


def _distributions(
    compiled: Compiled,
    parameters: Mapping[str, Draws],
    at_nominal: Draws,
    draws: int,
    by: Collection[str],
) -> tuple[tuple[Group, ...], tuple[Stat, ...]]:
    keys, rows = _rows(compiled, by)
    if not keys:
        return (), ()
    detail = "flow" in by
    monomials, part, constant = fold(compiled.signatures, parameters)
    place = part[compiled.monomial_of]
    cells = compiled.coefficient * constant[compiled.monomial_of]
    totals, shapes = _sums(
        monomials, parameters, _weights(rows, place, cells), draws, detail=detail
    )
    nominals = _weights(rows, compiled.monomial_of, compiled.coefficient) @ at_nominal
    for values in (totals, nominals, shapes[:, place] * cells):
        refuse_overflow(values)
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
    powers = monomials.powers_of(parameters)
    step = max(1, CHUNK_BYTES // (8 * draws))
    space = np.empty((min(step, count), powers[0].size))
    for start in range(0, count, step):
        rows = slice(start, start + step)
        values = monomials.fill(powers, rows, space)
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
