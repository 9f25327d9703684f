"""What a roadmap is expected to bring: its measures stacked on the baseline in the order in which they are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from apps.scenarios.errors import BadInput
from apps.scenarios.measure import Change, Measure
from apps.scenarios.quantity import LEVELS, Draws
from apps.scenarios.roadmap.plan import GIVEN_UP, TOTAL, Action
from apps.scenarios.setting import Setting
from apps.scenarios.stacking.stack import take_one
from lca.engine import Alteration, Category, EngineError, Inventory, Result, assess

NOTHING = Alteration()


@dataclass(frozen=True, kw_only=True)
class State:
    """The totals and one functional unit (none where it is not declared) at one point of a roadmap."""

    total: Result
    use: Result | None

    def of(self, basis: str) -> Result | None:
        """Return the result that a basis means."""
        return self.total if basis == TOTAL else self.use


@dataclass(frozen=True, kw_only=True)
class Leg:
    """An action in its place: what it alters and the state that it leaves; ``reason`` says why it alters nothing."""

    action: Action
    state: State
    measure: Measure | None = None
    change: Change | None = None
    alteration: Alteration = NOTHING
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Course:
    """A baseline, and the states that actions leave one after the other."""

    baseline: State
    legs: tuple[Leg, ...]

    def on(self, day: date) -> State:
        """Return the state once all is done that is due on a day or before."""
        due = [leg.state for leg in self.legs if leg.action.due and leg.action.due <= day]
        return due[-1] if due else self.baseline


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """A change as a share of what it started from: -0.3 is 30 % less; with its 90 % interval."""

    nominal: float
    p05: float
    p95: float

    def to_dict(self) -> dict[str, float]:
        """Return plain JSON."""
        return vars(self).copy()


def course(
    actions: Sequence[Action], inventory: Inventory, use: Inventory | None, setting: Setting, *, draws: int, seed: int
) -> Course:  # fmt: skip
    """Stack the measures of actions on an inventory and on that of one functional unit.

    An action that is given up, has no measure, or has one that cannot be taken, leaves the state as it was.
    """
    first = State(
        total=assess(inventory, draws=draws, seed=seed, by=()),
        use=assess(use, draws=draws, seed=seed, by=()) if use is not None else None,
    )
    state, legs = first, []
    for place, action in enumerate(actions):
        leg = _leg(action, place, state, first, setting)
        state = leg.state
        legs.append(leg)
    return Course(baseline=first, legs=tuple(legs))


def _leg(action: Action, place: int, before: State, first: State, setting: Setting) -> Leg:
    if action.measure is None or action.state == GIVEN_UP:
        return Leg(action=action, state=before)
    try:
        taken = take_one(before.total.inventory, action.measure, setting, place)
        state = State(
            total=_again(taken.inventory, first.total),
            use=_use(taken.alteration, before.use, first.use),
        )
    except (BadInput, EngineError) as error:
        return Leg(action=action, state=before, reason=str(error))
    return Leg(action=action, state=state, measure=taken.measure, change=taken.change, alteration=taken.alteration)  # fmt: skip


def _use(alteration: Alteration, before: Result | None, first: Result | None) -> Result | None:
    if before is None or first is None:
        return None
    return _again(alteration.within(before.inventory).on(before.inventory), first)


def _again(inventory: Inventory, first: Result) -> Result:
    return assess(inventory, draws=first.draws, seed=first.seed, like=first, by=())


def drawn(result: Result | None, category: Category) -> tuple[float, Draws] | None:
    """Return the deterministic value and the draws of a category; none where it is not declared, or 0."""
    group = result.group(category) if result is not None else None
    return (group.stat.nominal, group.values) if group and group.stat.nominal else None


def changed(before: tuple[float, Draws], after: tuple[float, Draws]) -> tuple[Ratio, Draws]:
    """Return the change of one from the other as a share, draw by draw."""
    values = after[1] / before[1] - 1
    p05, _, p95 = (float(each) for each in np.quantile(values, LEVELS))
    return Ratio(nominal=after[0] / before[0] - 1, p05=p05, p95=p95), values


def since(before: Result | None, after: Result | None, category: Category) -> Ratio | None:
    """Return the paired change of a category from a state to one that was assessed like it; none where one has no figure."""
    first, then = drawn(before, category), drawn(after, category)
    return changed(first, then)[0] if first and then else None
