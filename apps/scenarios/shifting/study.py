"""What shifting a job saves: from one hour on, and over every hour it might have started in."""

import math
from dataclasses import dataclass, replace

import numpy as np

from apps.scenarios.errors import BadInput
from apps.scenarios.quantity import LEVELS, Origin
from apps.scenarios.request import Energy, Site, footprint, inventory, valued
from apps.scenarios.shifting.policies import BASELINE, DAY, Planned, compared
from apps.scenarios.shifting.schedule import PAUSED, Job, cost
from apps.scenarios.shifting.series import Intensity, Table
from lca.engine import Provenance, Stage

MOST_STARTS = 40
JOULES_PER_KWH = 3.6e6
MEANING = (
    "Average (location-based) intensity shares what a grid emits among all who use it: it is what inventories count. Marginal intensity is that of "
    "one more kWh: it says what a shift changes. Hours that are clean on average can be those in which one more kWh is made from gas or coal, "
    "so the two can choose different hours; report the average, and check a shift against the marginal."
)


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A job of ``kw`` [kW of IT] over a series; ``limit`` is the share of its power that it may draw, and so of its speed."""

    job: Job
    kw: float
    limit: float
    home: int
    start: int

    def __post_init__(self) -> None:
        if not (0 < self.kw < math.inf and 0 < self.limit <= 1):
            msg = "The power is above 0 kW, and its limit a share above 0, at most 1."
            raise BadInput(msg, field="power")

    @property
    def limited(self) -> Job:
        """The job at the limit: longer by as much as it is slower."""
        return replace(self.job, hours=math.ceil(self.job.hours / self.limit - 1e-9))


def study(series: Intensity, shift: Shift, site: Site) -> dict[str, object]:
    """Return plain JSON: every policy by average intensity, and by marginal where it is known.

    Raises
    ------
    BadInput
        Where the series is shorter than the deadline.
    """
    if shift.start < 0 or shift.start + shift.job.deadline > len(series):
        msg = (
            f"The series has {len(series)} hours; starting after {shift.start} with a deadline of {shift.job.deadline} "
            f"needs {shift.start + shift.job.deadline}."
        )
        raise BadInput(msg, field="deadline")
    kw = shift.kw * shift.limit * site.parameters["pue"].value
    return {
        "sites": list(series.sites),
        "home": series.sites[shift.home],
        "site": site.to_dict(),
        "from": series.start.isoformat(),
        "job": {
            "hours": shift.job.hours,
            "hours_at_the_limit": shift.limited.hours,
            "deadline": shift.job.deadline,
            "kw_of_it": shift.kw * shift.limit,
            "pause_h": shift.job.pause_h,
            "move_h": shift.job.move_h,
        },
        "baseline": BASELINE,
        "policies": _policies(series, series.average, shift, kw),
        "marginal": _marginal(series, shift, kw),
    }


def _policies(series: Intensity, table: Table, shift: Shift, kw: float) -> list[dict[str, object]]:
    found = compared(table, shift.limited, home=shift.home, start=shift.start)
    base = next(each for each in found if each.name == BASELINE)
    others = _over_starts(table, shift)
    return [
        {
            "policy": each.name,
            "says": each.says,
            "kg_co2e": kw * each.kg_per_kw,
            **_against(each, base, others, kw),
            "pauses": int(_pauses(each)),
            "moves": int(_moves(each)),
            "schedule": [None if place == PAUSED else series.sites[place] for place in each.schedule],
        }
        for each in found
    ]  # fmt: skip


def _against(
    each: Planned, base: Planned, others: dict[str, Table], kw: float
) -> dict[str, object]:
    """Return the difference to starting at once, from this hour and over all hours that were tried."""
    if each is base:
        return {}
    before, after = others[base.name], others[each.name]
    saved = 1 - np.divide(after, before, out=np.ones_like(after), where=before > 0)
    return {
        "difference": {
            "value": kw * (each.kg_per_kw - base.kg_per_kw),
            **_bounds(kw * (after - before)),
            "unit": "kg CO2e",
        },
        "saved": 1 - each.kg_per_kw / base.kg_per_kw if base.kg_per_kw else 0.0,
        "saved_over_starts": {
            **_bounds(saved),
            "mean": float(saved.mean()),
        },
    }


def _bounds(values: Table) -> dict[str, float]:
    p05, p50, p95 = (float(each) for each in np.quantile(values, LEVELS))
    return {"p05": p05, "p50": p50, "p95": p95}


def _over_starts(table: Table, shift: Shift) -> dict[str, Table]:
    """Return the carbon of each policy for starts spread evenly over the series, shape (starts,)."""
    last = len(table) - shift.job.deadline
    first = DAY if last >= DAY else 0
    first = min(first, shift.start)
    starts = np.unique(np.linspace(first, last, MOST_STARTS).astype(int))
    rows = [
        {
            each.name: each.kg_per_kw
            for each in compared(table, shift.limited, home=shift.home, start=int(start))
        }
        for start in starts
    ]
    names = {name for row in rows for name in row}
    full = [row for row in rows if len(row) == len(names)]
    return {name: np.array([row[name] for row in full]) for name in names}


def _pauses(each: Planned) -> int:
    return int((np.diff(np.flatnonzero(each.schedule != PAUSED)) > 1).sum())


def _moves(each: Planned) -> int:
    ran = each.schedule[each.schedule != PAUSED]
    return int((ran[1:] != ran[:-1]).sum())


def _marginal(series: Intensity, shift: Shift, kw: float) -> dict[str, object] | None:
    if series.marginal is None:
        return None

    window = slice(shift.start, shift.start + shift.job.deadline)
    by_average = compared(series.average, shift.limited, home=shift.home, start=shift.start)
    chosen = next(each for each in by_average if each.name == "best")
    return {
        "policies": _policies(series, series.marginal, shift, kw),
        "kg_co2e_of_the_best_by_average": kw
        * cost(chosen.schedule, series.marginal[window], shift.limited),
        "meaning": MEANING,
    }


COMPUTING = Origin(
    provenance=Provenance.SUPPLIED, source="one kWh of accelerators, whatever is computed"
)


def regions(places: dict[str, Site]) -> list[dict[str, object]]:
    """Return a kWh of the accelerators at each site, and the paired difference to the first: carbon, and the water it is paid with."""
    energy = Energy(joules={"computing": JOULES_PER_KWH}, origins={"computing": COMPUTING})
    inventories = {zone: inventory(energy, place, Stage.TRAINING) for zone, place in places.items()}
    results = valued(inventories)
    first = next(iter(results.values()))
    return [
        {"zone": zone, "footprint": footprint(result, first)} for zone, result in results.items()
    ]
