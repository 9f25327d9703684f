"""When enough windows have been measured: after a number, or once the mean is known well enough, or when time is up."""

import time
from typing import Literal, TypedDict

from lca.measure.spec import ProbeSpec
from lca.measure.statistics import LEAST_WINDOWS, mean_with_interval

MOST_WINDOWS = 200
Reason = Literal["repeats", "interval", "budget", "most"]


class Stopped(TypedDict):
    """Why a phase ended, with the half-width of the mean's 90 % interval over repeats as a share of the mean."""

    reason: Reason
    half_width_share: float
    windows: int
    discarded: int


def half_width_share(values: list[float]) -> float:
    """Half-width of the 90 % interval of the mean over repeats, without the meter's own uncertainty.

    Parameters
    ----------
    values : list of float
        Joules per token of the windows, at least two. [J/token]

    Returns
    -------
    float
        Share of the mean: repeats make it small, which they cannot with the meter's. [1]

    Examples
    --------
    >>> half_width_share([2.0, 2.0, 2.0])
    0.0
    """
    stat = mean_with_interval(values, meter_share=0.0, unit="J/token")
    return (stat["p95"] - stat["mean"]) / stat["mean"]


class Rule:
    """Decides after each window of a phase whether another one is needed.

    Parameters
    ----------
    spec : ProbeSpec
        ``repeats`` windows are taken; with ``target_share`` at least so many, then as many as the target needs.
    deadline : float
        Moment of the monotonic clock after which no window is begun that an interval does not need. [s]
    """

    def __init__(self, spec: ProbeSpec, deadline: float) -> None:
        self._spec = spec
        self._deadline = deadline

    def reason(self, values: list[float]) -> Reason | None:
        """Return why to stop, or ``None`` to go on."""
        count = len(values)
        if count < LEAST_WINDOWS:
            return None
        target = self._spec.target_share
        if target is None:
            return "repeats" if count >= self._spec.repeats else None
        if count >= self._spec.repeats and half_width_share(values) <= target:
            return "interval"
        if time.monotonic() > self._deadline:
            return "budget"
        return "most" if count >= MOST_WINDOWS else None
