"""What every number must satisfy, whoever adds it: unit, physical range, spread. One fault at a time, by column."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from apps.factors.indicators import INDICATORS, Indicator
from lca.engine.distributions import Empirical
from lca.engine.errors import EngineError
from lca.engine.units import compatible, conversion, parse

MOST_OBSERVED = 10_000


class Fault(NamedTuple):
    """What is wrong with which column."""

    column: str
    message: str


class Number(NamedTuple):
    """A value with its spread, as stated."""

    value: float
    low: float | None
    high: float | None
    gsd: float | None
    distribution: str
    unit: str
    observed: Sequence[float] = ()


def indicator_fault(kind: str, indicator: str) -> Fault | None:
    """Say which indicators a kind has, where this is none of them."""
    known = INDICATORS.get(kind, {})
    if not known or not indicator or indicator in known:
        return None
    return Fault("indicator", f"“{indicator}” is not one of {', '.join(known)}.")


def scale_of(unit: str, indicator: Indicator) -> float | Fault:
    """Return the factor from a stated unit to the indicator's own."""
    if not unit or unit == indicator.unit:
        return 1.0
    try:
        parse(unit)
        if indicator.unit is None:
            return 1.0
        if compatible(unit, indicator.unit):
            return conversion(((unit, 1.0),), indicator.unit)
    except EngineError as error:
        return Fault("unit", str(error))
    message = (
        f"“{unit}” does not measure the same thing as “{indicator.unit}”;"
        " write the number in that, or in a unit of its kind."
    )
    return Fault("unit", message)


def range_fault(number: Number, scale: float, name: str, indicator: Indicator) -> Fault | None:
    """Say what is physically possible, where the value is not."""
    if indicator.low <= number.value * scale <= indicator.high:
        return None
    limits = f"{indicator.low:g} to {indicator.high:g} {indicator.unit or ''}".strip()
    message = (
        f"{number.value:g} {number.unit} is outside the physical range of {name}, {limits};"
        " check value and unit."
    )
    return Fault("value", message)


def spread_faults(number: Number) -> Iterator[Fault]:
    """Find what contradicts the value in its stated uncertainty."""
    low = number.value if number.low is None else number.low
    high = number.value if number.high is None else number.high
    if not low <= number.value <= high:
        text = f"{number.value:g} lies outside its own range, {low:g} to {high:g}; check all three."
        yield Fault("value", text)
    if number.gsd is not None and number.gsd <= 1:
        text = f"{number.gsd:g} is not above 1, as a geometric standard deviation must be."
        yield Fault("gsd", text)
    if number.distribution == "lognormal" and (number.gsd is None or number.value <= 0):
        yield Fault("distribution", "lognormal needs a gsd and a value above 0.")
    has_range = number.low is not None and number.high is not None and low < high
    if number.distribution in {"triangular", "uniform", "beta_pert"} and not has_range:
        yield Fault("distribution", f"{number.distribution} needs a low below a high.")
    yield from _observation_faults(number)


def _observation_faults(number: Number) -> Iterator[Fault]:
    if number.distribution != "empirical":
        if number.observed:
            text = "Observed values count in an empirical distribution only; choose it, or remove them."
            yield Fault("observed", text)
        return
    try:
        Empirical(values=number.observed).check(number.value)
    except (EngineError, TypeError, ValueError) as error:
        yield Fault("observed", str(error))


def converted(number: Number, scale: float, unit: str) -> Number:
    """Write a number in another unit; a geometric standard deviation has none."""
    low, high = (None if bound is None else bound * scale for bound in (number.low, number.high))
    observed = tuple(value * scale for value in number.observed)
    return number._replace(
        value=number.value * scale, low=low, high=high, unit=unit, observed=observed
    )
