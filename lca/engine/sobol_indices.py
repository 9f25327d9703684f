r"""Sobol indices: which share of a total's variance each parameter makes, alone and with others.

For independent draws A and B, and AB_i, which is A with parameter i taken from B,

.. math::
    S_i = \frac{\mathrm{E}[f(B) (f(AB_i) - f(A))]}{V}, \quad
    T_i = \frac{\mathrm{E}[(f(AB_i) - f(A))^2]}{2 V}

(Saltelli et al. 2010, table 2, rows b and f; the second is Jansen's). A is what ``assess`` draws.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import TypeAlias

import numpy as np

from lca.engine.assess import (
    CHUNK_BYTES,
    DEFAULT_DRAWS,
    DEFAULT_SEED,
    refuse_overflow,
    refuse_unusable,
)
from lca.engine.compiled import Compiled, compile_inventory
from lca.engine.distributions import Draws, Fixed
from lca.engine.errors import InvalidValue
from lca.engine.indices import CategoryIndices, Estimate, Index, Indices
from lca.engine.inventory import Inventory
from lca.engine.sampling import check_draws, nominal, random_stream
from lca.engine.sensitivity import sensitivities
from lca.engine.swaps import Swaps, swaps
from lca.engine.vocabulary import Category

DEFAULT_TOP = 40
FEWEST_DRAWS, MOST_DRAWS = 1 << 6, 1 << 16
RESAMPLES = 200
REST = ""  # no parameter's name is empty
VARIES = 1e-12  # a resample with less than this share of the variance says nothing
Groups: TypeAlias = dict[str, tuple[str, ...]]


def variance_indices(
    inventory: Inventory,
    *,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    categories: Collection[Category | str] = (),
    top: int = DEFAULT_TOP,
) -> Indices:
    """First-order and total Sobol indices of each total, with bootstrap intervals.

    Parameters
    ----------
    categories : collection of Category
        Which totals; all that are declared unless given.
    top : int
        How many parameters get indices of their own: those of the largest first-order variance share in any of
        the categories. The others vary all the same, and are given together as the rest.

    Raises
    ------
    EngineError
        If the inventory cannot be evaluated, or the draws, categories or ``top`` asked for cannot be.
    """
    _check(draws, top)
    wanted = _wanted(inventory, categories)
    with np.errstate(all="ignore"):  # what is not finite is refused by name below
        compiled = compile_inventory(inventory)
        ranked = _ranked(compiled, wanted)
        left_out = tuple(sorted(ranked[top:]))
        groups = {name: (name,) for name in ranked[:top]} | ({REST: left_out} if left_out else {})
        found = _indices(swaps(compiled, wanted, draws, seed), wanted, groups, seed)
    return Indices(
        inventory=inventory,
        draws=draws,
        seed=seed,
        resamples=RESAMPLES,
        evaluations=draws * (2 + len(groups)),
        uncertain=len(ranked),
        top=top,
        left_out=left_out,
        categories=tuple(found),
    )


def _check(draws: int, top: int) -> None:
    check_draws(draws)
    if not FEWEST_DRAWS <= draws <= MOST_DRAWS:
        msg = f"Indices take {FEWEST_DRAWS} to {MOST_DRAWS:,} draws, not {draws:,}."
        raise InvalidValue(msg, "draws")
    if top < 1:
        msg = f"At least 1 parameter must get indices of its own, not {top}."
        raise InvalidValue(msg, "top")


def _wanted(inventory: Inventory, asked: Collection[Category | str]) -> list[Category]:
    declared = inventory.categories()
    if unknown := sorted({str(name) for name in asked} - {str(name) for name in declared}):
        msg = f"Nothing is declared in {', '.join(unknown)}; declared are: {', '.join(declared)}."
        raise InvalidValue(msg, *unknown)
    return [category for category in declared if not asked or category in asked]


def _ranked(compiled: Compiled, wanted: Collection[Category]) -> list[str]:
    """Uncertain parameters by falling first-order variance share."""
    nominals = nominal(compiled.inventory)
    refuse_unusable(compiled, nominals)
    at_nominal = compiled.monomials.values(nominals)[:, 0]
    refuse_overflow(at_nominal)
    found = sensitivities(compiled, nominals, at_nominal)
    parameters = compiled.inventory.parameters
    share = {p.name: 0.0 for p in parameters if not isinstance(p.uncertainty, Fixed)}
    for row in (row for category in wanted for row in found.get(category, ())):
        if row.parameter in share:
            share[row.parameter] = max(share[row.parameter], row.variance_share)
    return sorted(share, key=lambda name: (-share[name], name))


def _indices(
    model: Swaps, wanted: Sequence[Category], groups: Groups, seed: int
) -> list[CategoryIndices]:
    """Swap each group of parameters in turn, in all categories at once."""
    counts = _resampled(model.at_first.shape[1], seed)
    middle = (model.at_first + model.at_second).mean(axis=1, keepdims=True) / 2
    first, second = model.at_first - middle, model.at_second - middle
    variance = _means(counts, first**2 + second**2) / 2 - (_means(counts, first + second) / 2) ** 2
    refuse_overflow(variance)
    found: list[list[Index]] = [[] for _ in wanted]
    for batch in _batches(list(groups), second.size):
        changes, reached = zip(*(model.change(groups[key]) for key in batch), strict=True)
        change = np.stack(changes)
        alone, together = _means(counts, second * change), _means(counts, change**2) / 2
        for number, place in np.argwhere(np.stack(reached) & (variance[0] > 0)):
            key = batch[number]
            index = Index(
                parameter=key,
                label=_label(model.inventory, key, groups[key]),
                first_order=_estimate(alone[:, number, place], variance[:, place]),
                total=_estimate(together[:, number, place], variance[:, place]),
            )
            found[place].append(index)
    return [
        CategoryIndices(
            category=category,
            unit=model.inventory.category_unit(category),
            standard_deviation=float(np.sqrt(max(variance[0, place], 0.0))),
            parameters=tuple(
                sorted((row for row in found[place] if row.parameter != REST), key=_falling)
            ),
            rest=next((row for row in found[place] if row.parameter == REST), None),
        )
        for place, category in enumerate(wanted)
    ]


def _resampled(draws: int, seed: int) -> Draws:
    """How often each draw counts, shape (1 + resamples, draws): once in the first row, which is the sample itself."""
    drawn = random_stream("resamples", seed).integers(0, draws, (RESAMPLES, draws))
    counts = [np.bincount(row, minlength=draws) for row in drawn]
    return np.vstack([np.ones(draws), *counts])


def _batches(keys: list[str], values: int) -> Iterator[list[str]]:
    """As many swaps at a time as memory takes: one product with the counts serves them all."""
    step = max(1, CHUNK_BYTES // (16 * max(1, values)))
    for start in range(0, len(keys), step):
        yield keys[start : start + step]


def _means(counts: Draws, values: Draws) -> Draws:
    """Mean over the last axis in each resample, shape (1 + resamples, ...)."""
    draws = counts.shape[1]
    result: Draws = counts @ values.reshape(-1, draws).T / draws
    return result.reshape(len(counts), *values.shape[:-1])


def _estimate(moments: Draws, variance: Draws) -> Estimate:
    usable = variance > VARIES * variance[0]
    ratios = moments[usable] / variance[usable]
    p05, p95 = np.quantile(ratios[1:], (0.05, 0.95)) if len(ratios) > 1 else ratios[[0, 0]]
    return Estimate(value=float(ratios[0]), p05=float(p05), p95=float(p95))


def _label(inventory: Inventory, key: str, names: Sequence[str]) -> str:
    return inventory.parameter(key).title if key else f"{len(names)} other parameters"


def _falling(row: Index) -> tuple[float, str]:
    return -row.total.value, row.parameter
