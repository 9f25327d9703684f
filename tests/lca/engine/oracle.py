"""An inventory solved by bw2calc: each flow a chain of unit processes, one edge for each parameter of its product."""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from lca.engine import Category, Flow, Inventory, Lognormal
from lca.engine.sampling import nominal

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="(?s).*pypardiso")
    import bw2calc
import bw_processing

DEMAND, EMISSION = 10_000_000, 20_000_000
LOGNORMAL, CERTAIN = 2, 0  # numbers of stats_arrays
Cell = tuple[int, int, float, float]


def solver(inventory: Inventory, category: Category, *, seed: int | None = None) -> Any:
    """A bw2calc model of one category; with a seed it draws log-normal parameters anew at each ``next``."""
    technosphere, biosphere = cells(inventory, category)
    package = bw_processing.create_datapackage()
    add(
        package,
        "technosphere_matrix",
        technosphere,
        flip=[row != column for row, column, *_ in technosphere],
    )
    add(package, "biosphere_matrix", biosphere)
    add(package, "characterization_matrix", [(EMISSION, EMISSION, 1.0, 0.0)])
    model = bw2calc.LCA(
        {DEMAND: 1},
        data_objs=[package],
        use_distributions=seed is not None,
        seed_override=seed,
    )
    model.lci()
    model.lcia()
    return model


def cells(inventory: Inventory, category: Category) -> tuple[list[Cell], list[Cell]]:
    """Technosphere and biosphere cells: (row, column, value, standard deviation of the logarithm)."""
    technosphere: list[Cell] = [(DEMAND, DEMAND, 1.0, 0.0)]
    biosphere: list[Cell] = []
    values = {name: float(draws[0]) for name, draws in nominal(inventory).items()}
    spread = {
        item.name: np.log(item.distribution.gsd)
        for item in inventory.parameters
        if isinstance(item.distribution, Lognormal)
    }
    process = 0
    for flow in inventory.flows:
        if category not in flow.factors:
            continue
        above = DEMAND
        for name, exponent in (*flow.terms, *flow.factors[category]):
            process += 1
            technosphere.append((process, process, 1.0, 0.0))
            sigma = float(spread.get(name, 0.0)) * abs(exponent)
            technosphere.append((process, above, values[name] ** exponent, sigma))
            above = process
        biosphere.append((EMISSION, above, constant(inventory, flow, category), 0.0))
    return technosphere, list(merged(biosphere))


def merged(rows: list[Cell]) -> Iterator[Cell]:
    """One cell for each place: flows without parameters all emit at the demand itself."""
    places = {(row, column) for row, column, *_ in rows}
    for place in sorted(places):
        yield (*place, sum(value for *at, value, _ in rows if tuple(at) == place), 0.0)


def constant(inventory: Inventory, flow: Flow, category: Category) -> float:
    """What the chain's last process emits: the flow's coefficient and the conversion of units."""
    return flow.coefficient * inventory.conversion(flow, category)


def add(package: Any, matrix: str, rows: list[Cell], flip: list[bool] | None = None) -> None:
    """Add cells to a datapackage, uncertain ones as log-normal."""
    distributions = np.zeros(len(rows), dtype=bw_processing.UNCERTAINTY_DTYPE)
    for place, (*_, value, sigma) in enumerate(rows):
        kind, centre = (LOGNORMAL, np.log(value)) if sigma else (CERTAIN, value)
        distributions[place] = (kind, centre, sigma or np.nan, np.nan, np.nan, np.nan, False)
    package.add_persistent_vector(
        matrix=matrix,
        indices_array=np.array([row[:2] for row in rows], dtype=bw_processing.INDICES_DTYPE),
        data_array=np.array([row[2] for row in rows]),
        distributions_array=distributions,
        **({} if flip is None else {"flip_array": np.array(flip)}),
    )
