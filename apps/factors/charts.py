"""Charts of the library, as numbers for the templates to draw: a mix as a bar, zones side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.factors.indicators import INDICATORS, MIX_SHARES, Kind
from apps.factors.models import Entry, Factor
from apps.factors.presentation import interval

WIDTH = 640.0
LEAST_LABELLED = 0.005
COMPARABLE = {
    Kind.ZONE: (
        *("gwp_location", "gwp_direct", "adpe", "primary_energy", "fossil_energy"),
        *("water", "water_without_hydropower", "aware_non_agricultural"),
    ),
}


@dataclass(frozen=True, slots=True)
class Segment:
    """One technology of a mix on the bar."""

    factor: Factor
    label: str
    key: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One entry's value of an indicator, with its interval, on a common scale."""

    entry: Entry
    factor: Factor | None
    width: float = 0.0
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """One indicator of several entries."""

    indicator: str
    label: str
    bars: list[Bar]


def mix(entry: Entry) -> list[Segment]:
    """The generation mix of a zone in the order of the bar; shares are drawn as published, also where they miss 1."""
    shares = {row.indicator: row for row in entry.factors.all() if row.indicator in MIX_SHARES}
    total = sum(row.value for row in shares.values()) or 1.0
    segments: list[Segment] = []
    x = 0.0
    for name in MIX_SHARES:
        if name in shares and shares[name].value > 0:
            width = WIDTH * shares[name].value / total
            label = INDICATORS[Kind.ZONE][name].label
            key = name.removeprefix("share_")
            segments.append(Segment(shares[name], label, key, round(x, 2), round(width, 2)))
            x += width
    return segments


def side_by_side(kind: str, entries: Sequence[Entry]) -> list[Comparison]:
    """Every indicator that at least one of the entries has, on one scale for all."""
    names = COMPARABLE.get(Kind(kind)) or tuple(INDICATORS[kind])
    found = [_comparison(kind, name, entries) for name in names]
    return [row for row in found if any(bar.factor for bar in row.bars)]


def _comparison(kind: str, name: str, entries: Iterable[Entry]) -> Comparison:
    chosen = [(entry, _chosen(entry, name)) for entry in entries]
    ends = [interval(factor)[1] for _, factor in chosen if factor]
    scale = WIDTH / (max(ends, default=0) or 1.0)
    bars = [_bar(entry, factor, scale) for entry, factor in chosen]
    return Comparison(name, INDICATORS[kind][name].label, bars)


def _chosen(entry: Entry, name: str) -> Factor | None:
    rows = (row for row in entry.factors.all() if row.indicator == name and row.chosen)
    return next(rows, None)


def _bar(entry: Entry, factor: Factor | None, scale: float) -> Bar:
    if factor is None:
        return Bar(entry, None)
    low, high = interval(factor)
    return Bar(entry, factor, *(round(scale * x, 2) for x in (factor.value, low, high)))
