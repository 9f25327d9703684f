"""From points of counters to tokens of an hour: each token once, however points are repeated, late or reset."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import attrs
from django.db import transaction
from django.utils import timezone

from apps.ingest.otlp import Point
from apps.live.models import Counter, LiveService, Seen
from apps.live.services.hours import Increment, enter

NS = 1_000_000_000
OLDEST = timedelta(days=7)
AHEAD = timedelta(minutes=5)
MOST_SERIES = 10_000
FACTS = {"prompt_tokens", "cached_prompt_tokens", "output_tokens", "requests"}
Key: TypeAlias = tuple[str, int]


@attrs.define
class Taken:
    """What became of the points of one message: how many were of use, how many were refused, and why."""

    used: int = 0
    refused: int = 0
    why: str = ""

    def refuse(self, why: str) -> None:
        """Count a refused point; the first reason is told."""
        self.refused += 1
        self.why = self.why or why


@transaction.atomic
def count(*, service: LiveService, points: Iterable[Point], now: datetime | None = None) -> Taken:
    """Count the points of a message for a service.

    A cumulative counter that is met for the first time and began before the service was followed gives a starting value
    alone; what is in it already cannot be placed in time. One that fell, or has a new start, began again from nought. A
    delta counts once by its time.

    Returns
    -------
    Taken
        Points of metrics that count no tokens or requests are in neither number.
    """
    now = now or timezone.now()
    stored = LiveService.objects.select_for_update().select_related("system").get(pk=service.pk)
    taken = Taken()
    wanted = list(_of_one_family(stored, points, taken))
    timely = [p for p in wanted if _is_sound(p, taken) and _is_timely(p, now, taken)]
    cumulative = [point for point in timely if not point.is_delta]
    deltas = [point for point in timely if point.is_delta]
    found = [*_cumulative(stored, cumulative, taken), *_deltas(stored, deltas)]
    taken.used = len(timely)
    enter(stored, found, now)
    return taken


def _of_one_family(service: LiveService, points: Iterable[Point], taken: Taken) -> Iterator[Point]:
    """Keep the points that count; tokens under a second set of names are the same ones."""
    for point in points:
        if point.fact not in FACTS:
            continue
        if point.family and not service.family:
            service.family = point.family
        if point.family in {"", service.family}:
            yield point
        else:
            taken.refuse(
                f"{service} counts {service.family}; {point.family} would count the same tokens again."
            )


def _is_sound(point: Point, taken: Taken) -> bool:
    if point.is_odd:
        taken.refuse(f"A value of {point.fact} cannot be: {point.value:g}.")
    return not point.is_odd


def _is_timely(point: Point, now: datetime, taken: Taken) -> bool:
    first, last = (int(at.timestamp() * NS) for at in (now - OLDEST, now + AHEAD))
    if not first <= point.time_ns <= last:
        at = datetime.fromtimestamp(min(point.time_ns / NS, 4e9), UTC)
        taken.refuse(f"A point of {at:%Y-%m-%d %H:%M} UTC is older than a week or in the future.")
        return False
    longest = (
        int(OLDEST.total_seconds()) * NS if point.is_delta and point.start_ns else point.time_ns
    )
    if not 0 <= point.time_ns - point.start_ns <= longest:
        taken.refuse(
            f"A point of {point.fact} begins after its end, or its delta is over a week long."
        )
        return False
    return True


def _cumulative(service: LiveService, points: list[Point], taken: Taken) -> Iterator[Increment]:
    series = {p.series for p in points}
    known = {row.series: row for row in _counters(service, sorted(series))}
    fresh = series - set(known)
    room = MOST_SERIES - Counter.objects.filter(service=service).count() if fresh else 0
    for point in sorted(points, key=lambda p: p.time_ns):
        row = known.get(point.series)
        if row is None and room <= 0:
            taken.refuse(
                f"{service} has {MOST_SERIES:,} series already; leave attributes out that change with every request."
            )
            fresh.discard(point.series)
        elif row is None:
            room -= 1
            known[point.series] = _begun(service, point)
            if point.start_ns >= int(service.created_at.timestamp() * NS):
                yield _increment(point, point.start_ns, point.value)
        elif point.time_ns > row.time_ns:
            yield _increment(point, *_since(row, point))
            row.start_ns, row.time_ns, row.value = point.start_ns, point.time_ns, point.value
    Counter.objects.bulk_create(known[series] for series in sorted(fresh))
    Counter.objects.bulk_update(
        [row for series, row in known.items() if series not in fresh],
        ["start_ns", "time_ns", "value"],
    )


def _counters(service: LiveService, series: list[str]) -> Iterator[Counter]:
    while part := series[:500]:
        yield from Counter.objects.filter(service=service, series__in=part)
        series = series[500:]


def _begun(service: LiveService, point: Point) -> Counter:
    return Counter(
        service=service,
        series=point.series,
        start_ns=point.start_ns,
        time_ns=point.time_ns,
        value=point.value,
    )


def _since(row: Counter, point: Point) -> tuple[int, float]:
    """When what is new began, and how much it is."""
    began_anew = point.start_ns > row.start_ns and point.start_ns >= row.time_ns
    if began_anew:
        return point.start_ns, point.value
    if point.value < row.value:
        return row.time_ns, point.value
    return row.time_ns, point.value - row.value


def _deltas(service: LiveService, points: list[Point]) -> Iterator[Increment]:
    times = [point.time_ns for point in points] or [0]
    rows = Seen.objects.filter(service=service, time_ns__range=(min(times), max(times)))
    known: set[Key] = set(rows.values_list("series", "time_ns"))
    fresh: dict[Key, Point] = {}
    for point in points:
        key = (point.series, point.time_ns)
        if key not in known:
            fresh.setdefault(key, point)
    Seen.objects.bulk_create(Seen(service=service, series=s, time_ns=t) for s, t in fresh)
    for point in fresh.values():
        yield _increment(point, point.start_ns or point.time_ns, point.value)


def _increment(point: Point, start_ns: int, value: float) -> Increment:
    return Increment(
        fact=point.fact,
        start_s=min(start_ns, point.time_ns) / NS,
        end_s=point.time_ns / NS,
        value=value,
    )
