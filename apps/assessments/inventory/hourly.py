"""Runs with start and end take the grid factors of their own hours, where the site has them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import attrs
import numpy as np

from apps.assessments.inventory.draft import Draft, Terms, spread, supplied
from apps.assessments.inventory.site import SiteParameters
from apps.assessments.models import ComputeRun, GridScope, HourlySeries
from lca.engine import Category, Component

HOUR = timedelta(hours=1)


@attrs.frozen(kw_only=True)
class Period:
    """Mean factor over a run [kg CO2e/kWh], its hours that have one, and all its hours."""

    mean: float | None
    covered_h: float
    all_h: float


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
    return Period(mean=mean, covered_h=weights, all_h=(end - start) / HOUR)


def in_its_hours(draft: Draft, run: ComputeRun, place: SiteParameters) -> SiteParameters:
    """The site as one run sees it: its electricity has the mean factor of the hours in which the run ran."""
    series = draft.records.series.get(run.site_id, ())
    if (
        not series
        or run.started_at is None
        or run.ended_at is None
        or run.started_at == run.ended_at
    ):
        return place
    direct = draft.records.sums_direct
    if any((one.scope == GridScope.DIRECT) != direct for one in series if one.scope):
        _note(draft, run, "is not used: direct and life-cycle factors are not added up")
        return place
    period = over(series, run.started_at, run.ended_at)
    if period.mean is None:
        _note(draft, run, "holds none of its hours; the yearly factor stands in")
        return place
    if period.covered_h < period.all_h * (1 - 1e-9):
        missing = period.all_h - period.covered_h
        _note(
            draft,
            run,
            f"lacks {missing:,.0f} of its {period.all_h:,.0f} hours; the mean of the others stands in",
        )
    return _with(place, {_mean(draft, run, series, period): 1})


def _mean(draft: Draft, run: ComputeRun, series: Sequence[HourlySeries], period: Period) -> str:
    sources = ", ".join(dict.fromkeys(one.source for one in series))
    mean = period.mean or 0.0
    return draft.add(
        supplied(
            f"run.{draft.records.key(run)}.grid",
            mean,
            "kg CO2e/kWh",
            label=f"Grid electricity in the hours of {run.name}",
            symbol="EF_hours",
            source=f"{sources}; mean of {period.covered_h:,.0f} hours",
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


def _note(draft: Draft, run: ComputeRun, what: str) -> None:
    draft.gap(
        run.stage,
        f"The hourly series of {draft.records.sites[run.site_id].name} {what} ({run.name}).",
        remedy="Upload a series that covers the run.",
        process=run.name,
        component=Component.ELECTRICITY,
        category=Category.GWP_LOCATION,
    )
