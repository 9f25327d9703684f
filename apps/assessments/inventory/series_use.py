"""What each hourly series does in an assessment: who takes their hours from it, and the factor of what they consume."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from apps.assessments.inventory.hourly import (
    HOUR,
    Active,
    Hours,
    grid_name,
    hours_of,
    over,
    prefix,
)
from apps.assessments.inventory.records import Records
from apps.assessments.models import HourlySeries, Site
from lca.engine import Inventory

ELECTRIC = {"electricity", "cooling_overhead"}


@attrs.frozen(kw_only=True)
class Share:
    """The part of a run or deployment that falls in a series: its hours, its electricity [kWh], its mean factor."""

    hours: Hours
    covered_h: float
    kwh: float
    mean: float


@attrs.frozen(kw_only=True)
class SeriesUse:
    """A series with those who use it, those of its site who do not, and the yearly factor that it stands in for."""

    series: HourlySeries
    site: Site
    shares: Sequence[Share]
    left_out: Sequence[Hours]
    yearly: float | None

    @property
    def weighted(self) -> float | None:
        """Mean factor weighted by the electricity consumed [kg CO2e/kWh]; ``None`` where nobody uses the series."""
        kwh = sum(share.kwh for share in self.shares)
        return sum(share.kwh * share.mean for share in self.shares) / kwh if kwh else None

    @property
    def years(self) -> list[int]:
        """Years of its hours, by its own clock."""
        clock = ZoneInfo(self.series.timezone or "UTC")
        last_hour = self.series.ends_at - HOUR
        return sorted({at.astimezone(clock).year for at in (self.series.starts_at, last_hour)})


def series_uses(
    records: Records, inventory: Inventory, result: Mapping[str, Any]
) -> list[SeriesUse]:
    """Every hourly series with its use, from an inventory and its result by flow."""
    found = [hours for row in _rows(records) if (hours := hours_of(records, row))]
    names = inventory.named()
    consumed = _consumed(result)
    return [
        SeriesUse(
            series=one,
            site=records.sites[site],
            shares=[
                share
                for item in found
                if item.row.site_id == site and grid_name(records, item.row) in names
                for share in _share(one, item, consumed[prefix(records, item.row)])
            ],
            left_out=[item for item in found if item.row.site_id == site and item.period is None],
            yearly=records.yearly_grid(records.sites[site]),
        )
        for site, rows in records.series.items()
        for one in rows
    ]


def _rows(records: Records) -> Iterator[Active]:
    yield from records.runs
    yield from records.deployments


def _consumed(result: Mapping[str, Any]) -> dict[str, float]:
    """Electricity of each run and deployment at the meter of its building [kWh], by the beginning of its flows' names."""
    found: dict[str, float] = {}
    for flow in result["flows"]:
        if flow["component"] in ELECTRIC:
            owner = ".".join(flow["name"].split(".")[:2])
            found[owner] = found.get(owner, 0.0) + flow["amount"]
    return found


def _share(series: HourlySeries, item: Hours, kwh: float) -> Iterator[Share]:
    """Part of a row that falls in one series; hours that no series has follow the others."""
    if item.period is None:
        return
    part = over([series], item.period.start, item.period.end)
    if part.mean is not None:
        electricity = kwh * part.covered_h / item.period.covered_h
        yield Share(hours=item, covered_h=part.covered_h, kwh=electricity, mean=part.mean)
