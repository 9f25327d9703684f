"""Draws: scrambled Sobol points through inverse distribution functions.

Each parameter owns a stream that depends on the seed, on its name and on its place in the given
order alone. Two inventories that name the same parameters therefore see the same uncertainty, and
their difference is free of noise (a *paired* difference).
"""

import hashlib
import math
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lca.engine.derived import FUNCTIONS
from lca.engine.distributions import Draws, Fixed
from lca.engine.errors import InvalidValue
from lca.engine.inventory import Inventory
from lca.engine.parameter import Derived, Parameter

BITS = 30
MAX_SOBOL_DIMENSIONS = 21_201
MAX_LOG2_DRAWS = 20
CACHED_POINTS = 1 << 17
AGAIN = "\0again"  # what follows the name of a parameter drawn a second time
MAX_VALUES = 1 << 26  # draws of all parameters together; 512 MiB
Finish: TypeAlias = Callable[[str, Draws], None]


def check_draws(draws: int) -> int:
    """Return log2 of the number of draws.

    Raises
    ------
    InvalidValue
        Unless ``draws`` is a power of two between 2 and 2**20.
    """
    exponent = draws.bit_length() - 1
    if draws < 2 or draws != 1 << exponent or exponent > MAX_LOG2_DRAWS:  # noqa: PLR2004 - two draws make an interval
        msg = f"The number of draws must be a power of two up to 2^{MAX_LOG2_DRAWS}, not {draws}."
        raise InvalidValue(msg, "draws")
    return exponent


@lru_cache(maxsize=8)
def _directions(dimensions: int, exponent: int) -> npt.NDArray[np.int64]:
    """Direction integers, shape (exponent, dimensions), read off an unscrambled sequence."""
    from scipy.stats import qmc  # seconds to import, and needed only here

    points = qmc.Sobol(dimensions, scramble=False, bits=BITS).random_base2(exponent)
    rows = (1 << np.arange(1, exponent + 1)) - 1
    integers: npt.NDArray[np.int64] = (points[rows] * (1 << BITS)).astype(np.int64)
    return integers


