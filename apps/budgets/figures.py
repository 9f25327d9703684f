"""What recorded runs come to in a budget's metric, with its interval where one is known."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import attrs
import numpy as np
from django.db.models import Count, F, FloatField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from apps.assessments.inventory.energy import Metered
from apps.assessments.models import TRAINING_CATEGORIES, AISystem, EnergyScope, Site
from apps.budgets.models import Coverage, Metric, Per
from apps.ingest import selectors
from apps.ingest.footprint import SCOPES, footprint
from apps.ingest.models import RecordedRun
from apps.ingest.record import Boundary, Outcome
from lca.engine import Category, Result

CATEGORIES = {Metric.CO2E: Category.GWP_LOCATION, Metric.WATER: Category.WATER}
IT_ENERGY = F("energy_kwh") / Coalesce(F("pue_inside"), Value(1.0))
MONTHS = {Per.MONTH: 1, Per.QUARTER: 3, Per.YEAR: 12}
NO_SITE = (
    "No assessment of this system has a site, so there is no electricity to value the energy with."
)


@attrs.frozen(kw_only=True)
class Figure:
    """A value with the ends of its 90 % interval, and what it does not hold; ``None`` where no run says anything."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    lacks: str = ""


def runs_of(system: AISystem, covers: str = Coverage.ALL) -> QuerySet[RecordedRun]:
    """Runs of a system that are counted, of one stage or all."""
    rows = selectors.runs(system.organisation).filter(system=system, counts=True)
    is_training = Q(category__in=TRAINING_CATEGORIES) & ~Q(outcome=Outcome.FAILED)
    if covers == Coverage.TRAINING:
        return rows.filter(is_training)
    return rows.exclude(is_training) if covers == Coverage.DEVELOPMENT else rows


def beginning(per: str, at: datetime) -> datetime:
    """First moment of the calendar period that a moment lies in, in UTC; weeks begin on Monday."""
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if per == Per.WEEK:
        return day - timedelta(days=day.weekday())
    months = MONTHS[Per(per)]
    return day.replace(day=1, month=(day.month - 1) // months * months + 1)


def within(rows: QuerySet[RecordedRun], per: str, at: datetime) -> QuerySet[RecordedRun]:
    """Keep the runs of the current period, by their end or else their start."""
    if per == Per.TOTAL:
        return rows
    moment = Coalesce("ended_at", "started_at")
    return rows.annotate(moment=moment).filter(moment__gte=beginning(per, at), moment__lte=at)


def figure(rows: QuerySet[RecordedRun], metric: str, site: Site | None) -> Figure:
    """Sum some runs up in a metric.

    Raises
    ------
    EngineError
        If the site's records contradict each other.
    """
    sums = rows.order_by().aggregate(
        n=Count("pk"),
        energy=Sum(IT_ENERGY, output_field=FloatField()),
        silent=Count("pk", filter=Q(energy_kwh=None)),
        hours=Sum("gpu_hours"),
        without_hours=Count("pk", filter=Q(gpu_hours=None)),
    )
    if metric == Metric.GPU_HOURS:
        return Figure(value=sums["hours"], lacks=lacking(sums["without_hours"], "GPU-hours"))
    lacks = lacking(sums["silent"], "energy")
    if metric == Metric.ENERGY or sums["energy"] is None:
        return Figure(value=sums["energy"], lacks=lacks)
    if site is None:
        return Figure(lacks=NO_SITE)
    return attrs.evolve(_valued(rows, Metric(metric), site), lacks=lacks)


def lacking(n: int, what: str) -> str:
    """Say how many runs are not in a sum."""
    return f"{n:,} run{'s' if n > 1 else ''} without {what} not in the sum." if n else ""


def _valued(rows: QuerySet[RecordedRun], metric: Metric, site: Site) -> Figure:
    result = footprint(site, _by_kind(loads(rows, "runs")))
    stat = result.stat(CATEGORIES[metric])
    return Figure(value=stat.nominal, low=stat.p05, high=stat.p95) if stat else Figure()


def _by_kind(found: Iterable[Metered]) -> dict[str, Metered]:
    """Loads by scope and provenance, named as on the page of the anatomy, so that both have the same interval."""
    kinds: dict[str, Metered] = {}
    for load in found:
        name = f"{EnergyScope(load.scope).value}-{load.provenance}"
        known = kinds[name].kwh if name in kinds else 0.0
        kinds[name] = attrs.evolve(load, kwh=known + load.kwh)
    return kinds


def loads(rows: QuerySet[RecordedRun], label: str) -> Iterable[Metered]:
    """Energy of some runs by what it counts and how it is known, for their spreads differ."""
    groups: Any = (
        rows.exclude(energy_kwh=None)
        .order_by("boundary", "provenance")
        .values("boundary", "provenance")
        .annotate(kwh=Sum(IT_ENERGY, output_field=FloatField()))
    )
    for group in groups:
        yield Metered(
            kwh=group["kwh"],
            label=label,
            scope=SCOPES.get(Boundary(group["boundary"]), EnergyScope.NODE),
            provenance=group["provenance"],
        )


def difference(
    base: RecordedRun, head: RecordedRun, site: Site | None
) -> tuple[Figure, Figure, Figure, str]:
    """Compare two runs: the figures of both, their paired difference, and the unit.

    Without a site the electricity of the computers is compared, which has no interval here.
    """
    both = {"base": base, "head": head}
    if site is None:
        first, second = ((run.energy_kwh or 0.0) / (run.pue_inside or 1.0) for run in (base, head))
        return Figure(value=first), Figure(value=second), Figure(value=second - first), "kWh"
    metered = {
        name: next(iter(loads(RecordedRun.objects.filter(pk=run.pk), name)))
        for name, run in both.items()
    }
    result = footprint(site, metered)
    one, two = (_of_process(result, name) for name in both)
    return one, two, _paired(result), "kg CO2e"


def _of_process(result: Result, name: str) -> Figure:
    stat = result.stat(Category.GWP_LOCATION, "process", name)
    return Figure(value=stat.nominal, low=stat.p05, high=stat.p95) if stat else Figure()


def _paired(result: Result) -> Figure:
    base, head = (result.group(Category.GWP_LOCATION, "process", name) for name in ("base", "head"))
    if base is None or head is None:
        return Figure()
    low, high = (float(q) for q in np.quantile(head.values - base.values, (0.05, 0.95)))
    return Figure(value=head.stat.nominal - base.stat.nominal, low=low, high=high)
