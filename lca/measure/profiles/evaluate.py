"""How far a fit is from measurements that it never saw, beside the published regression of EcoLogits on the same rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lca.measure.profiles.fit import Fit, shipped
from lca.measure.profiles.serving import Column
from lca.measure.profiles.table import Table
from lca.measure.profiles.text import terms

ECOLOGITS = (1.1665273170451914e-06, -0.011205921025579175, 4.052928146734005e-05)
"""Wh a token and accelerator at batch B, A billion active parameters: ``a exp(b B) A + c`` (EcoLogits 0.11.3, impacts/llm.py)."""
ECOLOGITS_BATCH = 64.0
LEVELS = (0.5, 0.75, 0.9)


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Predicted joules a generated token with bounds, shape (rows, 3), and those of EcoLogits, shape (rows,)."""

    table: Table
    predicted: Column
    ecologits: Column
    ecologits_at_batch: Column
    held_out: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON: errors as shares of the measured value."""
        inside = self._inside()
        ratio = self.predicted[:, 2] / self.predicted[:, 1]
        return {
            "rows": len(self.table.energy),
            "models_held_out": list(self.held_out),
            **_errors(self.predicted[:, 0], self.table.energy),
            "coverage_90": float(inside.mean()),
            "median_p95_over_p05": float(np.median(ratio)),
            "ecologits": _errors(self.ecologits, self.table.energy),
            "ecologits_at_batch": _errors(self.ecologits_at_batch, self.table.energy),
            "by_base_model": {base: self._of(base, inside) for base in self._bases()},
        }

    def _inside(self) -> Column:
        low, high = self.predicted[:, 1], self.predicted[:, 2]
        result: Column = ((self.table.energy >= low) & (self.table.energy <= high)).astype(float)
        return result

    def _bases(self) -> list[str]:
        return sorted(set(self.table.base.tolist()))

    def _of(self, base: str, inside: Column) -> dict[str, Any]:
        mine = self.table.base == base
        return {
            "rows": int(mine.sum()),
            **_errors(self.predicted[mine, 0], self.table.energy[mine]),
            "coverage_90": float(inside[mine].mean()),
            "ecologits": _errors(self.ecologits[mine], self.table.energy[mine]),
        }


def evaluate(table: Table, fit: Fit | None = None) -> Evaluation:
    """Predict every row of a table with a fit that saw no row of its base model."""
    fit = fit or shipped()
    each = terms(table.rows)
    predicted = np.empty((len(table.energy), 3))
    bases = sorted(set(table.base.tolist()))
    for base in bases:
        mine = table.base == base
        rows = table.rows.rows(mine)
        coefficients, interval = fit.part(base)
        value = (each[mine] * coefficients.by_term(rows.accelerator)).sum(axis=1)
        low, _, high = interval.bounds(rows).T
        predicted[mine] = np.column_stack([value, value * low, value * high])
    return Evaluation(
        table=table,
        predicted=predicted,
        ecologits=_ecologits(table, np.full(len(table.energy), ECOLOGITS_BATCH)),
        ecologits_at_batch=_ecologits(table, table.rows.batch),
        held_out=tuple(base for base in bases if base in fit.folds),
    )


def _ecologits(table: Table, batch: Column) -> Column:
    slope, decay, floor = ECOLOGITS
    active = table.rows.active / 1e9
    result: Column = 3600 * table.rows.gpus * (slope * np.exp(decay * batch) * active + floor)
    return result


def _errors(predicted: Column, measured: Column) -> dict[str, float]:
    error = predicted / measured - 1
    median, upper, tail = np.quantile(np.abs(error), LEVELS)
    return {
        "median_absolute_error": float(median),
        "p75_absolute_error": float(upper),
        "p90_absolute_error": float(tail),
        "median_error": float(np.median(error)),
    }
