"""Entering what was counted into its hours, with what it took at the rates of the moment."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

import attrs

from apps.live.models import HourlyUse, Kind, LiveService, PeriodUse, Valuation
from apps.live.models.use import Sums
from apps.live.services.following import valuation_of
from apps.live.valuation import Grid, Rates, rates_of

HOUR_S = 3600.0
RECENT = timedelta(minutes=5)
MOST_RECENT = 200
EVER = date(1970, 1, 1)
SUMMED = tuple(field.name for field in Sums._meta.local_fields)  # noqa: SLF001  Django's public name for it
CHANGING = (*SUMMED, "grid_kg_per_kwh", "grid_is_hourly", "valuation")
Period: TypeAlias = tuple[Kind, date]


@attrs.frozen(kw_only=True)
class Increment:
    """Something counted between two moments [s since 1970]."""

    fact: str
    start_s: float
    end_s: float
    value: float

    def by_hour(self) -> Iterator[tuple[float, float]]:
        """Spread evenly over the time it took: hours [s since 1970] and their parts."""
        length = self.end_s - self.start_s
        if length <= 0:
            yield self.end_s // HOUR_S * HOUR_S, self.value
            return
        hour = self.start_s // HOUR_S * HOUR_S
        while hour < self.end_s:
            inside = min(hour + HOUR_S, self.end_s) - max(hour, self.start_s)
            yield hour, self.value * inside / length
            hour += HOUR_S


def enter(service: LiveService, found: Iterable[Increment], now: datetime) -> None:
    """Add what was counted to the hours of a service, and note that it was heard."""
    increments = [item for item in found if item.value > 0]
    hours: dict[float, dict[str, float]] = {}
    for item in increments:
        for hour, part in item.by_hour():
            amounts = hours.setdefault(hour, {})
            amounts[item.fact] = amounts.get(item.fact, 0.0) + part
    came: dict[str, float] = {}
    if hours:
        valuation = valuation_of(service, now)
        came = _add(service, hours, valuation)
        start = min(item.start_s for item in increments)
        service.recent = [*_recent(service, now), {"from": start, "to": now.timestamp(), **came}]
        service.recent = service.recent[-MOST_RECENT:]
    service.heard_at, service.problem = now, ""
    service.save(update_fields=["recent", "heard_at", "problem", "family", "updated_at"])


def _recent(service: LiveService, now: datetime) -> list[dict[str, Any]]:
    first = (now - RECENT).timestamp()
    return [item for item in service.recent if item["to"] >= first]


def _add(
    service: LiveService, hours: dict[float, dict[str, float]], valuation: Valuation
) -> dict[str, float]:
    """Bring the rows of some hours and their periods up to date; return what was added in all."""
    moments = {hour: datetime.fromtimestamp(hour, UTC) for hour in hours}
    rows = HourlyUse.objects.filter(service=service, hour__in=moments.values())
    known = {row.hour: row for row in rows}
    rates = rates_of(valuation.document)
    grid = Grid(service.deployment.site if service.deployment else None, min(moments.values()))
    fresh: list[HourlyUse] = []
    periods: dict[Period, Sums] = {}
    for hour, amounts in sorted(hours.items()):
        row = known.get(moments[hour]) or HourlyUse(service=service, hour=moments[hour])
        if row.pk is None:
            fresh.append(row)
        row.valuation = valuation
        came = _valued(row, amounts, rates, grid)
        for sums in (row, *(periods.setdefault(p, PeriodUse()) for p in _periods(row.hour))):
            sums.add(came)
    HourlyUse.objects.bulk_create(fresh)
    HourlyUse.objects.bulk_update(known.values(), CHANGING)
    _add_periods(service, periods)
    return _amounts(periods[Kind.TOTAL, EVER])


def _periods(hour: datetime) -> list[Period]:
    day = hour.date()
    week = day - timedelta(days=day.weekday())
    return [(Kind.TOTAL, EVER), (Kind.MONTH, day.replace(day=1)), (Kind.WEEK, week)]


def _add_periods(service: LiveService, periods: dict[Period, Sums]) -> None:
    days = {begins for _, begins in periods}
    rows = PeriodUse.objects.filter(service=service, begins__in=days)
    known = {(Kind(row.kind), row.begins): row for row in rows}
    fresh = []
    for (kind, begins), sums in periods.items():
        row = known.get((kind, begins))
        if row is None:
            row = PeriodUse(service=service, kind=kind, begins=begins)
            fresh.append(row)
        row.add(_amounts(sums))
    PeriodUse.objects.bulk_create(fresh)
    PeriodUse.objects.bulk_update(known.values(), SUMMED)


def _amounts(sums: Sums) -> dict[str, float]:
    """What is known of some sums."""
    found = {name: getattr(sums, name) for name in SUMMED}
    return {name: value for name, value in found.items() if value is not None}


def _valued(
    row: HourlyUse, amounts: dict[str, float], rates: Rates, grid: Grid
) -> dict[str, float]:
    """What some counts of an hour come to; a figure that nothing tells is absent."""
    read, written = (amounts.get(name, 0.0) for name in ("prompt_tokens", "output_tokens"))
    cached = amounts.get("cached_prompt_tokens", 0.0) if rates.cached_are_free else 0.0
    of_hour = grid.at(row.hour)
    row.grid_is_hourly = of_hour is not None
    row.grid_kg_per_kwh = rates.kg_co2e_per_kwh if of_hour is None else of_hour
    parts = [
        (read - min(cached, read), rates.kwh_per_prompt_token),
        (written, rates.kwh_per_output_token),
    ]
    found = {**amounts, "unvalued_tokens": sum(n for n, rate in parts if rate is None)}
    valued = [n * rate for n, rate in parts if rate is not None]
    if valued:
        found["kwh"] = sum(valued)
        for name, rate in (("kg_co2e", row.grid_kg_per_kwh), ("litres", rates.litres_per_kwh)):
            if rate is not None:
                found[name] = found["kwh"] * rate
    return found
