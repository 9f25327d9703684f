"""Which figure an assessment uses, why, and how wide it is: one rule for every device."""

import math
from collections.abc import Sequence

import attrs

from apps.factors.embodied.device import Library
from apps.factors.embodied.estimate import PUBLISHED, Basis, Estimate, Missing, Outcome

LADDER: dict[str, tuple[Basis, ...]] = {
    "embodied_gwp": (*PUBLISHED, Basis.DIE_AREA),
    "embodied_adpe": (*PUBLISHED, Basis.BILL),
    "embodied_primary_energy": (*PUBLISHED, Basis.BILL),
    "embodied_water": (*PUBLISHED, Basis.FAB_WATER),
}
INDICATIVE = {"embodied_adpe", "embodied_primary_energy"}
REASONS = {
    Basis.FOOTPRINT: "The manufacturer's own footprint of the product comes before any model.",
    Basis.STUDY: "No manufacturer's footprint exists; an independent study of the device comes before any model.",
    Basis.DIE_AREA: "Nobody published a footprint of this device: the calibrated die-area model, a third below independent studies.",
    Basis.BILL: "Nobody published a figure for this device: ADEME's bill of materials. Indicative.",
    Basis.FAB_WATER: "No measured value exists for any product: the water of the fab, without memory. Indicative.",
}
RULE = (
    "A manufacturer's product footprint first, else an independent study of the very device, else the calibrated"
    " die-area model (climate change), the bill of materials (minerals, primary energy) or the fab's water. The bill of"
    " materials is an upper bound and ACT a lower bound for climate change; neither is ever chosen for it."
)
SPREAD_RULE = (
    "The chosen figure is log-normal. Its geometric standard deviation is the source's own, or wider: so that the 95 %"
    " interval, value ×/÷ GSD², reaches every rival figure of the whole device. Water takes the range of its parameters."
)


@attrs.frozen(kw_only=True)
class Choice:
    """The figure that assessments use for one indicator, with its rivals, or the reasons why there is none.

    ``rivals`` are all other figures; ``chosen`` carries the spread between the sources in its ``gsd`` or range.
    """

    indicator: str
    chosen: Estimate | None
    rivals: tuple[Estimate, ...] = ()
    missing: tuple[Missing, ...] = ()
    reason: str = ""
    spread: str = ""


def choose(indicator: str, outcomes: Sequence[Outcome], library: Library) -> Choice:
    """Apply the rule to everything that the methods say about one indicator of one device."""
    said = [outcome for outcome in outcomes if outcome.indicator == indicator]
    figures = [outcome for outcome in said if isinstance(outcome, Estimate)]
    missing = tuple(outcome for outcome in said if isinstance(outcome, Missing))
    best = _best(indicator, figures)
    if best is None:
        reason = " ".join(dict.fromkeys(item.reason for item in missing if _could(item)))
        return Choice(
            indicator=indicator, chosen=None, rivals=tuple(figures), missing=missing, reason=reason
        )
    rivals = tuple(figure for figure in figures if figure is not best)
    chosen, spread = _with_spread(best, rivals, library)
    return Choice(
        indicator=indicator,
        chosen=chosen,
        rivals=rivals,
        missing=missing,
        reason=REASONS[best.basis],
        spread=spread,
    )


def _could(item: Missing) -> bool:
    return item.basis in LADDER[item.indicator]


def _best(indicator: str, figures: Sequence[Estimate]) -> Estimate | None:
    """The first rung of the ladder that holds a figure; of several there the newest."""
    for basis in LADDER[indicator]:
        held = [figure for figure in figures if figure.basis is basis]
        if held:
            return max(held, key=lambda figure: (figure.year, figure.source))
    return None


def _with_spread(
    best: Estimate, rivals: Sequence[Estimate], library: Library
) -> tuple[Estimate, str]:
    whole = [rival for rival in rivals if rival.is_whole and rival.value > 0]
    if best.gsd is None and best.basis not in PUBLISHED:
        low, high = best.interval or (best.value, best.value)
        low, high = (
            pick([bound, *(r.value for r in whole)]) for pick, bound in ((min, low), (max, high))
        )
        return attrs.evolve(best, low=low, high=high), "The range of its parameters."
    own = _own(best, library)
    farthest = max(whole, key=lambda rival: _distance(best, rival), default=None)
    between = math.exp(_distance(best, farthest) / 2) if farthest else 1.0
    if farthest is None:
        return attrs.evolve(
            best, gsd=own
        ), f"GSD {own:g}: its own; no other figure of the whole device is known."
    if between <= own:
        return attrs.evolve(best, gsd=own), f"GSD {own:g}: its own; every rival lies within."
    gsd = math.ceil(between * 100) / 100
    words = f"GSD {gsd:g}: the 95 % interval reaches the farthest rival, {farthest.value:.4g} {farthest.unit} ({farthest.basis})."
    return attrs.evolve(best, gsd=gsd), words


def _own(best: Estimate, library: Library) -> float:
    """A source's own spread; minerals and primary energy are never surer than their model."""
    stated = best.gsd or library["published-footprint", "value"].gsd
    floor = library["bom-model", "value"].gsd if best.indicator in INDICATIVE else None
    return max(stated or 1.0, floor or 1.0)


def _distance(best: Estimate, rival: Estimate) -> float:
    return abs(math.log(rival.value / best.value))
