"""Schedules of a job over hours and sites: the best one, and simple ones to hold it against.

A job runs at one site at a time, for whole hours. Its first start is free; a start after a pause and a move to another site each take
further energy, stated as hours of the job's power, at the intensity of the hour in which it starts again.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.scenarios.errors import BadInput
from apps.scenarios.shifting.series import Table

Schedule = npt.NDArray[np.intp]
PAUSED = -1
MOST_CELLS = 60_000_000
"""Hours of work x hours x sites that one search may hold in memory."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """Work of so many hours, to be done within so many; ``pause_h`` and ``move_h`` are hours of energy that an interruption takes."""

    hours: int
    deadline: int
    pause_h: float = 0.0
    move_h: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= self.hours <= self.deadline:
            msg = (
                f"{self.hours} hours of work do not fit before a deadline of {self.deadline} hours."
            )
            raise BadInput(msg, field="deadline")
        if not (0 <= self.pause_h < np.inf and 0 <= self.move_h < np.inf):
            msg = "What a pause and a move take is 0 hours or more."
            raise BadInput(msg, field="pause")


def cost(schedule: Schedule, intensity: Table, job: Job) -> float:
    """Return the carbon of a schedule per unit of power [kg CO2e/kW]; its entries are sites, or -1 where it is paused."""
    hours = np.flatnonzero(schedule != PAUSED)
    sites = schedule[hours]
    spent = intensity[hours, sites]
    moved = sites[1:] != sites[:-1]
    paused = np.diff(hours) > 1
    extra = np.where(moved, job.move_h, np.where(paused, job.pause_h, 0.0))
    return float(spent.sum() + (extra * spent[1:]).sum())


STAYED, RESUMED, MOVED = 0, 1, 2
"""How a site came to run: it ran before, it was paused, or work moved there (from which site is added)."""


def best(intensity: Table, job: Job) -> Schedule:
    """Return the schedule of least carbon, shape (deadline,), by dynamic programming; exact.

    ``intensity`` has the hours before the deadline, shape (deadline, sites). A state is how much work is done, where it was last, and
    whether it runs or is paused; each keeps the least carbon so far, and each hour from which state it came.

    Raises
    ------
    BadInput
        Where the search would be too large.
    """
    sites = intensity.shape[1]
    if job.deadline * job.hours * sites > MOST_CELLS:
        msg = f"{job.hours} hours within {job.deadline} over {sites} sites are too many to search; shorten the deadline or the list."
        raise BadInput(msg, field="deadline")
    runs = np.full((job.hours + 1, sites), np.inf)
    rests = np.full((job.hours + 1, sites), np.inf)
    rests[0] = 0.0  # not begun
    begun = (np.arange(job.hours) > 0)[:, None]
    came = np.empty((job.deadline, job.hours, sites), dtype=np.int8)
    rested = np.empty((job.deadline, job.hours + 1, sites), dtype=bool)
    for hour, now in enumerate(intensity):
        rested[hour] = rests <= runs
        last = np.minimum(runs, rests)
        carbon, place = _elsewhere(last[:-1])
        ways = np.stack(
            [
                runs[:-1],
                rests[:-1] + begun * job.pause_h * now,
                carbon + begun * job.move_h * now,
            ]
        )
        way = ways.argmin(axis=0)
        came[hour] = np.where(way == MOVED, MOVED + place, way)
        runs[1:] = ways.min(axis=0) + now
        runs[0] = np.inf
        rests = last
    return _walked_back(came, rested, runs, rests)


def _elsewhere(carbon: Table) -> tuple[Table, Schedule]:
    """Return the least of each row in another column than one's own, and where it is, shape (rows, columns)."""
    columns = carbon.shape[1]
    if columns == 1:
        return np.full_like(carbon, np.inf), np.zeros(carbon.shape, dtype=np.intp)
    order = np.argpartition(carbon, 1, axis=1)[:, :2]
    values = np.take_along_axis(carbon, order, axis=1)
    swapped = values[:, 0] > values[:, 1]
    order[swapped], values[swapped] = order[swapped, ::-1], values[swapped, ::-1]
    own = np.arange(columns)[None, :] == order[:, :1]
    return np.where(own, values[:, 1:], values[:, :1]), np.where(own, order[:, 1:], order[:, :1])


def _walked_back(
    came: npt.NDArray[np.int8], rested: npt.NDArray[np.bool_], runs: Table, rests: Table
) -> Schedule:
    """Return the schedule that led to the cheapest end."""
    schedule = np.full(len(came), PAUSED, dtype=np.intp)
    done = len(runs) - 1
    site = int(np.minimum(runs, rests)[done].argmin())
    running = bool(runs[done, site] <= rests[done, site])
    for hour in range(len(came) - 1, -1, -1):
        if not done:
            break
        if not running:
            running = not rested[hour, done, site]
            continue
        schedule[hour] = site
        done -= 1
        way = int(came[hour, done, site])
        if way >= MOVED:
            site = way - MOVED
            running = not rested[hour, done, site]
        else:
            running = way == STAYED
    return schedule
