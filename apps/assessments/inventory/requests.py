"""How the electricity of a deployment differs from request to request, by a trace of them."""

from collections.abc import Mapping

import numpy as np

from apps.assessments.models import Deployment

LONGEST_SHARE = 0.1


def spread(row: Deployment, parts: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Percentiles over requests, and the share that the longest tenth of them takes; empty without a trace.

    Parameters
    ----------
    row : Deployment
        Its ``traffic`` is what :mod:`apps.assessments.traffic` kept of a trace.
    parts : mapping
        kWh of the request of mean tokens, by phase and component. Prefill grows with the tokens read, every other part with
        those written: energy is linear in tokens at a given batch.
    """
    if not (parts and row.traffic and row.tokens_in and row.tokens_out):
        return {}
    read = sum(parts.get("prefill", {}).values()) / row.tokens_in
    written = sum(sum(part.values()) for name, part in parts.items() if name != "prefill")
    per_token = [read, written / row.tokens_out]
    each = np.sort(np.array(row.traffic["sample"], dtype=np.float64) @ per_token)
    if not each.sum():
        return {}
    p05, p50, p95 = np.percentile(each, (5, 50, 95))
    longest = max(1, round(len(each) * LONGEST_SHARE))
    return {
        "mean": float(each.mean()),
        "p05": float(p05),
        "p50": float(p50),
        "p95": float(p95),
        "longest_tenth_share": float(each[-longest:].sum() / each.sum()),
    }
