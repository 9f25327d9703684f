"""Means with intervals from few repeats; numpy alone, because a bare GPU host has no scipy."""

import math
from functools import lru_cache
from typing import TypedDict

import numpy as np

from lca.measure.errors import InvalidDocument

GRID = 4_001
UPPER = 0.95
LEAST_WINDOWS = 2


class Stat(TypedDict):
    """A mean with its 90 % interval."""

    mean: float
    p05: float
    p95: float
    unit: str


def _t_cdf(t: float, dof: int) -> float:
    """Return Student's distribution function at ``t`` >= 0, by Simpson's rule in the angle where it is smooth."""
    angle = np.linspace(0.0, math.atan(t / math.sqrt(dof)), GRID)
    weights = np.ones(GRID)
    weights[1:-1:2], weights[2:-1:2] = 4.0, 2.0
    integral = float(weights @ np.cos(angle) ** (dof - 1)) * (angle[1] - angle[0]) / 3.0
    log_norm = math.lgamma((dof + 1) / 2) - math.lgamma(dof / 2) - 0.5 * math.log(math.pi)
    return 0.5 + math.exp(log_norm) * float(integral)


@lru_cache
def t_quantile_95(dof: int) -> float:
    r"""95 % quantile of Student's distribution.

    Parameters
    ----------
    dof : int
        Degrees of freedom, at least 1. [1]

    Returns
    -------
    float
        :math:`t_{0.95}`, so that :math:`\pm t` spans 90 %. [1]

    Examples
    --------
    >>> round(t_quantile_95(4), 4)
    2.1318
    """
    low, high = 0.0, 7.0
    for _ in range(60):
        middle = (low + high) / 2
        if _t_cdf(middle, dof) < UPPER:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def mean_with_interval(values: list[float], *, meter_share: float, unit: str) -> Stat:
    r"""Mean of repeats and its 90 % interval, spread and meter together.

    Parameters
    ----------
    values : list of float
        One value per window, at least 2. [unit]
    meter_share : float
        Half-width of the meter's own 90 % interval, as a share of the reading. [1]
    unit : str
        Unit of the values.

    Returns
    -------
    Stat
        Mean, P05 (never below 0) and P95. [unit]

    Raises
    ------
    InvalidDocument
        If there are fewer than two values.

    Notes
    -----
    .. math:: h = \sqrt{\left(t_{0.95,\,n-1}\, s / \sqrt{n}\right)^2 + \left(u\,\bar x\right)^2}

    with the standard deviation :math:`s` of :math:`n` windows and the meter's share :math:`u`. The two add as squares
    because one is random between windows and the other common to all; the interval says where the mean of many such
    windows lies, not where a single window does.

    Examples
    --------
    >>> mean_with_interval([2.0, 2.0], meter_share=0.1, unit="J")
    {'mean': 2.0, 'p05': 1.8, 'p95': 2.2, 'unit': 'J'}
    """
    if len(values) < LEAST_WINDOWS:
        raise InvalidDocument("An interval needs at least two windows of a phase.")
    count = len(values)
    mean = float(np.mean(values))
    spread = float(np.std(values, ddof=1)) / math.sqrt(count) * t_quantile_95(count - 1)
    half = math.hypot(spread, meter_share * mean)
    return Stat(mean=mean, p05=max(mean - half, 0.0), p95=mean + half, unit=unit)
