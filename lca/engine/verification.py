"""Recomputing a published document: whether its result follows from its inventory."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import attrs

from lca.engine.assess import DEFAULT_DRAWS, DEFAULT_SEED, EVERYTHING, assess
from lca.engine.document import from_document, read_alteration
from lca.engine.errors import EngineError
from lca.engine.inventory import Inventory
from lca.engine.one_at_a_time import swings
from lca.engine.result import ENGINE_VERSION, Result
from lca.engine.scenario import difference
from lca.engine.vocabulary import Category

TOLERANCE = 1e-6
SMALLEST = 1e-12  # below it, what two machines compute differs by their last bits alone
MOST_TOLD = 20
Number: TypeAlias = "int | float"
Part: TypeAlias = (
    "tuple[str, Any, Any, float]"  # pointer, published, recomputed, what is too small to differ
)


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
    """Assess the inventories of a document anew, and compare every number of its ``result``.

    Of a report also the figures of one use, each from its own inventory, those of one parameter at a time, scenarios, and the roadmap.

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
    parts = [
        ("/result", published, again, SMALLEST),
        *_uses(document, draws, seed),
        *_one_at_a_time(document),
        *_scenarios(document, draws, seed),
        *_roadmap(document, draws, seed),
    ]
    for pointer, value, other, smallest in (
        (*pair, least) for place, old, new, least in parts for pair in _pairs(old, new, place)
    ):
        figures += 1
        apart = _apart(value, other, smallest)
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


def _uses(document: Mapping[str, Any], draws: int, seed: int) -> Iterator[Part]:
    """Figures of one use, marginal and fully loaded; they are small, so that no difference is too small."""
    per_use = document.get("per_use")
    per_use = per_use if isinstance(per_use, dict) else {}
    inventories = per_use.get("inventories")
    for kind, inventory in inventories.items() if isinstance(inventories, dict) else ():
        result = assess(from_document(inventory), draws=draws, seed=seed, by=())
        yield f"/per_use/{kind}", per_use.get(kind), result.to_dict()["totals"], 0.0


def _one_at_a_time(document: Mapping[str, Any]) -> Iterator[Part]:
    """Totals with one parameter at its ends."""
    given = document.get("one_at_a_time")
    if not isinstance(given, dict) or not given:
        return
    inventory = from_document(document)
    for category, rows in given.items():
        if category not in {known.value for known in Category} or not isinstance(rows, list):
            msg = f"/one_at_a_time/{_escaped(str(category))[:40]} is no list of an impact category."
            raise EngineError(msg)
        names = [str(row.get("parameter")) if isinstance(row, dict) else "" for row in rows]
        again = {row.parameter: attrs.asdict(row) for row in swings(inventory, category, names)}
        yield f"/one_at_a_time/{category}", rows, [again.get(name) for name in names], 0.0


def _scenarios(document: Mapping[str, Any], draws: int, seed: int) -> Iterator[Part]:
    """Totals of each scenario, and their paired differences; reports older than the values changed are passed over."""
    given = document.get("scenarios")
    rows = [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []
    if not any("overrides" in row or "steps" in row for row in rows):
        return
    inventory = from_document(document)
    declared = assess(inventory, draws=draws, seed=seed, by=())
    for place, row in enumerate(rows):
        pointer = f"/scenarios/{place}"
        if "steps" in row:
            yield from _stack(f"{pointer}/steps", row["steps"], declared, "totals")
        altered = _altered(inventory, row, pointer)
        if altered is not None:
            other = assess(altered, draws=draws, seed=seed, like=declared, by=())
            yield f"{pointer}/totals", row.get("totals"), _totals(other), 0.0
            yield (
                f"{pointer}/differences",
                row.get("differences"),
                _moved(declared, other),
                SMALLEST,
            )


def _altered(inventory: Inventory, row: Mapping[str, Any], pointer: str) -> Inventory | None:
    """The inventory as a scenario leaves it; none where it does not say what it changes."""
    if "steps" in row:
        for place, step in enumerate(_rows(row["steps"], f"{pointer}/steps")):
            inventory = read_alteration(step, f"{pointer}/steps/{place}").on(inventory)
        return inventory
    return read_alteration(row, pointer).on(inventory) if "overrides" in row else None


def _roadmap(document: Mapping[str, Any], draws: int, seed: int) -> Iterator[Part]:
    """What each action of a roadmap leaves of the totals and of one use, from the baseline that it starts from."""
    roadmap = document.get("roadmap")
    if not isinstance(roadmap, dict):
        return
    per_use = document.get("per_use")
    inventories = per_use.get("inventories") if isinstance(per_use, dict) else None
    own = inventories if isinstance(inventories, dict) else {}
    for key, usual in (("totals", document), ("per_use", own.get(str(roadmap.get("use_kind"))))):
        given = roadmap.get("inventories")
        inventory = given.get(key) if isinstance(given, dict) else usual
        if inventory is not None:
            baseline = assess(from_document(inventory), draws=draws, seed=seed, by=())
            yield f"/roadmap/baseline/{key}", _at(roadmap, "baseline", key), _totals(baseline), 0.0
            yield from _stack("/roadmap/actions", roadmap.get("actions"), baseline, key)


def _at(row: Mapping[str, Any], *keys: str) -> Any:
    value: Any = row
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _stack(pointer: str, steps: Any, baseline: Result, key: str) -> Iterator[Part]:
    """Totals after each step that changes something, and its paired difference from the state before it."""
    inventory, before = baseline.inventory, baseline
    for place, step in enumerate(_rows(steps, pointer)):
        at = f"{pointer}/{place}"
        alteration = read_alteration(step, at)
        if not alteration.overrides and not alteration.ratios:
            continue
        part = alteration if key == "totals" else alteration.within(inventory)
        inventory = part.on(inventory)
        after = assess(inventory, draws=baseline.draws, seed=baseline.seed, like=baseline, by=())
        yield f"{at}/{key}", step.get(key), _totals(after), 0.0
        if key == "totals":
            yield f"{at}/difference", step.get("difference"), _moved(before, after), SMALLEST
        before = after


def _rows(value: Any, pointer: str) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        msg = f"{pointer} must be a list of objects."
        raise EngineError(msg)
    return value


def _totals(result: Result) -> Any:
    return result.to_dict()["totals"]


def _moved(before: Result, after: Result) -> dict[str, Any]:
    return {key.value: stat.to_dict() for key, stat in difference(before, after).items()}


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


def _apart(value: float, other: float | None, smallest: float = SMALLEST) -> float:
    """Relative difference; infinite where one is absent or no number."""
    if other is None or not (math.isfinite(value) and math.isfinite(other)):
        return math.inf
    if abs(value - other) <= smallest:
        return 0.0
    return abs(value - other) / max(abs(value), abs(other))
