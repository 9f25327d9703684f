"""The engine against bw2calc's Monte Carlo on the same inventory, against the time numpy takes to draw, and its convergence.

``--json`` prints the figures for machines. bw2calc is timed on fewer draws, whose time grows in proportion.
"""

import argparse
import json
import resource
import subprocess
import sys
from typing import Any

import numpy as np
from _world import medians_s, timed

from lca.engine import Category, Flow, Inventory, Lognormal, Parameter, assess
from tests.lca.engine.oracle import solver

DRAWS = 8_192
FLOWS = 1_000
SHARED = 100
SOLVED = 100
MIB = 1024
KINDS = ("gwp_location", "primary_energy", "adpe", "water")
UNITS = {"gwp_location": "kg CO2e", "primary_energy": "MJ", "adpe": "kg Sb eq", "water": "L"}


def parameter(name: str, value: float, unit: str, gsd: float = 1.3) -> Parameter:
    """Return a log-normal parameter."""
    return Parameter(name=name, value=value, unit=unit, distribution=Lognormal(gsd=gsd))


def flow(name: str, amount: str, factors: dict[str, dict[str, float]]) -> Flow:
    """Return a flow of one uncertain amount with its uncertain factors."""
    common = {"stage": "training", "process": "p", "component": "electricity", "unit": "kWh"}
    return Flow(name=name, terms={amount: 1}, factors=factors, **common)


def nothing_shared(flows: int = FLOWS) -> Inventory:
    """Return flows of two log-normal inputs each, which no other flow has."""
    values = np.random.default_rng(1).uniform(0.5, 5, (flows, 2))
    parameters = [
        parameter(f"{letter}{k}", float(values[k, column]), unit)
        for k in range(flows)
        for column, (letter, unit) in enumerate((("a", "kWh"), ("b", "kg CO2e/kWh")))
    ]
    lines = [flow(f"f{k}", f"a{k}", {"gwp_location": {f"b{k}": 1}}) for k in range(flows)]
    return Inventory(parameters=tuple(parameters), flows=tuple(lines))


