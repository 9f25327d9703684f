"""The measurement document: one JSON object with request, environment, meter, raw windows and results."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import cast

from lca.measure.errors import InvalidDocument
from lca.measure.meter import Description
from lca.measure.results import Window, agree, summarise
from lca.measure.sampling import SamplingCost

SCHEMA_ID = "cradle-measurement/1.1"
PROBE_VERSION = "1.1.0"
Document = dict[str, object]


@cache
def schema(kind: str = "measurement") -> dict[str, object]:
    """Return the JSON Schema of a document: ``measurement``, ``sweep``, ``endpoint`` or ``crosscheck``."""
    name = "schema.json" if kind == "measurement" else f"{kind}.schema.json"
    text = resources.files("lca.measure").joinpath(name).read_text(encoding="utf-8")
    return cast("dict[str, object]", json.loads(text))


def build(
    *,
    request: Mapping[str, object],
    model: Mapping[str, object],
    environment: Mapping[str, object],
    meter: Description,
    windows: Sequence[Window],
    duration_s: float,
    cost: SamplingCost | None = None,
    discarded: Sequence[Window] = (),
    stopping: Mapping[str, object] | None = None,
) -> Document:
    """Put a measurement document together; its results are summarised from ``windows`` here."""
    results = summarise(windows, meter_share=meter.uncertainty.share, is_modelled=meter.is_modelled)
    return {
        "schema": SCHEMA_ID,
        "probe_version": PROBE_VERSION,
        "created_at": datetime.now(UTC).replace(microsecond=0).isoformat(),
        "duration_s": duration_s,
        "request": dict(request),
        "model": dict(model),
        "environment": dict(environment),
        "meter": described(meter),
        "sampling": sampling(cost or SamplingCost(), duration_s),
        **({"stopping": dict(stopping)} if stopping else {}),
        "windows": [dict(window) for window in windows],
        "discarded": [dict(window) for window in discarded],
        "results": dict(results),
    }


def described(meter: Description) -> Document:
    """Return a meter's description as JSON has it."""
    assumptions = [asdict(item) for item in meter.assumptions]
    return {**asdict(meter), "assumptions": assumptions, "flags": list(meter.flags)}


def sampling(cost: SamplingCost, duration_s: float) -> Document:
    """Return what the meter's readings cost: their number, processor time [s] and its share of the run [1]."""
    share = cost.cpu_s / duration_s
    return {"samples": cost.samples, "cpu_s": cost.cpu_s, "share_of_run": share}


def check_results(document: Mapping[str, object]) -> None:
    """Refuse a document whose results do not follow from its own windows.

    The document must satisfy :func:`schema` already.

    Raises
    ------
    InvalidDocument
        If a number is not finite, or a figure differs from what the windows give.
    """
    _check_finite(document, "")
    meter = cast("dict[str, object]", document["meter"])
    uncertainty = cast("dict[str, float]", meter["uncertainty"])
    computed = summarise(
        cast("list[Window]", document["windows"]),
        meter_share=uncertainty["share"],
        is_modelled=bool(meter["is_modelled"]),
    )
    stated = cast("dict[str, object]", document["results"])
    wrong = [key for key, value in computed.items() if not agree(stated.get(key), value)]
    if wrong:
        msg = f"results/{wrong[0]} does not follow from the windows. Send the document as `python -m lca.measure` wrote it."
        raise InvalidDocument(msg)


def _check_finite(value: object, path: str) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        msg = f"{path.lstrip('/')} is not a finite number."
        raise InvalidDocument(msg)
    if isinstance(value, Mapping):
        for key, item in value.items():
            _check_finite(item, f"{path}/{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check_finite(item, f"{path}/{index}")
