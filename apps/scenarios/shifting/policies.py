"""Simple schedules and the best one, on the same hours: what each could have known, and what it emits."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from apps.scenarios.shifting.schedule import PAUSED, Job, Schedule, best, cost
from apps.scenarios.shifting.series import Table

DAY = 24


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A schedule under a name, and its carbon per unit of power [kg CO2e/kW]."""

    name: str
    says: str
    schedule: Schedule
    kg_per_kw: float


@dataclass(frozen=True, kw_only=True)
class Window:
    """The hours that may be used, shape (deadline, sites), those of the days before, and the site where the job is at home."""

    ahead: Table
    before: Table
    job: Job
    home: int


def at_once(window: Window) -> Schedule:
    """Start now, at home."""
    return _block(window, 0, window.home)


def at_once_elsewhere(window: Window) -> Schedule:
    """Start now, at the site that is cleanest over the whole window."""
    return _block(window, 0, int(window.ahead.mean(axis=0).argmin()))


def one_block(window: Window) -> Schedule:
    """Start once, at home, when the hours that follow are cleanest."""
    own = window.ahead[:, window.home]
    sums = np.convolve(own, np.ones(window.job.hours), mode="valid")
    return _block(window, int(sums.argmin()), window.home)


def pauses(window: Window) -> Schedule:
    """Take the cleanest hours at home, whatever pauses cost."""
    chosen = np.argsort(window.ahead[:, window.home], kind="stable")[: window.job.hours]
    schedule = np.full(window.job.deadline, PAUSED, dtype=np.intp)
    schedule[chosen] = window.home
    return schedule


def follow_the_sun(window: Window) -> Schedule:
    """Take the cleanest hours anywhere, whatever pauses and moves cost."""
    chosen = np.argsort(window.ahead.min(axis=1), kind="stable")[: window.job.hours]
    schedule = np.full(window.job.deadline, PAUSED, dtype=np.intp)
    schedule[chosen] = window.ahead.argmin(axis=1)[chosen]
    return schedule


def best_at_home(window: Window) -> Schedule:
    """Return the best schedule with pauses that stays at home."""
    found = best(window.ahead[:, [window.home]], window.job)
    return np.where(found == PAUSED, PAUSED, window.home)


def best_anywhere(window: Window) -> Schedule:
    """Return the best schedule with pauses and moves."""
    return best(window.ahead, window.job)


def by_yesterday(window: Window) -> Schedule:
    """Plan as if every day ahead were the day before: all that is known without a forecast."""
    days = -(-window.job.deadline // DAY)
    forecast = np.tile(window.before[-DAY:], (days, 1))[: window.job.deadline]
    return best(forecast, window.job)


POLICIES: dict[str, Callable[[Window], Schedule]] = {
    "at once, at home": at_once,
    "at once, at the cleanest site": at_once_elsewhere,
    "one block, at home": one_block,
    "pauses, at home": pauses,
    "follow the sun": follow_the_sun,
    "best, at home": best_at_home,
    "by yesterday": by_yesterday,
    "best": best_anywhere,
}
BASELINE = "at once, at home"
UNFORECAST = "by yesterday"
NEEDS_A_DAY_BEFORE = {UNFORECAST}


def compared(intensity: Table, job: Job, *, home: int, start: int = 0) -> list[Planned]:
    """Return every policy's schedule from an hour of a series on; those that look back need a day before it."""
    window = Window(
        ahead=intensity[start : start + job.deadline],
        before=intensity[:start],
        job=job,
        home=home,
    )
    return [
        _planned(name, policy, window)
        for name, policy in POLICIES.items()
        if start >= DAY or name not in NEEDS_A_DAY_BEFORE
    ]


def _planned(name: str, policy: Callable[[Window], Schedule], window: Window) -> Planned:
    schedule = policy(window)
    says = (policy.__doc__ or "").strip().removeprefix("Return ").rstrip(".")
    return Planned(
        name=name,
        says=says,
        schedule=schedule,
        kg_per_kw=cost(schedule, window.ahead, window.job),
    )


def _block(window: Window, first: int, site: int) -> Schedule:
    schedule = np.full(window.job.deadline, PAUSED, dtype=np.intp)
    schedule[first : first + window.job.hours] = site
    return schedule
