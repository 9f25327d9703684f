"""Bayesian least squares on logarithms: coefficients that cannot be negative, with a wide prior around the data sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lca.measure.errors import MissingPackage
from lca.measure.profiles.serving import Column, Words

PRIOR_CENTRE, PRIOR_SD = np.log(0.3), 1.5
OFFSET_SD = 0.28
NOISE, HUBER = 0.2, 0.2
"""Expected error of a log-energy, and where errors start to count linearly."""
COUNT_POWER = -0.25
"""A model measured in many configurations counts more than one in few, but less than in proportion."""


@dataclass(frozen=True, kw_only=True)
class Coefficients:
    """Log-coefficients of terms, and per accelerator the offsets of some of them."""

    names: tuple[str, ...]
    log: Column
    offsets: Mapping[str, Mapping[str, float]]

    def by_term(self, accelerators: Words) -> Column:
        """Return the coefficients of each row's accelerator, shape (rows, terms); an unknown one has no offset."""
        result = np.tile(self.log, (len(accelerators), 1))
        for key, offsets in self.offsets.items():
            mine = accelerators == key
            for name, value in offsets.items():
                result[mine, self.names.index(name)] += value
        return np.exp(result)


def weights_by_count(groups: Words) -> Column:
    """Return one weight a row from the number of rows of its group, with mean 1."""
    _, inverse, counts = np.unique(groups, return_inverse=True, return_counts=True)
    weight = counts[inverse].astype(float) ** COUNT_POWER
    result: Column = weight / weight.mean()
    return result


def fit(
    terms: Column,
    *,
    names: Sequence[str],
    energy: Column,
    accelerators: Words,
    weights: Column,
    offset_names: Sequence[str],
) -> Coefficients:
    """Return the coefficients most probable after seeing ``energy`` [J].

    Parameters
    ----------
    terms : array, shape (rows, terms)
        Joules of each term at coefficient 1.
    energy, weights : array, shape (rows,)
    accelerators : array of str, shape (rows,)
    """
    try:
        from scipy.optimize import least_squares
    except ImportError as error:
        msg = "Fitting needs the package scipy: pip install scipy. Predicting does not."
        raise MissingPackage(msg) from error

    keys = sorted(set(accelerators.tolist()))
    columns = [names.index(name) for name in offset_names]
    member = np.array([accelerators == key for key in keys], dtype=float)
    count, root = len(names), np.sqrt(weights) / NOISE
    log_energy = np.log(energy)

    def residuals(point: Column) -> Column:
        logs = np.tile(point[:count], (len(energy), 1))
        logs[:, columns] += member.T @ point[count:].reshape(len(keys), len(columns))
        error = np.log((terms * np.exp(logs)).sum(axis=1)) - log_energy
        robust = np.sign(error) * HUBER * np.sqrt(2 * (np.sqrt(1 + (error / HUBER) ** 2) - 1))
        prior = (point[:count] - PRIOR_CENTRE) / PRIOR_SD
        result: Column = np.concatenate([robust * root, prior, point[count:] / OFFSET_SD])
        return result

    start: npt.NDArray[np.float64] = np.full(count + len(keys) * len(columns), 0.0)
    start[:count] = PRIOR_CENTRE
    point = least_squares(residuals, start).x
    offsets = point[count:].reshape(len(keys), len(columns))
    return Coefficients(
        names=tuple(names),
        log=point[:count],
        offsets={
            key: dict(zip(offset_names, map(float, row), strict=True))
            for key, row in zip(keys, offsets, strict=True)
        },
    )
