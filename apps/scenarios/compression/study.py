"""Two measured profiles against each other: energy and time of a token by batch, and where the one that replaces costs more."""

from typing import Any

from apps.scenarios.errors import BadInput
from apps.scenarios.measure import ratio_between
from apps.scenarios.quantity import NORMAL_95
from apps.scenarios.serving.profile import ServingProfile
from lca.engine import Lognormal, Parameter

BATCHES = tuple(2**power for power in range(13))


def study(before: ServingProfile, after: ServingProfile) -> dict[str, Any]:
    """Return plain JSON: for every batch that both were measured up to, joules of a token, their ratio with its 90 % interval, and step times.

    Raises
    ------
    BadInput
        Where both profiles are the same.
    """
    if before.name == after.name:
        msg = "Choose two different profiles: one against itself leaves everything as it is."
        raise BadInput(msg, field="after")
    most = min(before.room, after.room)
    rows = [_at(before, after, batch) for batch in BATCHES if batch <= most]
    return {
        "before": before.name,
        "after": after.name,
        "most": most,
        "batches": rows,
        "prefill": _prefill(before, after),
        "costs_more": [row["batch"] for row in rows if row["ratio"]["p05"] > 1],
        "notes": list(dict.fromkeys([*before.notes, *after.notes])),
        "sources": list(dict.fromkeys(each.origins[phase].source for each in (before, after) for phase in ("decode", "prefill"))),
    }  # fmt: skip


def _at(before: ServingProfile, after: ServingProfile, batch: int) -> dict[str, Any]:
    joules = [each.step_s[batch] * each.step_w[batch] / batch for each in (before, after)]
    found = ratio_between("compression", "decode", joules[1] / joules[0], (before, after), f"at a batch of {batch}")  # fmt: skip
    return {
        "batch": batch,
        "before_j": joules[0],
        "after_j": joules[1],
        "ratio": _bounds(found),
        "before_ms": 1e3 * before.step_s[batch],
        "after_ms": 1e3 * after.step_s[batch],
    }


def _prefill(before: ServingProfile, after: ServingProfile) -> dict[str, Any]:
    joules = [each.prefill_s_per_token * each.prefill_w for each in (before, after)]
    found = ratio_between("compression", "prefill", joules[1] / joules[0], (before, after), "a prompt token")  # fmt: skip
    return {
        "before_j": joules[0],
        "after_j": joules[1],
        "ratio": _bounds(found),
        "provenance": found.provenance.value,
    }


def _bounds(ratio: Parameter) -> dict[str, float]:
    spread = ratio.distribution
    wide = spread.gsd**NORMAL_95 if isinstance(spread, Lognormal) else 1.0
    return {"value": ratio.value, "p05": ratio.value / wide, "p95": ratio.value * wide}
