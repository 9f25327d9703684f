"""From joules of a request to its footprint: a small inventory per functional unit, valued by the engine.

Strategies differ in the joules alone, so two of them are two overrides of one inventory, compared on the same draws.
"""

from collections.abc import Mapping

import attrs

from apps.scenarios.quantity import Origin
from lca.engine import (
    DEFAULT_SEED,
    Category,
    Component,
    Flow,
    Inventory,
    Lognormal,
    Parameter,
    Result,
    Stage,
    assess,
    difference,
)
from lca.engine.distributions import Fixed

CATEGORIES = (Category.ELECTRICITY, Category.GWP_LOCATION, Category.WATER)
BY = ("component", "process")


@attrs.frozen(kw_only=True)
class Site:
    """Parameters by short name: ``node_overhead``, ``pue``, ``wue`` [L/kWh], ``grid`` [kg CO2e/kWh], ``ewif`` [L/kWh]."""

    zone: str
    parameters: Mapping[str, Parameter]

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON."""
        return {
            "zone": self.zone,
            **{
                name: {
                    "value": item.value,
                    "unit": item.unit,
                    "provenance": item.provenance.value,
                    "source": item.source,
                }
                for name, item in self.parameters.items()
            },
        }


@attrs.frozen(kw_only=True)
class Energy:
    """Energy of the accelerators per request by what they did [J], each with where its power comes from."""

    joules: Mapping[str, float]
    origins: Mapping[str, Origin]

    @property
    def total(self) -> float:
        """Joules a request."""
        return sum(self.joules.values())


def inventory(energy: Energy, site: Site, stage: Stage = Stage.INFERENCE) -> Inventory:
    """Return the flows of one request at a site: electricity, and water on site and of the electricity."""
    parameters = [
        _energy(name, joules, energy.origins[name]) for name, joules in energy.joules.items()
    ]
    flows = [flow for name in energy.joules for flow in _flows(name, stage)]
    return Inventory(
        parameters=(*parameters, *site.parameters.values()),
        flows=tuple(flows),
        functional_unit="request",
    )


def _energy(name: str, joules: float, origin: Origin) -> Parameter:
    return Parameter(
        name=f"energy.{name}",
        value=joules,
        unit="J/request",
        distribution=Lognormal(gsd=origin.gsd) if joules > 0 and origin.gsd > 1 else Fixed(),
        minimum=0.0,
        provenance=origin.provenance,
        label=f"Energy of {name}",
        source=origin.source,
    )


def _flows(name: str, stage: Stage) -> list[Flow]:
    node = {f"energy.{name}": 1.0, "site.node_overhead": 1.0}
    facility = {**node, "site.pue": 1.0}
    by_grid = {Category.ELECTRICITY: {}, Category.GWP_LOCATION: {"site.grid": 1.0}}
    lines: list[tuple[str, Component, dict[str, float], Mapping[Category, dict[str, float]]]] = [
        ("electricity", Component.ELECTRICITY, facility, by_grid),
        ("water on site", Component.WATER_ON_SITE, node, {Category.WATER: {"site.wue": 1.0}}),
        ("water of electricity", Component.WATER_OFF_SITE, facility, {Category.WATER: {"site.ewif": 1.0}}),
    ]  # fmt: skip
    return [
        Flow(
            name=f"{name}, {what}",
            stage=stage,
            process=name,
            component=component,
            unit="kWh/request",
            terms=terms,
            factors=factors,
        )
        for what, component, terms, factors in lines
    ]


def valued(inventories: Mapping[str, Inventory], seed: int = DEFAULT_SEED) -> dict[str, Result]:
    """Assess every variant on the draws of the first, so that differences are paired."""
    found: dict[str, Result] = {}
    first: Result | None = None
    for name, each in inventories.items():
        found[name] = assess(each, seed=seed, like=first, by=BY)
        first = first or found[name]
    return found


def footprint(result: Result, baseline: Result) -> dict[str, object]:
    """Return figures of one variant and its paired difference to a baseline, as plain JSON."""
    apart = difference(baseline, result) if result is not baseline else {}
    return {
        category.value: {
            **stat.to_dict(),
            **({"difference": apart[category].to_dict()} if category in apart else {}),
        }
        for category in CATEGORIES
        if (stat := result.stat(category)) is not None
    }
