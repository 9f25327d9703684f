"""What a factor must satisfy beyond its cells: unit, physics, spread, uniqueness."""

from dataclasses import replace

from apps.factors import rules
from apps.factors.errors import Problem
from apps.factors.indicators import INDICATORS
from apps.factors.tables.cells import Cells
from apps.factors.tables.rows import FactorRow


def check_spread(cells: Cells, row: FactorRow) -> None:
    """The stated uncertainty must exist and hold the value."""
    for fault in rules.spread_faults(_number(row)):
        cells.fault(*fault)


def in_library_units(cells: Cells, row: FactorRow) -> FactorRow:
    """Check indicator, unit and physical range; the row in the indicator's own unit."""
    unknown = rules.indicator_fault(row.kind, row.indicator)
    indicator = INDICATORS.get(row.kind, {}).get(row.indicator)
    if unknown or indicator is None:
        if unknown:
            cells.fault(*unknown)
        return row
    scale = rules.scale_of(row.unit, indicator)
    if isinstance(scale, rules.Fault):
        cells.fault(*scale)
        return row
    impossible = rules.range_fault(_number(row), scale, row.indicator, indicator)
    if cells.is_sound and impossible:
        cells.fault(*impossible)
    if scale == 1:
        return row
    number = rules.converted(_number(row), scale, indicator.unit or row.unit)
    return replace(row, value=number.value, low=number.low, high=number.high, unit=number.unit)


def _number(row: FactorRow) -> rules.Number:
    return rules.Number(row.value, row.low, row.high, row.gsd, row.distribution, row.unit)


class Uniqueness:
    """What occurs once: keys, and one chosen value for each indicator of an entry."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self._taken: dict[tuple[str, ...], Cells] = {}
        self._indicators: dict[tuple[str, ...], Cells] = {}
        self._chosen: dict[tuple[str, ...], Cells] = {}

    def once(self, cells: Cells, key: tuple[str, ...], place: str = "") -> None:
        """Fault a row whose key an earlier row has taken."""
        first = self._taken.setdefault((place or cells.file, *key), cells)
        if first is not cells and all(key):
            message = f"{' / '.join(key)} stands in {first.place} already; remove one of them."
            cells.fault("key", message)

    def factor(self, cells: Cells, row: FactorRow) -> None:
        """Note a factor, whose key includes its source, and whether it is the chosen one."""
        key = (row.kind, row.key, row.indicator)
        self.once(cells, (*key, row.source), "factors")
        self._indicators.setdefault(key, cells)
        if not row.chosen:
            return
        first = self._chosen.setdefault(key, cells)
        if first is not cells:
            message = f"{' / '.join(key)} has a chosen value in {first.place} already; choose one."
            cells.fault("chosen", message)

    def demand_one_chosen(self) -> None:
        """Fault the first row of each indicator that has no chosen value."""
        for key, cells in self._indicators.items():
            if key not in self._chosen and all(key):
                message = f"{' / '.join(key)} has no chosen value; write yes in one row."
                cells.fault("chosen", message)
