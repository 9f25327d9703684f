"""Accuracy against carbon: what scenarios do to the answers, and what one functional unit then costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.scenarios.quantity import front
from apps.scenarios.setting import Setting
from apps.scenarios.stacking.stack import Chosen, take
from lca.engine import Category, Inventory, Stat, assess

CARBON = Category.GWP_LOCATION
ABOUT_ANSWERS = ("accuracy", "quality")


@dataclass(frozen=True, kw_only=True)
class Trade:
    """A scenario's change of accuracy [points], none where a measure leaves it open, and carbon of one functional unit.

    ``on_front`` tells that no other one whose accuracy is known is better in both.
    """

    name: str
    points: float | None
    carbon: Stat
    on_front: bool = False


def trades(
    inventory: Inventory, use: Inventory, scenarios: Mapping[str, Sequence[Chosen]], setting: Setting, *, draws: int, seed: int
) -> list[Trade]:  # fmt: skip
    """Return the baseline (named "") and every scenario, on the same draws; nothing where carbon is not declared.

    Measures are taken on the whole inventory, and what they alter of it on that of one functional unit, ``use``.
    """
    first = assess(use, draws=draws, seed=seed, by=())
    before = first.stat(CARBON)
    if before is None:
        return []
    rows = [Trade(name="", points=0.0, carbon=before)]
    for name, chosen in scenarios.items():
        state, points = use, 0.0
        known = True
        for taken in take(inventory, chosen, setting):
            state = taken.alteration.within(state).on(state)
            stated = [effect.value for effect in taken.change.effects if effect.on in ABOUT_ANSWERS]
            known = known and None not in stated
            points += sum(value for value in stated if value is not None)
        after = assess(state, draws=draws, seed=seed, like=first, by=()).stat(CARBON)
        if after is not None:
            rows.append(Trade(name=name, points=points if known else None, carbon=after))
    return _marked(rows)


def _marked(rows: list[Trade]) -> list[Trade]:
    drawn = [row for row in rows if row.points is not None]
    best = front([[row.carbon.nominal, -(row.points or 0.0)] for row in drawn])
    kept = {row.name for row, is_best in zip(drawn, best, strict=True) if is_best}
    return [
        Trade(name=row.name, points=row.points, carbon=row.carbon, on_front=row.name in kept)
        for row in rows
    ]
