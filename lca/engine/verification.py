"""Recomputing a published document: whether its result follows from its inventory."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import attrs

from lca.engine.assess import DEFAULT_DRAWS, DEFAULT_SEED, EVERYTHING, assess
from lca.engine.document import from_document
from lca.engine.errors import EngineError
from lca.engine.result import ENGINE_VERSION

TOLERANCE = 1e-6
SMALLEST = 1e-12  # below it, what two machines compute differs by their last bits alone
MOST_TOLD = 20
Number: TypeAlias = "int | float"


@attrs.frozen(kw_only=True)
class Difference:
    """A figure that the inventory does not give: its JSON pointer, and both values; ``None`` where one is absent."""

    pointer: str
    published: float | None
    recomputed: float | None


@attrs.frozen(kw_only=True)
class Verification:
    """What recomputing a document came to.

    ``largest`` is the largest relative difference of all ``figures``; ``differences`` are the first of those beyond the
    tolerance, ``differ`` how many there are.
    """

    figures: int
    differ: int
    largest: float
    differences: tuple[Difference, ...]
    engine_published: str
    engine_here: str
    draws: int
    seed: int

    @property
    def is_confirmed(self) -> bool:
        """Whether every published figure follows from the inventory."""
        return self.figures > 0 and not self.differ

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"is_confirmed": self.is_confirmed, **attrs.asdict(self)}


def verify(document: Mapping[str, Any], *, tolerance: float = TOLERANCE) -> Verification:
    """Assess the inventory of a document anew, and compare every number of its ``result``.

    Figures that a newer engine gives besides are passed over; a published one that is not given is a difference.

    Raises
    ------
    EngineError
        If the document holds no result or no inventory that can be assessed.
    """
    published = document.get("result")
    if not isinstance(published, dict):
        msg = "/result is missing: there is nothing to compare with."
        raise EngineError(msg)
    settings = published.get("engine")
    engine: Mapping[str, Any] = settings if isinstance(settings, dict) else {}
    draws, seed = (
        _whole(engine, name, usual)
        for name, usual in (("draws", DEFAULT_DRAWS), ("seed", DEFAULT_SEED))
    )
    again = assess(from_document(document), draws=draws, seed=seed, by=EVERYTHING).to_dict()
    figures, largest, found = 0, 0.0, []
    for pointer, value, other in _pairs(published, again, "/result"):
        figures += 1
        apart = _apart(value, other)
        largest = max(largest, apart)
        if apart > tolerance:
            found.append(Difference(pointer=pointer, published=value, recomputed=other))
    return Verification(
        figures=figures,
        differ=len(found),
        largest=largest,
        differences=tuple(found[:MOST_TOLD]),
        engine_published=str(engine.get("version", "")),
        engine_here=ENGINE_VERSION,
        draws=draws,
        seed=seed,
    )


def _whole(engine: Mapping[str, Any], name: str, usual: int) -> int:
    value = engine.get(name, usual)
    if not isinstance(value, int) or isinstance(value, bool):
        msg = f"/result/engine/{name} holds {str(value)[:40]!r} where a whole number is wanted."
        raise EngineError(msg)
    return value


def _pairs(published: Any, again: Any, pointer: str) -> Iterator[tuple[str, float, float | None]]:
    """Every published number beside the recomputed one at the same place."""
    if isinstance(published, dict):
        known = again if isinstance(again, dict) else {}
        for key, value in published.items():
            yield from _pairs(value, known.get(key), f"{pointer}/{_escaped(key)}")
    elif isinstance(published, list):
        rows = again if isinstance(again, list) else []
        for place, value in enumerate(published):
            other = rows[place] if place < len(rows) else None
            yield from _pairs(value, other, f"{pointer}/{place}")
    elif _is_number(published):
        yield pointer, float(published), float(again) if _is_number(again) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _apart(value: float, other: float | None) -> float:
    """Relative difference; infinite where one is absent or no number."""
    if other is None or not (math.isfinite(value) and math.isfinite(other)):
        return math.inf
    if abs(value - other) <= SMALLEST:
        return 0.0
    return abs(value - other) / max(abs(value), abs(other))
