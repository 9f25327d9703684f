"""A week of hours over twenty sites with pauses and moves that cost, against an integer programme of the same without them."""

import sys

import numpy as np
from _world import medians_s, report
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from apps.scenarios.shifting.schedule import Job, best

WEEK, SITES, WORK = 168, 20, 84
REPEATS = 5
TARGET = 1.0


def integer_programme(intensity: np.ndarray) -> float:
    """Return the least carbon where pauses and moves are free: a simpler problem, by HiGHS."""
    hours, sites = intensity.shape
    one_site = sparse.kron(sparse.eye(hours), np.ones((1, sites)))
    found = milp(
        intensity.ravel(),
        integrality=np.ones(hours * sites),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(one_site, -np.inf, 1),
            LinearConstraint(np.ones((1, hours * sites)), WORK, WORK),
        ],
    )
    return float(found.fun)


def main() -> int:
    """Draw a week of days and plan it both ways in turn."""
    hour = np.arange(WEEK)[:, None] - np.linspace(0, 24, SITES)[None, :]
    noise = np.random.default_rng(3).normal(0, 0.03, (WEEK, SITES))
    intensity = 0.4 - 0.25 * np.cos(2 * np.pi * (hour - 12) / 24) + noise
    job = Job(hours=WORK, deadline=WEEK, pause_h=0.1, move_h=0.5)
    ours, theirs = medians_s(
        lambda: best(intensity, job), lambda: integer_programme(intensity), repeats=REPEATS
    )
    rows = {"best schedule, pauses and moves cost": ours, "integer programme, both free": theirs}
    return report("Where and when", rows, ours / theirs, TARGET)


if __name__ == "__main__":
    sys.exit(main())
