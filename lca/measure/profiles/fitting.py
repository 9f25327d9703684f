"""Fit the model to a table, and to the table without each base model, so that its errors are those of unseen models."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lca.measure.errors import InvalidRequest
from lca.measure.profiles import interval, regression
from lca.measure.profiles.documents import Measured
from lca.measure.profiles.fit import PREFILL_GSD, Fit, Prefill, Range
from lca.measure.profiles.interval import Interval
from lca.measure.profiles.regression import Coefficients
from lca.measure.profiles.serving import Column
from lca.measure.profiles.table import Table
from lca.measure.profiles.text import NAMES, OFFSETS, terms

SMALLEST_TABLE = 4
NORMAL = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""
Chosen = npt.NDArray[np.bool_]
RANGES = ("total", "active", "gpus", "batch", "output")


@dataclass(frozen=True, kw_only=True)
class Fitter:
    """A table with its terms, from which fits of parts are made."""

    table: Table
    terms: Column

    def coefficients(self, chosen: Chosen) -> Coefficients:
        """Return the coefficients fitted to some rows."""
        return regression.fit(
            self.terms[chosen],
            names=NAMES,
            energy=self.table.energy[chosen],
            accelerators=self.table.rows.accelerator[chosen],
            weights=regression.weights_by_count(self.table.base[chosen]),
            offset_names=OFFSETS,
        )

    def errors(self, coefficients: Coefficients, rows: Chosen) -> Column:
        """Return log of measured over predicted."""
        by_term = coefficients.by_term(self.table.rows.accelerator[rows])
        predicted = (self.terms[rows] * by_term).sum(axis=1)
        result: Column = np.log(self.table.energy[rows] / predicted)
        return result

    def held_out(self, chosen: Chosen, groups: npt.NDArray[np.str_]) -> Column:
        """Return errors of the chosen rows, those of each group from a fit to the other chosen rows."""
        result = np.full(len(self.table.energy), np.nan)
        for group in sorted(set(groups[chosen].tolist())):
            mine = chosen & (groups == group)
            result[mine] = self.errors(self.coefficients(chosen & ~mine), mine)
        return result[chosen]

    def interval(self, chosen: Chosen) -> Interval:
        """Return the interval from errors of base models held out in turn."""
        errors = self.held_out(chosen, self.table.base)
        return interval.fit(errors, self.table.rows.rows(chosen), self.table.base[chosen])


def fit(
    table: Table,
    measured: Measured | None = None,
    *,
    source: str,
    digest: str,
    progress: Callable[[str], None] = lambda _: None,
) -> Fit:
    """Fit a table, and what documents measured beside it: whole, and once without each base model.

    Raises
    ------
    InvalidRequest
        With fewer than four base models, from which no error could be told.
    """
    if measured is not None:
        table = table.joined(measured.table)
    bases = sorted(set(table.base.tolist()))
    if len(bases) < SMALLEST_TABLE:
        msg = f"The table has {len(bases)} base models; a fit whose error can be told needs {SMALLEST_TABLE}."
        raise InvalidRequest(msg)
    fitter = Fitter(table=table, terms=terms(table.rows))
    whole = np.ones(len(table.energy), dtype=bool)
    progress("all models")
    folds = {}
    for base in bases:
        progress(f"without {base}")
        others = table.base != base
        folds[base] = (fitter.coefficients(others), fitter.interval(others))
    return Fit(
        source=source,
        table=digest,
        rows=len(table.energy),
        coefficients=fitter.coefficients(whole),
        interval=fitter.interval(whole),
        folds=folds,
        ranges=_ranges(table),
        accelerators=tuple(sorted(set(table.rows.accelerator.tolist()))),
        precisions=tuple(sorted(set(table.rows.precision.tolist()))),
        accelerator_sd=_further(fitter, table.rows.accelerator, whole),
        precision_sd=_further(fitter, table.rows.precision, table.rows.low_precision),
        prefill=None if measured is None else _prefill(measured),
    )


def _prefill(measured: Measured) -> Prefill:
    """Mean and deviation of log ratios; the assumed deviation counts as much as one document."""
    logs = np.log(measured.prefill_ratio)
    squares = np.log(PREFILL_GSD) ** 2 + float(((logs - logs.mean()) ** 2).sum())
    return float(logs.mean()), float(np.sqrt(squares / len(logs)))


def _ranges(table: Table) -> dict[str, Range]:
    columns = {name: getattr(table.rows, name) for name in RANGES}
    return {name: (float(column.min()), float(column.max())) for name, column in columns.items()}


def _further(fitter: Fitter, groups: npt.NDArray[np.str_], asked: Chosen) -> float:
    """Return what predicting for a group never seen adds to the error of an unseen model, as a log-deviation.

    Told from the groups of the rows ``asked`` for, each held out in turn; nought where there is one group only, of which
    nothing can be told.
    """
    names = sorted(set(groups[asked].tolist()))
    if len(set(groups.tolist())) == 1 or not names:
        return 0.0
    unseen = np.concatenate(
        [
            fitter.errors(fitter.coefficients(groups != name), (groups == name) & asked)
            for name in names
        ]
    )
    usual = fitter.held_out(np.ones(len(groups), dtype=bool), fitter.table.base)[asked]
    squares = np.median(np.abs(unseen)) ** 2 - np.median(np.abs(usual)) ** 2
    return float(NORMAL * np.sqrt(max(squares, 0.0)))


def digest_of(path: Path) -> str:
    """Return the hash of a table's bytes, by which a fit names what it was made from."""
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
