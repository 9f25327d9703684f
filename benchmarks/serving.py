"""A million requests served with continuous batching, against the time numpy takes to read their three columns."""

import sys
import tempfile
from pathlib import Path

import numpy as np
from _world import medians_s, report

from apps.scenarios.serving import library
from apps.scenarios.serving.policy import Policy
from apps.scenarios.serving.simulator import serve
from apps.scenarios.serving.trace import Shape, draw

REQUESTS = 1_000_000
REPEATS = 3
TARGET = 10.0
TABLE = Path(__file__).resolve().parent.parent / "fixtures" / "profiles" / "serving.csv"


def main() -> int:
    """Write a trace, then read it and serve it in turn."""
    profile = library.chosen("llama-3.1-8b-instruct/h100x1", TABLE)
    trace = draw(Shape(rate=20, requests=REQUESTS, prompt=500, generated=220), seed=6)
    policy = Policy(name="as they come")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.csv"
        columns = np.column_stack([trace.arrival, trace.prompt, trace.generated])
        np.savetxt(path, columns, fmt=["%.6f", "%d", "%d"], delimiter=",")
        ours, theirs = medians_s(
            lambda: serve(trace, profile, policy),
            lambda: np.loadtxt(path, delimiter=","),
            repeats=REPEATS,
        )
    outcome = serve(trace, profile, policy)
    print(f"\n{REQUESTS:,} requests of {trace.generated.mean():.0f} generated tokens, {outcome.replicas} replicas, mean batch {outcome.mean_batch:.0f}")  # fmt: skip
    rows = {"serve a million requests": ours, "numpy.loadtxt of their columns": theirs}
    return report("Serving", rows, ours / theirs, TARGET)


if __name__ == "__main__":
    sys.exit(main())
