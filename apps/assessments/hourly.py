"""Hourly grid factors from a file: read whole or refused whole, with every fault and every missing hour."""

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from apps.assessments.rejection import FileRejected
from lca.engine.units import conversion

UNIT = "kg CO2e/kWh"
UNITS = (UNIT, "g CO2e/kWh")
MOST_BYTES = 3_000_000
MOST_HOURS = 8_784
HIGHEST = 5.0
HOUR = pd.Timedelta(hours=1)
CELLS = 2
OFFSET = re.compile(r"(Z|[+-]\d\d:?\d\d)$")


class SeriesRejected(FileRejected):
    """A file of hourly factors that cannot be used."""

    code = "series_rejected"


@attrs.frozen(kw_only=True)
class Gap:
    """Hours without a value."""

    start: datetime
    hours: int


@attrs.frozen(kw_only=True)
class Series:
    """Factors hour by hour from ``starts_at`` (UTC), in kg CO2e/kWh; ``None`` where an hour is missing.

    ``timezone`` is the clock of the file's times, empty where each has its offset from UTC.
    """

    starts_at: datetime
    factors: list[float | None]
    timezone: str = ""
    notes: tuple[str, ...] = ()

    def gaps(self) -> list[Gap]:
        """Runs of missing hours, in order."""
        found: list[Gap] = []
        for hour, value in enumerate(self.factors):
            start = self.starts_at + timedelta(hours=hour)
            if value is not None:
                continue
            if found and found[-1].start + timedelta(hours=found[-1].hours) == start:
                found[-1] = attrs.evolve(found[-1], hours=found[-1].hours + 1)
            else:
                found.append(Gap(start=start, hours=1))
        return found


def read_series(content: bytes, *, timezone: str, unit: str) -> Series:
    """Read two columns, time and factor, with a heading; local times without offset are of ``timezone``.

    Raises
    ------
    SeriesRejected
        With each fault and its line; nothing is guessed.
    """
    lines = list(_lines(content))
    times = _times([cells[0] for _, cells in lines], [n for n, _ in lines], timezone)
    values = _values(lines, conversion(((unit, 1.0),), UNIT))
    series = pd.Series(values, index=times.index)
    _refuse(list(_misplaced(series, [n for n, _ in lines])))
    whole = series.sort_index().asfreq("h")
    if len(whole) > MOST_HOURS:
        message = f"It spans {len(whole):,} hours; a series holds at most a year ({MOST_HOURS:,} hours). Split it by year."
        raise SeriesRejected([message])
    return Series(
        starts_at=whole.index[0].to_pydatetime(),
        factors=[None if math.isnan(value) else value for value in whole.tolist()],
        timezone=times.timezone,
        notes=times.notes,
    )


def _refuse(faults: Sequence[str]) -> None:
    if faults:
        raise SeriesRejected(faults)


