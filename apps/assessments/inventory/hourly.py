"""Runs and deployments of a known period take the grid factors of their own hours, where the site has them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

import attrs
import numpy as np

from apps.assessments.inventory.draft import Draft, Terms, spread, supplied
from apps.assessments.inventory.records import Records
from apps.assessments.inventory.site import SiteParameters
from apps.assessments.models import ComputeRun, Deployment, GridScope, HourlySeries
from lca.engine import Category, Component, Stage

Active: TypeAlias = ComputeRun | Deployment
HOUR = timedelta(hours=1)
COVER = "Upload a series that covers it."
DIRECT = "is not used: direct and life-cycle factors are not added up"


@attrs.frozen(kw_only=True)
class Period:
    """Mean factor over a period [kg CO2e/kWh], its hours that have one, and all its hours."""

    start: datetime
    end: datetime
    mean: float | None
    covered_h: float

    @property
    def all_h(self) -> float:
        return (self.end - self.start) / HOUR

    @property
    def missing_h(self) -> float:
        """Hours without a factor; what rounding leaves is none."""
        missing = self.all_h - self.covered_h
        return missing if missing > 1e-9 * self.all_h else 0.0


@attrs.frozen(kw_only=True)
class Hours:
    """What a site's series say of the hours of a run or deployment; without ``mean`` the yearly factor stands in."""

    row: Active
    period: Period | None = None
    note: str = ""
    remedy: str = ""

    @property
    def mean(self) -> float | None:
        return self.period.mean if self.period else None


def over(series: Sequence[HourlySeries], start: datetime, end: datetime) -> Period:
    """Mean over a period, hours in part counting in part; hours without a factor are left out."""
    weights, products = 0.0, 0.0
    for one in series:
        factors = np.array(one.factors, dtype=float)  # None becomes NaN
        begins = np.arange(len(factors)) - (start - one.starts_at) / HOUR
        weight = np.clip(np.minimum(begins + 1, (end - start) / HOUR) - np.maximum(begins, 0), 0, 1)
        weight[np.isnan(factors)] = 0.0
        weights += float(weight.sum())
        products += float((weight * np.nan_to_num(factors)).sum())
    mean = products / weights if weights else None
    return Period(start=start, end=end, mean=mean, covered_h=weights)


def hours_of(records: Records, row: Active) -> Hours | None:
    """What the series of its site say of a run's or deployment's hours; ``None`` where the site has no series."""
    series = records.series.get(row.site_id, ())
    if not series:
        return None
    if any((one.scope == GridScope.DIRECT) != records.sums_direct for one in series if one.scope):
        return Hours(row=row, note=DIRECT, remedy="Upload factors of the other scope.")
    bounds = _bounds(row, series[0].timezone)
    if bounds is None:
        return _without_period(row)
    period = over(series, *bounds)
    if period.mean is None:
        note = "holds none of its hours; the yearly factor stands in"
        return Hours(row=row, note=note, remedy=COVER)
    note = (
        f"lacks {period.missing_h:,.0f} of its {period.all_h:,.0f} hours; the mean of the others stands in"
        if period.missing_h
        else ""
    )
    return Hours(row=row, period=period, note=note, remedy=COVER)


def _without_period(row: Active) -> Hours:
    what, remedy = (
        ("period", "Give the deployment's period, from and to.")
        if isinstance(row, Deployment)
        else ("start and end", "Give the run's start and end.")
    )
    note = f"is not used: no {what} is declared; the yearly factor stands in"
    return Hours(row=row, note=note, remedy=remedy)


def _bounds(row: Active, clock: str) -> tuple[datetime, datetime] | None:
    """Start and end in UTC; days of a deployment begin by the clock of the series."""
    if isinstance(row, ComputeRun):
        start, end = row.started_at, row.ended_at
        return (start, end) if start and end and start < end else None
    if row.period_start is None or row.period_end is None:
        return None
    return _midnight(row.period_start, clock), _midnight(row.period_end + timedelta(days=1), clock)


def _midnight(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(clock or "UTC")).astimezone(UTC)


def in_its_hours(draft: Draft, row: Active, place: SiteParameters) -> SiteParameters:
    """The site as one run or deployment sees it: its electricity has the mean factor of its own hours."""
    found = hours_of(draft.records, row)
    if found is None:
        return place
    if found.note and _is_expected(row):
        _note(draft, found)
    return place if found.period is None else _with(place, {_mean(draft, row, found.period): 1})


def _is_expected(row: Active) -> bool:
    """Whether a missing period is a gap: for a deployment, which always has one; many runs are known without."""
    return isinstance(row, Deployment) or _bounds(row, "") is not None


def grid_name(records: Records, row: Active) -> str:
    """Name of the parameter that holds the mean factor of a row's own hours."""
    return f"{prefix(records, row)}.grid"


def prefix(records: Records, row: Active) -> str:
    """Beginning of the names of everything that belongs to a run or a deployment."""
    kind = "run" if isinstance(row, ComputeRun) else "deployment"
    return f"{kind}.{records.key(row)}"


def _mean(draft: Draft, row: Active, period: Period) -> str:
    series = draft.records.series[row.site_id]
    sources = ", ".join(dict.fromkeys(one.source for one in series))
    mean = period.mean or 0.0
    return draft.add(
        supplied(
            grid_name(draft.records, row),
            mean,
            "kg CO2e/kWh",
            label=f"Grid electricity in the hours of {row.name}",
            symbol="EF_hours",
            source=f"{sources}; mean of {period.covered_h:,.0f} hours, the load taken as even",
            distribution=spread(mean, None, None, series[0].gsd),
        )
    )


def _with(place: SiteParameters, grid: Terms) -> SiteParameters:
    """Replace the yearly factor, also where it stands in for a contract."""
    yearly = place.electricity.get(Category.GWP_LOCATION)
    electricity = {**place.electricity, Category.GWP_LOCATION: grid}
    if yearly is not None and place.electricity.get(Category.GWP_MARKET) == yearly:
        electricity[Category.GWP_MARKET] = grid
    return attrs.evolve(place, electricity=electricity)


def _note(draft: Draft, found: Hours) -> None:
    row = found.row
    draft.gap(
        row.stage if isinstance(row, ComputeRun) else Stage.INFERENCE,
        f"The hourly series of {draft.records.sites[row.site_id].name} {found.note} ({row.name}).",
        remedy=found.remedy,
        process=row.name,
        component=Component.ELECTRICITY,
        category=Category.GWP_LOCATION,
    )