def as_assessments_are(flows: int = FLOWS) -> Inventory:
    """Return flows over shared parameters in four categories: energies, and factors of sites."""
    half = SHARED // 2
    values = np.random.default_rng(2).uniform(0.5, 5, SHARED)
    amounts = [parameter(f"e{k}", float(values[k]), "kWh") for k in range(half)]
    sites = half // len(KINDS)
    factors = [
        parameter(f"{kind}{k}", float(values[half + k]), f"{UNITS[kind]}/kWh")
        for kind in KINDS
        for k in range(half // len(KINDS) + 1)
    ]
    lines = [
        flow(f"f{k}", f"e{k % half}", {kind: {f"{kind}{k % sites}": 1} for kind in KINDS})
        for k in range(flows)
    ]
    return Inventory(parameters=(*amounts, *factors), flows=tuple(lines))


def bw2calc_s(inventory: Inventory, categories: tuple[str, ...]) -> float:
    """Return the time that bw2calc would take for all draws, from some of them; setting up left out."""
    whole = 0.0
    for category in categories:
        model = solver(inventory, Category(category), seed=1)
        next(model)
        whole += timed(lambda m=model: [next(m) for _ in range(SOLVED)]) / SOLVED * DRAWS  # type: ignore[misc]
    return whole


def against_bw2calc(name: str, inventory: Inventory, target: float) -> dict[str, Any]:
    """Compare the time of the totals."""
    categories = tuple(category.value for category in inventory.categories())
    ours, _ = medians_s(lambda: assess(inventory, draws=DRAWS, by=()), lambda: None, repeats=5)
    theirs = bw2calc_s(inventory, categories)
    return {
        "name": name,
        "ours_s": ours,
        "theirs_s": theirs,
        "ratio": theirs / ours,
        "at_least": target,
    }


def against_drawing() -> dict[str, Any]:
    """Compare with the least that any engine must do: draw each input."""
    inventory, generator = nothing_shared(), np.random.default_rng(3)
    ours, theirs = medians_s(
        lambda: assess(inventory, draws=DRAWS, by=()),
        lambda: generator.lognormal(0.0, 0.3, (2 * FLOWS, DRAWS)),
        repeats=5,
    )
    name = f"{FLOWS:,} flows, nothing shared, against drawing their {2 * FLOWS:,} inputs with numpy"
    return {
        "name": name,
        "ours_s": ours,
        "theirs_s": theirs,
        "ratio": ours / theirs,
        "at_most": 2.0,
    }


def size(flows: int) -> dict[str, float]:
    """Return time and peak memory of many flows, in a process of their own."""
    command = [sys.executable, __file__, "--size", str(flows)]
    found: dict[str, float] = json.loads(
        subprocess.run(command, capture_output=True, text=True, check=True).stdout
    )
    return found


def measure_size(flows: int) -> dict[str, float]:
    """Assess once; peak resident memory in MiB."""
    inventory = as_assessments_are(flows)
    seconds = timed(lambda: assess(inventory, draws=DRAWS, by=()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB
    return {"flows": flows, "seconds": seconds, "peak_mib": peak}


def convergence() -> list[dict[str, float]]:
    """Return root-mean-square errors of mean and P95 relative to 2^17 draws, by number of draws and kind."""
    inventory = nothing_shared(20)
    truth = assess(inventory, draws=2**17, seed=99, by=()).stat("gwp_location")
    assert truth is not None
    return [errors(inventory, 2**power, truth.mean, truth.p95) for power in (6, 8, 10, 12, 13)]


def errors(inventory: Inventory, draws: int, mean: float, p95: float) -> dict[str, float]:
    """Return errors of our sampling and of plain draws, over sixteen seeds."""
    sobol, plain = [], []
    for seed in range(16):
        stat = assess(inventory, draws=draws, seed=seed, by=()).stat("gwp_location")
        assert stat is not None
        sobol.append((stat.mean / mean - 1, stat.p95 / p95 - 1))
        totals = plain_totals(inventory, draws, seed)
        plain.append((totals.mean() / mean - 1, np.quantile(totals, 0.95) / p95 - 1))
    roots = [np.sqrt(np.mean(np.square(rows), axis=0)) for rows in (sobol, plain)]
    return {
        "draws": draws,
        "sobol_mean": float(roots[0][0]),
        "plain_mean": float(roots[1][0]),
        "sobol_p95": float(roots[0][1]),
        "plain_p95": float(roots[1][1]),
    }


def plain_totals(inventory: Inventory, draws: int, seed: int) -> Any:
    """Return totals from independent draws."""
    generator, names = np.random.default_rng(seed), inventory.named()
    total = np.zeros(draws)
    for line in inventory.flows:
        product = np.ones(draws)
        for name, _ in line.monomial(Category.GWP_LOCATION):
            item: Any = names[name]
            product *= item.value * generator.lognormal(0, np.log(item.distribution.gsd), draws)
        total += product
    return total


def rows() -> dict[str, Any]:
    """Measure everything."""
    return {
        "ratios": [
            against_bw2calc(
                f"{FLOWS:,} flows, nothing shared, against bw2calc", nothing_shared(), 40.0
            ),
            against_bw2calc(
                f"{FLOWS:,} flows over {SHARED} parameters, 4 categories, against bw2calc",
                as_assessments_are(),
                200.0,
            ),
            against_drawing(),
        ],
        "sizes": [size(flows) for flows in (12_500, 25_000, 50_000, 100_000)],
        "convergence": convergence(),
    }


def met(row: dict[str, Any]) -> bool:
    """Tell whether a ratio reaches its target."""
    return bool(
        row["ratio"] >= row["at_least"] if "at_least" in row else row["ratio"] <= row["at_most"]
    )


def show(found: dict[str, Any]) -> None:
    """Print the tables."""
    print(f"\nThe engine, {DRAWS:,} draws")
    for row in found["ratios"]:
        target = (
            f"at least {row['at_least']:g}" if "at_least" in row else f"at most {row['at_most']:g}"
        )
        print(
            f"  {row['name']}: {row['ours_s']:.2f} s, {row['theirs_s']:.2f} s, ratio {row['ratio']:.1f}, target {target}: {'met' if met(row) else 'MISSED'}"
        )
    for row in found["sizes"]:
        print(
            f"  {row['flows']:>7,} flows: {row['seconds']:6.2f} s, peak {row['peak_mib']:5.0f} MiB (limit 1,024)"
        )
    print("  Relative error of   mean: Sobol     plain    P95: Sobol     plain")
    for row in found["convergence"]:
        print(
            f"  {row['draws']:>6,} draws       {row['sobol_mean']:9.1e} {row['plain_mean']:9.1e}    {row['sobol_p95']:9.1e} {row['plain_p95']:9.1e}"
        )


def main() -> int:
    """Measure, print, and fail where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--size", type=int)
    options = parser.parse_args()
    if options.size:
        print(json.dumps(measure_size(options.size)))
        return 0
    found = rows()
    print(json.dumps(found, indent=2)) if options.json else show(found)
    fits = all(row["peak_mib"] < MIB for row in found["sizes"])
    return int(not (fits and all(map(met, found["ratios"]))))


if __name__ == "__main__":
    sys.exit(main())
