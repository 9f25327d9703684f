"""A serving profile from measurement documents of ``python -m lca.measure``: one model in one precision, at some batches."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from apps.scenarios.errors import BadInput
from apps.scenarios.quantity import NORMAL_95, Origin
from apps.scenarios.serving.profile import ServingProfile, by_batch
from lca.engine import Provenance
from lca.measure.document import check_results
from lca.measure.errors import InvalidDocument

Document = Mapping[str, Any]
SCHEMA = "cradle-measurement/"


def documents_in(content: Any) -> list[Document] | None:
    """Return the measurement documents of a file's content: one, a list, or those of a sweep; none where it is something else."""
    if isinstance(content, dict) and isinstance(content.get("documents"), list):
        content = content["documents"]
    rows = content if isinstance(content, list) else [content]
    are = [isinstance(row, dict) and str(row.get("schema", "")).startswith(SCHEMA) for row in rows]
    return rows if rows and all(are) else None


def from_documents(documents: Sequence[Document], precision: str = "") -> ServingProfile:
    """Return the profile of documents of one precision; batches from them, prefill as a line over prompt tokens.

    Raises
    ------
    BadInput
        Where documents are damaged, or of several models, devices or precisions.
    """
    chosen = [_checked(each) for each in documents]
    chosen = [each for each in chosen if not precision or each["request"]["precision"] == precision]
    kinds = {_kind(each) for each in chosen}
    if len(kinds) != 1:
        offered = ", ".join(sorted(name for _, _, name in {_kind(_checked(d)) for d in documents}))
        msg = f"A profile is of one model in one precision on one device; choose FILE.json#PRECISION, of {offered}."
        raise BadInput(msg, field="profile")
    name, device, kind = next(iter(kinds))
    batches = sorted({int(each["request"]["batch_size"]) for each in chosen})
    decode = [[each for each in chosen if each["request"]["batch_size"] == b] for b in batches]
    steps = [_mean(b / _rate(each, "decode") for each in rows) for b, rows in zip(batches, decode, strict=True)]  # fmt: skip
    watts = [_mean(_power(each, "decode") for each in rows) for rows in decode]
    idle = _mean(float(each["results"]["idle_power"]["mean"]) for each in chosen)
    fixed, per_token = _line(chosen)
    return ServingProfile(
        name=f"{name} {kind}, {device}",
        step_s=by_batch(batches, steps, floor=min(steps) / 2),
        step_w=by_batch(batches, watts, floor=idle),
        prefill_s=fixed,
        prefill_s_per_token=per_token,
        prefill_w=_mean(_power(each, "prefill") for each in chosen),
        idle_w=idle,
        origins={
            "decode": _origin(chosen, "decode"),
            "prefill": _origin(chosen, "prefill"),
            "idle": _origin(chosen, "idle_power"),
        },
        notes=(
            f"energy of the {chosen[0]['meter']['boundary']}",
            f"batches {', '.join(map(str, batches))} were run; others lie between",
        ),
    )


def _checked(document: Document) -> Document:
    try:
        check_results(dict(document))
    except (InvalidDocument, ValueError, KeyError, TypeError, AttributeError) as error:
        msg = f"Not a measurement document ({type(error).__name__}: {error})."
        raise BadInput(msg, field="profile") from error
    return document


def _kind(document: Document) -> tuple[str, str, str]:
    device = document["environment"]["device"]["name"]
    return str(document["model"]["name"]), str(device), str(document["request"]["precision"])


def _rate(document: Document, phase: str) -> float:
    return float(document["results"][phase]["tokens_per_second"]["mean"])


def _power(document: Document, phase: str) -> float:
    return float(document["results"][phase]["power"]["mean"])


def _mean(values: Any) -> float:
    return float(np.mean(list(values)))


def _line(documents: Sequence[Document]) -> tuple[float, float]:
    """Return fixed time [s] and time a token [s] of prefill: least squares, neither below nought."""
    tokens = [float(d["request"]["batch_size"] * d["request"]["prompt_tokens"]) for d in documents]
    times = [many / _rate(d, "prefill") for many, d in zip(tokens, documents, strict=True)]
    x, y = np.array(tokens), np.array(times)
    if len(set(tokens)) > 1:
        slope, fixed = (float(each) for each in np.polyfit(x, y, 1))
        if slope > 0 and fixed > 0:
            return fixed, slope
    return 0.0, float((x * y).sum() / (x * x).sum())


def _origin(documents: Sequence[Document], part: str) -> Origin:
    stats = [
        d["results"][part] if part == "idle_power" else d["results"][part]["power"]
        for d in documents
    ]
    half = max(float(stat["p95"]) / float(stat["mean"]) for stat in stats)
    provenance = Provenance(documents[0]["results"]["provenance"])
    return Origin(
        provenance=provenance,
        source=f"{len(documents)} runs of python -m lca.measure, {documents[0]['created_at'][:10]}",
        gsd=max(1.0, half) ** (1 / NORMAL_95),
    )
