"""Measurements of the fleet over time and side by side, as the pages draw them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from apps.accounts.models import Organisation
from apps.probes.models import Measurement, Phase, ProbeHost

MOST = 2_000
SHOWN = 60
WIDTH, HEIGHT = 640.0, 120.0
EDGE = 8.0
SERIES = ("host_id", "host_device", "model_name", "precision", "load", "meter")


@dataclass(frozen=True)
class Point:
    """One measurement in a drawing: its place, the ends of its interval, and what it says."""

    measurement: Measurement
    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True)
class Drawing:
    """Joules per token of one phase over time, from zero."""

    phase: str
    label: str
    points: list[Point]
    top_j: float


@dataclass(frozen=True)
class Series:
    """The measurements of one device under one load, oldest first."""

    measurements: list[Measurement]

    @property
    def latest(self) -> Measurement:
        return self.measurements[-1]

    @property
    def drawings(self) -> list[Drawing]:
        return [_draw(self.measurements[-SHOWN:], phase) for phase in Phase]


def of_host(host: ProbeHost) -> list[Series]:
    """Return the series of a host's devices, the latest measured first."""
    rows = host.measurements.defer("document")
    return sorted(_series(rows), key=lambda one: one.latest.measured_at, reverse=True)


def _series(rows: QuerySet[Measurement]) -> list[Series]:
    newest = rows.order_by("-measured_at", "-id")[:MOST]
    ordered = sorted(newest, key=lambda one: (_key(one), one.measured_at, one.pk))
    return [Series(list(group)) for _, group in groupby(ordered, key=_key)]


def _key(measurement: Measurement) -> tuple[str, ...]:
    return tuple(str(getattr(measurement, name)) for name in SERIES)


def _draw(measurements: Sequence[Measurement], phase: Phase) -> Drawing:
    name = f"{phase}_j_per_token"
    top = max(getattr(one, f"{name}_p95") for one in measurements)
    first, last = measurements[0].measured_at, measurements[-1].measured_at
    span_s = (last - first).total_seconds() or 1.0
    single = len(measurements) == 1

    def at(value: float) -> float:
        return float(round(EDGE + (HEIGHT - 2 * EDGE) * (1.0 - value / top), 1))

    points = [
        Point(
            measurement=one,
            x=round(
                WIDTH / 2
                if single
                else EDGE + (WIDTH - 2 * EDGE) * (one.measured_at - first).total_seconds() / span_s,
                1,
            ),
            y=at(getattr(one, name)),
            low=at(getattr(one, f"{name}_p05")),
            high=at(getattr(one, f"{name}_p95")),
        )
        for one in measurements
    ]
    return Drawing(phase.value, phase.label, points, top)


def devices(organisation: Organisation) -> dict[str, str]:
    """Return what each device that was measured is called, by a key for the page's address."""
    rows = (
        Measurement.objects.of(organisation)
        .exclude(host=None)
        .order_by("host__name", "host_device")
        .values_list("host__uuid", "host__name", "host_device", "device")
        .distinct()
    )
    return {f"{host}/{key}": f"{name}: {device or key}" for host, name, key, device in rows[:MOST]}


@dataclass(frozen=True)
class Row:
    """One load on two devices: the latest measurement of each, and how they compare."""

    title: str
    sides: list[Measurement | None]
    ratios: list[tuple[str, float]]


def side_by_side(organisation: Organisation, one: str, other: str) -> list[Row]:
    """Return the loads that either device was measured under, with the latest measurement of both."""
    found = [_latest(organisation, key) for key in (one, other)]
    titles = list(dict.fromkeys(title for side in found for title in side))
    return [
        Row(title, sides, _ratios(sides))
        for title in titles
        for sides in [[side.get(title) for side in found]]
    ]


def _latest(organisation: Organisation, key: str) -> dict[str, Measurement]:
    host, _, device = key.partition("/")
    rows = Measurement.objects.of(organisation).filter(host__uuid=host, host_device=device)
    series: Iterable[Series] = _series(rows.defer("document"))
    ordered = sorted(series, key=lambda one: one.latest.measured_at)
    return {_title(one.latest): one.latest for one in ordered}


def _title(measurement: Measurement) -> str:
    return f"{measurement.model_name} {measurement.precision}, {measurement.load}"


def _ratios(sides: Sequence[Measurement | None]) -> list[tuple[str, float]]:
    """Return the second device's joules per token over the first's, for each phase."""
    one, other = sides
    if one is None or other is None:
        return []
    names: list[tuple[str, Any]] = [(phase.label, f"{phase}_j_per_token") for phase in Phase]
    return [(label, getattr(other, name) / getattr(one, name)) for label, name in names]
