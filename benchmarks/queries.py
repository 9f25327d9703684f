"""One million requests by the method of EcoLogits, at once, against its own function called for each.

The function is timed on fewer requests and its time scaled, in proportion; their figures must be equal to 1e-9. ``--json`` prints
the figures for machines.
"""

import argparse
import json
import sys
from typing import Any

import numpy as np
from _world import timed
from ecologits.impacts.llm import compute_llm_impacts

from lca.engine import Category
from lca.engine.llm import Queries, QueryImpacts, query_impacts

QUERIES = 1_000_000
SAMPLE = 2_000
REPEATS = 5
TARGET = 1_000.0
LIMITS = {  # argument of the function, lowest and highest value
    "active_b": ("model_active_parameter_count", 1, 200),
    "total_b": ("model_total_parameter_count", 200, 2_000),
    "tokens_out": ("output_token_count", 1, 4_000),
    "gwp": ("if_electricity_mix_gwp", 0.01, 0.9),
    "adpe": ("if_electricity_mix_adpe", 1e-8, 1e-7),
    "primary": ("if_electricity_mix_pe", 1, 12),
    "ewif": ("if_electricity_mix_wue", 0, 6),
    "pue": ("datacenter_pue", 1.05, 1.6),
    "wue": ("datacenter_wue", 0, 2),
    "latency_s": ("request_latency", 1, 60),
}
IMPACTS = {
    Category.GWP_LOCATION: "gwp",
    Category.ADPE: "adpe",
    Category.PRIMARY_ENERGY: "pe",
    Category.WATER: "wcf",
    Category.ELECTRICITY: "energy",
}


def one_by_one(columns: dict[str, Any]) -> list[Any]:
    """Return what the package gives for the first requests."""
    names = [LIMITS[name][0] for name in columns]
    rows = zip(*(values[:SAMPLE].tolist() for values in columns.values()), strict=True)
    return [compute_llm_impacts(**dict(zip(names, row, strict=True))) for row in rows]


def check_equal(ours: QueryImpacts, theirs: list[Any]) -> None:
    """Stop where a figure differs."""
    for category, field in IMPACTS.items():
        wanted = [getattr(impacts, field).value for impacts in theirs]
        np.testing.assert_allclose(ours.total(category)[:SAMPLE], wanted, rtol=1e-9)


def measure() -> dict[str, float]:
    """Time both in turn, several times, so that both see the same machine; the medians count."""
    generator = np.random.default_rng(1)
    columns = {
        name: generator.uniform(low, high, QUERIES) for name, (_, low, high) in LIMITS.items()
    }
    check_equal(query_impacts(Queries(**columns)), one_by_one(columns))
    times = [
        (timed(lambda: query_impacts(Queries(**columns))), timed(lambda: one_by_one(columns)))
        for _ in range(REPEATS)
    ]
    ours, sample = (float(np.median(column)) for column in zip(*times, strict=True))
    theirs = sample / SAMPLE * QUERIES
    return {
        "queries": QUERIES,
        "timed_one_by_one": SAMPLE,
        "ours_s": ours,
        "theirs_s": theirs,
        "ratio": theirs / ours,
        "at_least": TARGET,
    }


def main() -> int:
    """Measure, print, and fail where the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure()
    verdict = "met" if found["ratio"] >= TARGET else "MISSED"
    if options.json:
        print(json.dumps(found, indent=2))
    else:
        print(f"\n{QUERIES:,} requests by the method of EcoLogits, equal to 1e-9")
        print(f"  at once: {found['ours_s']:.2f} s")
        print(f"  one by one: {found['theirs_s']:.0f} s, scaled from {SAMPLE:,} requests")
        print(f"  ratio {found['ratio']:.0f}, target at least {TARGET:.0f}: {verdict}")
    return int(verdict == "MISSED")


if __name__ == "__main__":
    sys.exit(main())
