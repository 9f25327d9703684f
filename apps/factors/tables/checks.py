"""What a factor must satisfy beyond its cells: unit, physics, spread, uniqueness."""

from collections import Counter
from dataclasses import replace

from apps.factors.errors import Problem
from apps.factors.indicators import INDICATORS, Indicator
from apps.factors.tables.cells import Cells
from apps.factors.tables.rows import FactorRow, Tables
from lca.engine.errors import EngineError
from lca.engine.units import compatible, conversion, parse


def check_spread(cells: Cells, row: FactorRow) -> None:
    """The stated uncertainty must exist and hold the value."""
    low = row.value if row.low is None else row.low
    high = row.value if row.high is None else row.high
    if not low <= row.value <= high:
        cells.fault("value", f"{row.value:g} lies outside its own range, {low:g} to {high:g}.")
    if row.gsd is not None and row.gsd <= 1:
        cells.fault(
            "gsd", f"{row.gsd:g} is not above 1, as a geometric standard deviation must be."
        )
    if row.distribution == "lognormal" and (row.gsd is None or row.value <= 0):
        cells.fault("distribution", "lognormal needs a gsd and a value above 0.")
    has_range = row.low is not None and row.high is not None and low < high
    if row.distribution in {"triangular", "uniform"} and not has_range:
        cells.fault("distribution", f"{row.distribution} needs a low below a high.")


def in_library_units(cells: Cells, row: FactorRow) -> FactorRow:
    """Check indicator, unit and physical range; the row in the indicator's own unit."""
    indicator = INDICATORS.get(row.kind, {}).get(row.indicator)
    if indicator is None:
        if row.indicator and row.kind in INDICATORS:
            known = ", ".join(INDICATORS[row.kind])
            cells.fault("indicator", f"“{row.indicator}” is not one of {known}.")
        return row
    scale = _scale(cells, row.unit, indicator)
    if cells.is_sound and not indicator.low <= row.value * scale <= indicator.high:
        limits = f"{indicator.low:g} to {indicator.high:g} {indicator.unit or ''}".strip()
        message = (
            f"{row.value:g} {row.unit} is outside the physical range of {row.indicator}, {limits}."
        )
        cells.fault("value", message)
    return row if scale == 1 else _scaled(row, scale, indicator.unit or row.unit)


def _scale(cells: Cells, unit: str, indicator: Indicator) -> float:
    if not unit or unit == indicator.unit:
        return 1.0
    try:
        parse(unit)
        if indicator.unit is None:
            return 1.0
        if compatible(unit, indicator.unit):
            return conversion(((unit, 1.0),), indicator.unit)
        cells.fault("unit", f"“{unit}” does not measure the same thing as “{indicator.unit}”.")
    except EngineError as error:
        cells.fault("unit", str(error))
    return 1.0


def _scaled(row: FactorRow, scale: float, unit: str) -> FactorRow:
    low, high = (None if bound is None else bound * scale for bound in (row.low, row.high))
    return replace(row, value=row.value * scale, low=low, high=high, unit=unit)


def collisions(tables: Tables) -> list[Problem]:
    """Keys that occur twice, and indicators without exactly one chosen value."""
    return [
        *_twice("sources.csv", [(row.key,) for row in tables.sources]),
        *_twice("entries.csv", [(row.kind, row.key) for row in tables.entries]),
        *_twice(
            "factors", [(row.kind, row.key, row.indicator, row.source) for row in tables.factors]
        ),
        *_not_one_chosen(tables.factors),
    ]


def _twice(file: str, keys: list[tuple[str, ...]]) -> list[Problem]:
    return [
        Problem(file, 0, "key", f"{' / '.join(key)} occurs {count} times.")
        for key, count in Counter(keys).items()
        if count > 1
    ]


def _not_one_chosen(rows: list[FactorRow]) -> list[Problem]:
    chosen: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        chosen[row.kind, row.key, row.indicator] += row.chosen
    return [
        Problem(
            "factors", 0, "chosen", f"{' / '.join(key)} has {count} chosen values; it needs one."
        )
        for key, count in chosen.items()
        if count != 1
    ]
