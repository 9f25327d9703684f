"""Stack measures on an inventory: each works on what the ones before have left, so that nothing is saved twice.

Every state is assessed on the baseline's draws, so each step is a paired difference, and the steps add up to the whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import attrs

from apps.scenarios.errors import BadInput
from apps.scenarios.measure import Change, Given, Measure, read_options
from apps.scenarios.measures import measure
from apps.scenarios.setting import Setting
from apps.scenarios.stacking.tornado import tornado
from lca.engine import (
    DEFAULT_DRAWS,
    DEFAULT_SEED,
    Category,
    Flow,
    Inventory,
    Parameter,
    Result,
    Stat,
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
            "difference": _stats(self.apart),
            "alone": _stats(self.alone),
            "effects": [_plain(effect) for effect in change.effects],
            "evidence": [_plain(each) for each in measure.evidence],
            "validity": list(change.notes),
        }


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A baseline and its steps."""

    baseline: Result
    steps: tuple[Step, ...]

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON: totals before and after, steps, the whole difference, and the parameters it hangs on."""
        last = self.steps[-1].result if self.steps else self.baseline
        return {
            "baseline": _totals(self.baseline),
            "scenario": _totals(last),
            "difference": _stats(difference(self.baseline, last)),
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
        described, work = measure(each.key)
        options = read_options(described, each.options)
        change = work(inventory, options, setting)
        inventory = applied(inventory, change, place)
        yield Taken(measure=described, options=options, change=change, inventory=inventory)


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
            "totals": _totals(result),
            **({} if result is first else {"difference": _stats(difference(first, result))}),
        }
        for name, result in results.items()
    }


def applied(inventory: Inventory, change: Change, place: int) -> Inventory:
    """Return an inventory after a change: values replaced, and ratios joined to every flow that has what they multiply.

    A ratio is a parameter of its own, with its own draws; ``place`` keeps those of the same measure twice apart.
    """
    replaced = inventory.override(change.overrides)
    if not change.ratios:
        return replaced
    named = {
        name: attrs.evolve(ratio, name=f"{ratio.name}.{place}")
        for name, ratio in change.ratios.items()
    }
    inside = {argument for derived in inventory.derived for argument in derived.arguments}
    if taken := sorted(inside & set(named)):
        msg = f"{', '.join(taken)} enters other figures as a function, and cannot be multiplied."
        raise BadInput(msg, field="measure")
    own = {ratio.name: ratio for ratio in named.values()}
    return attrs.evolve(
        replaced,
        parameters=(*replaced.parameters, *own.values()),
        flows=tuple(_joined(flow, named) for flow in replaced.flows),
    )


def _joined(flow: Flow, ratios: Mapping[str, Parameter]) -> Flow:
    terms = [*flow.terms, *((ratios[n].name, e) for n, e in flow.terms if n in ratios)]
    factors = {
        category: (*pairs, *((ratios[n].name, e) for n, e in pairs if n in ratios))
        for category, pairs in flow.factors.items()
    }
    return attrs.evolve(flow, terms=tuple(terms), factors=factors)


def _totals(result: Result) -> dict[str, object]:
    return {
        category.value: stat.to_dict()
        for category in HEADLINES
        if (stat := result.stat(category)) is not None
    }


def _stats(stats: Mapping[Category, Stat]) -> dict[str, object]:
    return {
        category.value: stats[category].to_dict() for category in HEADLINES if category in stats
    }


def _plain(item: object) -> dict[str, object]:
    return {name: getattr(value, "value", value) for name, value in vars(item).items()}
