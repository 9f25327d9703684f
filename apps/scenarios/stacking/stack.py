"""Stack measures on an inventory: each works on what the ones before have left, so that nothing is saved twice.

Every state is assessed on the baseline's draws, so each step is a paired difference, and the steps add up to the whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import attrs

from apps.scenarios.errors import BadInput
from apps.scenarios.measure import Change, Given, Measure, cost_of, read_options
from apps.scenarios.measures import measure
from apps.scenarios.setting import Setting
from apps.scenarios.stacking.money import cost
from apps.scenarios.stacking.tornado import tornado
from lca.engine import (
    DEFAULT_DRAWS,
    DEFAULT_SEED,
    Alteration,
    Category,
    Inventory,
    Result,
    Stat,
    alteration_document,
    assess,
    difference,
)

MOST_MEASURES = 20
MOST_SCENARIOS = 6
HEADLINES = (Category.GWP_LOCATION, Category.GWP_MARKET, Category.WATER, Category.ADPE, Category.PRIMARY_ENERGY)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A measure by key, and its options."""

    key: str
    options: Given


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A measure with its options read, what it changes, and the inventory that it leaves."""

    measure: Measure
    options: Mapping[str, float | str]
    change: Change
    alteration: Alteration
    inventory: Inventory


@dataclass(frozen=True, kw_only=True)
class Step:
    """One measure in its place: what it changed from the step before, and what it would change alone."""

    taken: Taken
    result: Result
    apart: Mapping[Category, Stat]
    alone: Mapping[Category, Stat]

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON."""
        measure, change = self.taken.measure, self.taken.change
        return {
            "measure": measure.key,
            "label": measure.label,
            "phase": measure.phase,
            "options": dict(self.taken.options),
            "changes": [*sorted(change.overrides), *sorted(change.ratios)],
            **alteration_document(self.taken.alteration),
            "totals": totals(self.result),
            "difference": stats(self.apart),
            "alone": stats(self.alone),
            "effects": [plain(effect) for effect in change.effects],
            "evidence": [plain(each) for each in measure.evidence],
            "validity": list(change.notes),
        }


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A baseline and its steps."""

    baseline: Result
    steps: tuple[Step, ...]

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON: totals before and after, steps, the whole difference, and the parameters it hangs on; and the cost, where somebody said it."""
        last = self.steps[-1].result if self.steps else self.baseline
        apart = difference(self.baseline, last)
        return {
            "baseline": totals(self.baseline),
            "scenario": totals(last),
            "difference": stats(apart),
            "cost": cost([step.taken.change.effects for step in self.steps], apart),
            "steps": [step.to_dict() for step in self.steps],
            "tornado": [arm.to_dict() for arm in tornado(self.baseline, last)]
            if self.steps
            else [],
        }


def take(inventory: Inventory, chosen: Sequence[Chosen], setting: Setting) -> Iterator[Taken]:
    """Apply measures in order, each to what the ones before have left.

    Raises
    ------
    BadInput
        For a measure that there is not, an option that cannot be, or one that finds nothing to change.
    """
    if len(chosen) > MOST_MEASURES:
        msg = f"At most {MOST_MEASURES} measures can be stacked."
        raise BadInput(msg, field="measures")
    for place, each in enumerate(chosen):
        taken = take_one(inventory, each, setting, place)
        inventory = taken.inventory
        yield taken


def take_one(inventory: Inventory, chosen: Chosen, setting: Setting, place: int = 0) -> Taken:
    """Apply one measure; ``place`` keeps the draws of the same measure taken twice apart.

    Raises
    ------
    BadInput
        As :func:`take`.
    """
    described, work = measure(chosen.key)
    options = read_options(described, chosen.options)
    change = work(inventory, options, setting)
    change = replace(change, effects=(*change.effects, *cost_of(described, options)))
    made = alteration(change, place)
    return Taken(measure=described, options=options, change=change, alteration=made, inventory=made.on(inventory))  # fmt: skip


def stack(
    inventory: Inventory,
    chosen: Sequence[Chosen],
    setting: Setting,
    *,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
) -> Stack:
    """Assess every step of a stack, and what each measure would change alone."""
    first = assess(inventory, draws=draws, seed=seed, by=())

    def assessed(state: Inventory) -> Result:
        return assess(state, draws=draws, seed=seed, like=first, by=())

    steps: list[Step] = []
    for place, taken in enumerate(take(inventory, chosen, setting)):
        before = steps[-1].result if steps else first
        after = assessed(taken.inventory)
        apart = difference(before, after)
        alone = apart
        if place:
            by_itself = next(iter(take(inventory, [chosen[place]], setting)))
            alone = difference(first, assessed(by_itself.inventory))
        steps.append(Step(taken=taken, result=after, apart=apart, alone=alone))
    return Stack(baseline=first, steps=tuple(steps))


def compare(
    inventory: Inventory,
    scenarios: Mapping[str, Sequence[Chosen]],
    setting: Setting,
    *,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
) -> dict[str, Result]:
    """Assess a baseline (named "") and up to six scenarios, each once, on the same draws."""
    if not 1 <= len(scenarios) <= MOST_SCENARIOS or "" in scenarios:
        msg = f"1 to {MOST_SCENARIOS} scenarios with names can be compared."
        raise BadInput(msg, field="scenarios")
    first = assess(inventory, draws=draws, seed=seed, by=())
    found = {"": first}
    for name, chosen in scenarios.items():
        state = inventory
        for taken in take(inventory, chosen, setting):
            state = taken.inventory
        found[name] = assess(state, draws=draws, seed=seed, like=first, by=())
    return found


def compared(results: Mapping[str, Result]) -> dict[str, object]:
    """Return plain JSON of :func:`compare`: totals, and the difference to the baseline."""
    first = results[""]
    return {
        name: {
            "totals": totals(result),
            **({} if result is first else {"difference": stats(difference(first, result))}),
        }
        for name, result in results.items()
    }


def alteration(change: Change, place: int) -> Alteration:
    """Return what a change alters; ``place`` keeps the ratios of the same measure taken twice apart."""
    named = {
        name: attrs.evolve(ratio, name=f"{ratio.name}.{place}")
        for name, ratio in change.ratios.items()
    }
    return Alteration(overrides=change.overrides, ratios=named)


def totals(result: Result | None) -> dict[str, object]:
    """Return the headline totals of a result as plain JSON; nothing where there is none."""
    found = {category: result.stat(category) for category in HEADLINES} if result else {}
    return {category.value: stat.to_dict() for category, stat in found.items() if stat is not None}


def stats(found: Mapping[Category, Stat]) -> dict[str, object]:
    """Return the headlines of statistics by category as plain JSON."""
    return {
        category.value: found[category].to_dict() for category in HEADLINES if category in found
    }


def plain(item: object) -> dict[str, object]:
    """Return the fields of a record as plain JSON."""
    return {name: getattr(value, "value", value) for name, value in vars(item).items()}