def _lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Lines with their numbers, without the heading and empty ones; each has two cells."""
    if len(content) > MOST_BYTES:
        raise SeriesRejected(
            [f"It is larger than {MOST_BYTES / 1e6:.0f} MB; a year of hours takes about 0.3 MB."]
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SeriesRejected([f"It is not UTF-8 text ({error})."]) from None
    separator = next((mark for mark in ";\t," if mark in text.partition("\n")[0]), ",")
    rows = [
        (number, [cell.strip() for cell in cells])
        for number, cells in enumerate(
            csv.reader(io.StringIO(text, newline=None), delimiter=separator), start=1
        )
        if any(cell.strip() for cell in cells)
    ]
    wrong = [
        f"Line {n} has {len(cells)} cells; two are needed, time and factor."
        for n, cells in rows
        if len(cells) != CELLS
    ]
    _refuse(wrong)
    if not rows[1:]:
        raise SeriesRejected(["It holds no hour: a heading and a line for each hour are needed."])
    return iter(rows[1:])


@attrs.frozen(kw_only=True)
class _Times:
    index: pd.DatetimeIndex
    timezone: str = ""
    notes: tuple[str, ...] = ()


def _times(texts: Sequence[str], numbers: Sequence[int], timezone: str) -> _Times:
    offsets = [bool(OFFSET.search(text)) for text in texts]
    if any(offsets) and not all(offsets):
        place = offsets.index(not offsets[0])
        raise SeriesRejected(
            [
                f"Line {numbers[place]}: some times have an offset from UTC and some have none; give all or none."
            ]
        )
    parsed = pd.to_datetime(pd.Series(texts), format="ISO8601", errors="coerce", utc=offsets[0])
    bad = [
        f"Line {n}: “{text[:40]}” is not a time like 2025-03-30T02:00."
        for n, text, at in zip(numbers, texts, parsed, strict=True)
        if pd.isna(at)
    ]
    _refuse(bad)
    index = pd.DatetimeIndex(parsed)
    return _Times(index=index) if offsets[0] else _localised(index, numbers, timezone)


def _localised(index: pd.DatetimeIndex, numbers: Sequence[int], timezone: str) -> _Times:
    """Local times in UTC; an hour that clocks skip is refused, one that they repeat is told apart by its order."""
    second = index.duplicated()
    local = index.tz_localize(ZoneInfo(timezone), ambiguous=~second, nonexistent="NaT")
    skipped = [
        f"Line {number}: {at:%Y-%m-%d %H:%M} does not exist in {timezone}, where clocks went forward. Give offsets from UTC, or choose UTC."
        for number, at, found in zip(numbers, index, local, strict=True)
        if pd.isna(found)
    ]
    _refuse(skipped)
    return _Times(
        index=local.tz_convert("UTC"), timezone=timezone, notes=_once(index, second, timezone)
    )


def _once(index: pd.DatetimeIndex, second: npt.NDArray[np.bool_], timezone: str) -> tuple[str, ...]:
    """Note each hour that clocks repeat and that stands in the file once."""
    other = index.tz_localize(
        ZoneInfo(timezone), ambiguous=np.zeros(len(index), dtype=bool), nonexistent="NaT"
    )
    first = index.tz_localize(
        ZoneInfo(timezone), ambiguous=np.ones(len(index), dtype=bool), nonexistent="NaT"
    )
    twice = set(index[second])
    return tuple(
        f"{at:%Y-%m-%d %H:%M} comes twice in {timezone} and stands in the file once; it is taken as summer time, the other hour is missing."
        for at, summer, winter in zip(index, first, other, strict=True)
        if summer != winter and at not in twice
    )


def _values(lines: Sequence[tuple[int, list[str]]], scale: float) -> list[float]:
    faults, values = [], []
    for number, (_, text) in lines:
        value, fault = _value(text, scale)
        values.append(value)
        if fault:
            faults.append(f"Line {number}: {fault}")
    _refuse(faults)
    return values


def _value(text: str, scale: float) -> tuple[float, str]:
    """A factor in kg CO2e/kWh, and what is wrong with it; an empty cell is a missing hour."""
    if not text:
        return math.nan, ""
    if "," in text:
        return math.nan, f"“{text[:20]}” has a comma; write a decimal point."
    try:
        value = float(text) * scale
    except ValueError:
        return math.nan, f"“{text[:20]}” is not a number."
    if not 0 <= value <= HIGHEST:
        return math.nan, f"{value:g} {UNIT} is not between 0 and {HIGHEST:g}; check the unit."
    return value, ""


def _misplaced(series: "pd.Series[float]", numbers: Sequence[int]) -> Iterator[str]:
    """Times that are not full hours from the first, and hours that stand twice."""
    at = pd.DatetimeIndex(series.index)
    apart = (at - at.min()) % HOUR
    for number, time, odd, twice in zip(numbers, at, apart, at.duplicated(), strict=True):
        if odd:
            yield f"Line {number}: {time:%Y-%m-%d %H:%M} UTC is not a full hour from the first."
        elif twice:
            yield f"Line {number}: {time:%Y-%m-%d %H:%M} UTC stands in the file already."
