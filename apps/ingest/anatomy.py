"""The anatomy of a project's compute: what each kind of run took, from the monthly sums."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs

from apps.assessments.inventory.energy import Metered
from apps.assessments.models import TRAINING_CATEGORIES, AISystem, EnergyScope, RunCategory, Site
from apps.ingest.footprint import SCOPES, footprint, site_of
from apps.ingest.models import MonthlySum, StaleSums
from apps.ingest.record import Boundary, Outcome
from lca.engine import Category, Result

Key = Callable[[MonthlySum], str]
NAMES = dict(RunCategory.choices)
GROUPINGS: dict[str, tuple[str, Key]] = {
    "category": ("Category", lambda row: NAMES.get(row.category, "")),
    "component": ("Component", lambda row: row.component),
    "team": ("Team", lambda row: row.team),
    "outcome": ("Outcome", lambda row: row.outcome),
    "month": ("Month", lambda row: row.month),
}
SHOWN = {"co2e": Category.GWP_LOCATION, "water": Category.WATER}
MOST_SPREAD = 24  # groups of a table with an interval; the rest is nominal
UNLABELLED = {"month": "without a time", "category": "not categorised"}


@attrs.define(kw_only=True)
class Part:
    """What some runs took; ``None`` where no run says anything, or no site values the energy.

    ``energy`` is by what it counts and how it is known; ``stats`` have climate impact and water with their intervals.
    """

    label: str
    is_gap: bool = False
    runs: int = 0
    silent: int = 0
    hours: float | None = None
    kwh: float | None = None
    co2e: float | None = None
    water: float | None = None
    share: float | None = None
    energy: dict[tuple[str, str], float] = attrs.field(factory=dict)
    stats: dict[str, dict[str, Any]] = attrs.field(factory=dict)

    def add(self, row: MonthlySum, rates: "Rates") -> None:
        """Count a sum in."""
        self.runs += row.runs
        self.silent += row.silent_runs
        self.hours = plus(self.hours, row.gpu_hours)
        self.kwh = plus(self.kwh, row.it_energy_kwh)
        if row.it_energy_kwh is not None:
            key = (_scope(row.boundary), row.provenance)
            self.energy[key] = self.energy.get(key, 0.0) + row.it_energy_kwh
        for name in SHOWN:
            setattr(self, name, plus(getattr(self, name), rates.of(row, name)))

    @property
    def alike(self) -> tuple[tuple[tuple[str, str], float], ...]:
        """Its energy, as a key."""
        return tuple(sorted(self.energy.items()))


def plus(known: float | None, more: float | None) -> float | None:
    """Sum where anything is known."""
    return known if more is None else (known or 0.0) + more


@attrs.frozen(kw_only=True)
class Rates:
    """Impacts of a recorded kWh at the site, by what it counts; empty where no site is declared."""

    per_kwh: dict[tuple[str, str], float]

    def of(self, row: MonthlySum, name: str) -> float | None:
        """Impact of a sum, if it is known."""
        rate = self.per_kwh.get((_scope(row.boundary), name))
        return None if rate is None or row.it_energy_kwh is None else rate * row.it_energy_kwh


@attrs.frozen(kw_only=True)
class Anatomy:
    """Everything the page shows of one system."""

    system: AISystem
    site: Site | None
    is_stale: bool
    total: Part
    tables: list[dict[str, Any]]
    training: Part
    failed: Part
    curve: list[dict[str, Any]]

    @property
    def training_share(self) -> float | None:
        """Share of the electricity that went into what was released."""
        return share(self.training.kwh, self.total.kwh)

    @property
    def failed_share(self) -> float | None:
        """Share of the electricity of runs that failed."""
        return share(self.failed.kwh, self.total.kwh)


def share(part: float | None, whole: float | None) -> float | None:
    """Part of a whole, where both are known."""
    return None if part is None or not whole else part / whole


def anatomy(system: AISystem) -> Anatomy:
    """Take the sums of a system apart.

    Raises
    ------
    EngineError
        If the records of its site contradict each other.
    """
    rows = list(MonthlySum.objects.filter(system=system))
    site = site_of(system)
    rates = _rates(site)
    total = _part("all runs", rows, rates)
    tables = [_table(name, rows, rates, total) for name in GROUPINGS]
    if site is not None:
        _spread(site, [total, *(part for table in tables for part in table["parts"][:MOST_SPREAD])])
    return Anatomy(
        system=system,
        site=site,
        is_stale=StaleSums.objects.filter(system=system).exists(),
        total=total,
        tables=tables,
        training=_part("final training", (r for r in rows if _is_training(r)), rates),
        failed=_part("failed", (r for r in rows if r.outcome == Outcome.FAILED), rates),
        curve=_curve(rows, rates),
    )


def _is_training(row: MonthlySum) -> bool:
    return row.category in TRAINING_CATEGORIES and row.outcome != Outcome.FAILED


def _scope(boundary: str) -> str:
    return SCOPES.get(Boundary(boundary), EnergyScope.NODE)


def _rates(site: Site | None) -> Rates:
    """Nominal impacts of one kWh of each scope."""
    if site is None:
        return Rates(per_kwh={})
    scopes = {scope.value: scope for scope in EnergyScope}
    loads = {name: Metered(kwh=1.0, label=name, scope=scope) for name, scope in scopes.items()}
    result = footprint(site, loads)
    found = {
        (scope, name): result.stat(category, "process", scope)
        for scope in scopes
        for name, category in SHOWN.items()
    }
    return Rates(per_kwh={key: stat.nominal for key, stat in found.items() if stat})


def _spread(site: Site, parts: Sequence[Part]) -> None:
    """Give parts their figures with intervals, by the engine in one go: parameters of the site are shared by all.

    Parts of the same energy are the same runs, and have the same interval.
    """
    alike = {key: str(n) for n, key in enumerate({part.alike: None for part in parts})}
    loads = {
        f"{process}-{scope}-{known}": Metered(
            kwh=kwh,
            label=f"{known} energy",
            scope=EnergyScope(scope),
            provenance=known,
            process=process,
        )
        for key, process in alike.items()
        for (scope, known), kwh in key
    }
    if not loads:
        return
    result: Result = footprint(site, loads)
    for part in parts:
        stats = {name: result.stat(c, "process", alike[part.alike]) for name, c in SHOWN.items()}
        part.stats = {name: dict(stat.to_dict()) for name, stat in stats.items() if stat}


def _part(label: str, rows: Iterable[MonthlySum], rates: Rates) -> Part:
    part = Part(label=label)
    for row in rows:
        part.add(row, rates)
    return part


def _table(name: str, rows: Iterable[MonthlySum], rates: Rates, total: Part) -> dict[str, Any]:
    """One grouping: largest first, months in their order; what has no label is shown as a gap."""
    title, key = GROUPINGS[name]
    parts: dict[str, Part] = {}
    for row in rows:
        label = key(row)
        part = parts.setdefault(
            label, Part(label=label or UNLABELLED.get(name, "not said"), is_gap=not label)
        )
        part.add(row, rates)
    for part in parts.values():
        part.share = share(part.kwh, total.kwh)
    return {
        "name": name,
        "title": title,
        "parts": sorted(parts.values(), key=ORDERS.get(name, _largest_first)),
    }


def _largest_first(part: Part) -> Any:
    return part.is_gap, -(part.kwh or 0.0), -(part.hours or 0.0), part.label


def _by_label(part: Part) -> Any:
    return part.is_gap, part.label


ORDERS = {"month": _by_label}


def _curve(rows: Iterable[MonthlySum], rates: Rates) -> list[dict[str, Any]]:
    """Electricity and climate impact up to the end of each month; runs without a time are not in it."""
    months: dict[str, Part] = {}
    for row in rows:
        if row.month:
            months.setdefault(row.month, Part(label=row.month)).add(row, rates)
    kwh = co2e = 0.0
    points = []
    for month in sorted(months):
        kwh += months[month].kwh or 0.0
        co2e += months[month].co2e or 0.0
        points.append({"month": month, "kwh": kwh, "co2e": co2e if rates.per_kwh else None})
    return points
