"""A fit as it is shipped: coefficients of all measurements and of those without each base model, with their intervals."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import numpy as np

from lca.measure.errors import InvalidDocument
from lca.measure.profiles.interval import Interval
from lca.measure.profiles.regression import Coefficients
from lca.measure.profiles.text import NAMES

PREFILL_GSD = 2.0
"""Published tables have no prompt length, so the energy of a prompt's token is modelled, and wide."""
SCHEMA = "cradle-profile-1"
Range: TypeAlias = tuple[float, float]
Prefill: TypeAlias = tuple[float, float]
Part: TypeAlias = tuple[Coefficients, Interval]


@dataclass(frozen=True, kw_only=True)
class Fit:
    """Coefficients and interval, and for each base model those of the fit that never saw it.

    ``ranges`` are the smallest and largest inputs seen; ``accelerator_sd`` and ``precision_sd`` what a device or precision
    never seen adds to the logarithmic standard deviation. ``prefill`` is the logarithm of measured over ideal joules of a
    prompt's token, and its standard deviation, where phase-separated probes told it.
    """

    source: str
    table: str
    rows: int
    coefficients: Coefficients
    interval: Interval
    folds: Mapping[str, Part]
    ranges: Mapping[str, Range]
    accelerators: tuple[str, ...]
    precisions: tuple[str, ...]
    accelerator_sd: float
    precision_sd: float
    prefill: Prefill | None = None

    def part(self, base: str) -> Part:
        """Return what to predict a base model with: the fold that never saw it, else the whole fit."""
        return self.folds.get(base, (self.coefficients, self.interval))


def to_document(fit: Fit) -> dict[str, Any]:
    """Return plain JSON."""
    return {
        "schema": SCHEMA,
        "source": fit.source,
        "table": fit.table,
        "rows": fit.rows,
        "terms": list(NAMES),
        "all": _part_to_document((fit.coefficients, fit.interval)),
        "without": {base: _part_to_document(part) for base, part in fit.folds.items()},
        "ranges": {name: list(pair) for name, pair in fit.ranges.items()},
        "accelerators": list(fit.accelerators),
        "precisions": list(fit.precisions),
        "accelerator_sd": round(fit.accelerator_sd, 6),
        "precision_sd": round(fit.precision_sd, 6),
        "prefill": None if fit.prefill is None else [round(value, 6) for value in fit.prefill],
    }


def from_document(document: Mapping[str, Any]) -> Fit:
    """Read a fit back.

    Raises
    ------
    InvalidDocument
        For another schema, or terms that this version does not have.
    """
    if document.get("schema") != SCHEMA:
        msg = f"Not a fit: its schema is {document.get('schema')!r}, not {SCHEMA!r}."
        raise InvalidDocument(msg)
    if tuple(document.get("terms", ())) != NAMES:
        msg = "The fit has other terms than this version; make it anew: python -m lca.measure fit."
        raise InvalidDocument(msg)
    try:
        coefficients, interval = _part(document["all"])
        return Fit(
            source=str(document["source"]),
            table=str(document["table"]),
            rows=int(document["rows"]),
            coefficients=coefficients,
            interval=interval,
            folds={base: _part(part) for base, part in document["without"].items()},
            ranges={
                name: (float(low), float(high)) for name, (low, high) in document["ranges"].items()
            },
            accelerators=tuple(document["accelerators"]),
            precisions=tuple(document["precisions"]),
            accelerator_sd=float(document["accelerator_sd"]),
            precision_sd=float(document["precision_sd"]),
            prefill=_pair(document.get("prefill")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        msg = f"The fit is damaged: {type(error).__name__}, {error}."
        raise InvalidDocument(msg) from error


@cache
def shipped() -> Fit:
    """Return the fit that comes with the program."""
    text = files("lca.measure.profiles").joinpath("shipped.json").read_text(encoding="utf-8")
    return from_document(json.loads(text))


def _pair(values: Any) -> Prefill | None:
    if values is None:
        return None
    first, second = values
    return float(first), float(second)


def _part_to_document(part: Part) -> dict[str, Any]:
    coefficients, interval = part
    return {
        "log_coefficients": _rounded(coefficients.log),
        "offsets": {
            key: {name: round(value, 6) for name, value in offsets.items()}
            for key, offsets in coefficients.offsets.items()
        },
        "log_scale": _rounded(interval.log_scale),
        "quantiles": _rounded(interval.quantiles),
    }


def _part(document: Mapping[str, Any]) -> Part:
    coefficients = Coefficients(
        names=NAMES,
        log=np.array(document["log_coefficients"], dtype=float),
        offsets=document["offsets"],
    )
    interval = Interval(
        log_scale=np.array(document["log_scale"], dtype=float),
        quantiles=np.array(document["quantiles"], dtype=float),
    )
    return coefficients, interval


def _rounded(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float]:
    return [round(float(value), 6) for value in values]
