"""What a saving hangs on: each uncertain parameter at the ends of its 90 % interval, before and after alike."""

from dataclasses import asdict, dataclass

from lca.engine import Category, Result, Swing, swings

SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Arm:
    """The difference (scenario - baseline) with one parameter at P5 (``at_low``) and at P95, in the category's unit."""

    parameter: str
    label: str
    at_low: float
    at_high: float

    @property
    def width(self) -> float:
        """How far the difference moves."""
        return abs(self.at_high - self.at_low)

    def to_dict(self) -> dict[str, str | float]:
        """Return plain JSON."""
        return asdict(self)


def tornado(before: Result, after: Result, category: Category = Category.GWP_LOCATION) -> list[Arm]:
    """Return the parameters that move a difference most, widest first; all others stay at their nominal value.

    A parameter that both have is moved in both, each to its own end; one that a measure brought is moved in the scenario alone.
    """
    rest, then = before.stat(category), after.stat(category)
    if rest is None or then is None:
        return []
    first, second = (_swings(result, category) for result in (before, after))
    arms = []
    for name, swing in second.items():
        own = first.get(name)
        low, high = (own.at_low, own.at_high) if own else (rest.nominal, rest.nominal)
        arm = Arm(
            parameter=name,
            label=swing.label,
            at_low=swing.at_low - low,
            at_high=swing.at_high - high,
        )
        arms.append(arm)
    moving = [arm for arm in arms if arm.width > 0]
    return sorted(moving, key=lambda arm: -arm.width)[:SHOWN]


def _swings(result: Result, category: Category) -> dict[str, Swing]:
    names = [item.name for item in result.inventory.parameters]
    return {swing.parameter: swing for swing in swings(result.inventory, category, names)}