def random_stream(name: str, seed: int) -> np.random.Generator:
    """Return the generator that a name owns under a seed."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def _scrambled(
    directions: npt.NDArray[np.int64], generators: Sequence[np.random.Generator]
) -> npt.NDArray[np.int64]:
    """Random linear scramble (Matousek 1998) of direction integers, shape (exponent, dimensions) turned round.

    Each generator gives its dimension a lower triangular matrix of bits with ones on the diagonal; a digit of the
    result is the parity of what a row of the matrix, packed into an integer, has in common with the digits.
    """
    matrices = np.stack([g.integers(0, 2, (BITS, BITS), dtype=np.int64) for g in generators])
    places = np.arange(BITS - 1, -1, -1)
    bits = np.left_shift(1, places)
    rows = np.tril(matrices, -1) @ bits + bits
    common = directions.T[:, :, None] & rows[:, None, :]
    result: npt.NDArray[np.int64] = (np.bitwise_count(common) & 1).astype(np.int64) @ bits
    return result


def _sobol(names: Sequence[str], exponent: int, seed: int, finish: Finish) -> Draws:
    """Points of all names, finished some dimensions at a time while they are in the processor's cache.

    numpy lets go of the interpreter's lock, so the parts are made side by side; each is its own, whoever makes it.
    """
    directions = _directions(len(names), exponent)
    result = np.empty((len(names), 1 << exponent))
    step = max(1, CACHED_POINTS >> exponent)

    @np.errstate(all="ignore")  # a thread does not inherit it
    def fill(start: int) -> None:
        rows = slice(start, start + step)
        np.add(_points(names[rows], directions[:, rows], exponent, seed), 0.5, out=result[rows])
        result[rows] *= 2.0**-BITS  # exact, and never 0 or 1 since it is moved by half a step
        for name, stream in zip(names[rows], result[rows], strict=True):
            finish(name, stream)

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(fill, range(0, len(names), step)))
    return result


def _points(
    names: Sequence[str], directions: npt.NDArray[np.int64], exponent: int, seed: int
) -> npt.NDArray[np.int64]:
    generators = [random_stream(name, seed) for name in names]
    columns = _scrambled(directions, generators)
    points = np.empty((len(names), 1 << exponent), dtype=np.int64)
    points[:, 0] = [int(g.integers(0, 1 << BITS)) for g in generators]
    for k in range(exponent):
        np.bitwise_xor(points[:, : 1 << k], columns[:, k, None], out=points[:, 1 << k : 2 << k])
    return points


def _as_they_are(_name: str, _stream: Draws) -> None:
    """Leave uniform draws uniform."""


def uniform(names: Sequence[str], draws: int, seed: int, finish: Finish = _as_they_are) -> Draws:
    """Uniform draws, shape (len(names), draws), strictly inside (0, 1).

    Names beyond the 21 201 dimensions of scipy's Sobol tables get pseudo-random streams.

    Parameters
    ----------
    finish : callable
        Turns the draws of a name in place into what they are drawn for; called from several threads.
    """
    exponent = check_draws(draws)
    inside, beyond = names[:MAX_SOBOL_DIMENSIONS], names[MAX_SOBOL_DIMENSIONS:]
    if not inside:
        return np.empty((0, draws))
    sobol = _sobol(inside, exponent, seed, finish)
    if not beyond:
        return sobol
    random = np.stack([random_stream(name, seed).random(draws) for name in beyond])
    np.clip(random, 2.0**-BITS / 2, 1 - 2.0**-BITS / 2, out=random)
    for name, stream in zip(beyond, random, strict=True):
        finish(name, stream)
    return np.concatenate([sobol, random])


@attrs.frozen(kw_only=True, eq=False)
class Drawn:
    """The draws of an inventory.

    ``order`` names its streams, ``parameters`` what they were drawn for; ``values`` have the shape (draws,), or (1,)
    for a parameter without distribution.
    """

    order: tuple[str, ...]
    parameters: Mapping[str, Parameter | Derived]
    values: Mapping[str, Draws]

    def values_of(self, item: Parameter) -> Draws | None:
        """Draws of the very same parameter, if it was drawn."""
        return self.values[item.name] if self.parameters.get(item.name) is item else None


def sample(inventory: Inventory, draws: int, seed: int, like: Drawn | None = None) -> Drawn:
    """Draw every parameter of an inventory; derived ones are evaluated on the draws.

    Parameters
    ----------
    like : Drawn, optional
        Draws of the inventory this one is compared with: its streams come first, and what both share is taken over.

    Raises
    ------
    InvalidValue
        If parameters and draws are too many for the memory of an ordinary machine.
    """
    shared = like or Drawn(order=(), parameters={}, values={})
    known = {
        item.name: found
        for item in inventory.parameters
        if (found := shared.values_of(item)) is not None
    }
    missing = [item for item in inventory.parameters if item.name not in known]
    uncertain = {item.name for item in missing if not isinstance(item.uncertainty, Fixed)}
    order = (*shared.order, *sorted(uncertain - set(shared.order)))
    _refuse_too_many(len(order), draws)
    streams = (
        dict(zip(order, _drawn(missing, order, draws, seed), strict=True)) if uncertain else {}
    )
    values = known | {
        p.name: streams[p.name] if p.name in uncertain else np.array([p.value]) for p in missing
    }
    return Drawn(order=order, parameters=inventory.named(), values=_with_derived(inventory, values))


def sample_twice(
    inventory: Inventory, draws: int, seed: int
) -> tuple[dict[str, Draws], dict[str, Draws]]:
    """Draw every parameter twice, independently: first as :func:`sample` does, then from further dimensions."""
    uncertain = [p for p in inventory.parameters if not isinstance(p.uncertainty, Fixed)]
    names = sorted(item.name for item in uncertain)
    order = (*names, *(f"{name}{AGAIN}" for name in names))
    _refuse_too_many(len(order), draws)
    streams = _drawn(uncertain, order, draws, seed)
    first, second = (
        _declared(inventory) | dict(zip(names, half, strict=True))
        for half in np.split(streams, [len(names)])
    )
    return _with_derived(inventory, first), _with_derived(inventory, second)


def swapped(
    inventory: Inventory,
    values: Mapping[str, Draws],
    others: Mapping[str, Draws],
    names: Collection[str],
) -> tuple[dict[str, Draws], set[str]]:
    """Take some parameters from ``others``; return all values, and what changed, derived parameters included."""
    result, changed = dict(values) | {name: others[name] for name in names}, set(names)
    for item in inventory.derived_in_order():
        if changed.intersection(item.arguments):
            result[item.name] = _evaluated(item, result)
            changed.add(item.name)
    return result, changed


def _refuse_too_many(parameters: int, draws: int) -> None:
    if parameters * draws > MAX_VALUES:
        msg = (
            f"{parameters:,} uncertain parameters are too many for {draws:,} draws; at most"
            f" {MAX_VALUES // draws:,} can be drawn so often. Declare runs that are alike as one, or ask for"
            " fewer draws."
        )
        raise InvalidValue(msg, "draws")


def nominal(inventory: Inventory) -> dict[str, Draws]:
    """Nominal value of every parameter, shape (1,)."""
    return _with_derived(inventory, _declared(inventory))


def _declared(inventory: Inventory) -> dict[str, Draws]:
    return {p.name: np.array([p.value]) for p in inventory.parameters}


def _drawn(items: Sequence[Parameter], order: Sequence[str], draws: int, seed: int) -> Draws:
    """Draws of the parameters among the streams of ``order``; other streams stay uniform."""
    named = {item.name: item for item in items}

    def finish(name: str, stream: Draws) -> None:
        if item := named.get(name.removesuffix(AGAIN)):
            stream[:] = item.uncertainty.draw(stream, item.value)
            if math.isfinite(item.minimum) or math.isfinite(item.maximum):
                np.clip(stream, item.minimum, item.maximum, out=stream)

    return uniform(order, draws, seed, finish)


def _with_derived(inventory: Inventory, values: Mapping[str, Draws]) -> dict[str, Draws]:
    result = dict(values)
    for item in inventory.derived_in_order():
        result[item.name] = _evaluated(item, result)
    return result


def _evaluated(item: Derived, values: Mapping[str, Draws]) -> Draws:
    arguments = np.broadcast_arrays(*(values[name] for name in item.arguments))
    return FUNCTIONS[item.function].evaluate(arguments)
