"""The interval of a prediction: quantiles of leave-one-out errors, scaled by what makes errors larger.

Errors are logarithms of measured over predicted. Their scale is log-linear in :func:`features`, found by maximum
likelihood under Student's t with 4 degrees of freedom; the quantiles are those of the errors over that scale, so no shape
is assumed. Models measured in many configurations weigh less than in proportion.
"""

from dataclasses import dataclass

import numpy as np

from lca.measure.profiles.serving import Column, Serving, Words

COUNT_POWER = -0.5
FREEDOM = 4.0
SCALE_SD = 1.0
LEVELS = (0.05, 0.5, 0.95)


@dataclass(frozen=True, kw_only=True)
class Interval:
    """``log_scale`` one coefficient a feature; ``quantiles`` of error over scale at 5, 50 and 95 %."""

    log_scale: Column
    quantiles: Column

    def bounds(self, rows: Serving) -> Column:
        """Return the 5, 50 and 95 % quantiles of measured over predicted, shape (rows, 3)."""
        result: Column = np.exp(np.exp(features(rows) @ self.log_scale)[:, None] * self.quantiles)
        return result


def features(rows: Serving) -> Column:
    """Return what the scale of errors depends on, shape (rows, 2): a constant, and low precision, where kernels differ most."""
    return np.column_stack([np.ones(len(rows)), rows.low_precision.astype(float)])


def fit(errors: Column, rows: Serving, groups: Words) -> Interval:
    """Return the interval of held-out errors, shape (rows,); ``groups`` are the base models."""
    from scipy.optimize import minimize

    known, weights = features(rows), _weights(groups)

    def surprise(point: Column) -> float:
        logs = known @ point
        spread = (FREEDOM + 1) / 2 * np.log1p((errors / np.exp(logs)) ** 2 / FREEDOM)
        prior = float((point[1:] ** 2).sum()) / (2 * SCALE_SD**2)
        return float((weights * (logs + spread)).sum()) + prior

    start = np.zeros(known.shape[1])
    start[0] = np.log(np.std(errors))
    log_scale = np.asarray(minimize(surprise, start).x)
    standard = errors / np.exp(known @ log_scale)
    return Interval(log_scale=log_scale, quantiles=_quantiles(standard, weights))


def _weights(groups: Words) -> Column:
    _, inverse, counts = np.unique(groups, return_inverse=True, return_counts=True)
    result: Column = counts[inverse].astype(float) ** COUNT_POWER
    return result


def _quantiles(values: Column, weights: Column) -> Column:
    order = np.argsort(values)
    middle = np.cumsum(weights[order]) - weights[order] / 2
    result: Column = np.interp(np.array(LEVELS) * weights.sum(), middle, values[order])
    return result
