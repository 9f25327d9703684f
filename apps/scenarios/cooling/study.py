"""One kilowatt-hour of computing, cooled in every way, at every place: carbon, water on site, and water of the electricity."""

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from apps.scenarios.errors import BadInput
from apps.scenarios.measures.cooling import KINDS
from apps.scenarios.quantity import front
from apps.scenarios.setting import Setting
from lca.engine import (
    Category,
    Component,
    Flow,
    Inventory,
    Parameter,
    Provenance,
    Result,
    Stage,
    assess,
)

MOST_ZONES = 8
IT = Parameter(name="it", value=1.0, unit="kWh", provenance=Provenance.SUPPLIED, label="Energy of the servers", source="the unit of comparison")  # fmt: skip
CENTRE, ZONE = ("pue", "wue"), {"grid": "gwp_location", "ewif": "water"}
SIDES = (Category.GWP_LOCATION, Category.WATER)
SCARCITY = "aware_non_agricultural"

Factors = Mapping[Category, Mapping[str, float]]


def study(zones: Sequence[str], setting: Setting) -> dict[str, Any]:
    """Compare every kind of cooling at each zone, on the same draws.

    Returns
    -------
    dict
        For each zone its kinds of cooling per kWh of the servers, which of them no other beats in carbon and water both,
        and what the one that is best in carbon costs in water against the one that is best in water.

    Raises
    ------
    BadInput
        For no zone, too many, or one that the library has no carbon or water for.
    """
    asked = list(dict.fromkeys(zone.strip() for zone in zones if zone.strip()))
    if not 1 <= len(asked) <= MOST_ZONES:
        msg = f"Name 1 to {MOST_ZONES} zones, such as SE,PL,CA-QC."
        raise BadInput(msg, field="zones")
    centres = {kind: _centre(kind, setting) for kind in KINDS}
    return {
        "unit": "per kWh of the servers",
        "zones": [_zone(zone, centres, setting) for zone in asked],
    }


def _centre(kind: str, setting: Setting) -> list[Parameter]:
    return [
        attrs.evolve(setting.factor("datacentre", kind, name, f"{name.upper()}, {KINDS[kind]}"), name=name)
        for name in CENTRE
    ]  # fmt: skip


def _zone(zone: str, centres: Mapping[str, list[Parameter]], setting: Setting) -> dict[str, Any]:
    place = [
        attrs.evolve(setting.factor("zone", zone, indicator, f"{name}, {zone}"), name=name)
        for name, indicator in ZONE.items()
    ]
    place += _scarcity(zone, setting)
    first: Result | None = None
    results = {}
    for kind, centre in centres.items():
        results[kind] = assess(_inventory([*centre, *place]), like=first, by=("component",))
        first = first or results[kind]
    rows = [_row(kind, centres[kind], result) for kind, result in results.items()]
    fronts = front([[row[side.value]["nominal"] for side in SIDES] for row in rows])
    for row, kept in zip(rows, fronts, strict=True):
        row["on_front"] = kept
    return {
        "zone": zone,
        **{item.name: {"value": item.value, "unit": item.unit, "source": item.source} for item in place},
        "kinds": sorted(rows, key=lambda row: row[SIDES[0].value]["nominal"]),
        **_trade(results),
    }  # fmt: skip


def _scarcity(zone: str, setting: Setting) -> list[Parameter]:
    """Return how scarce water is there; nothing where the library does not say."""
    try:
        found = setting.factor("zone", zone, SCARCITY, f"Water scarcity (AWARE), {zone}")
    except BadInput:
        return []
    return [attrs.evolve(found, name="scarcity", unit="L world eq/L")]


def _inventory(parameters: list[Parameter]) -> Inventory:
    facility = {"it": 1.0, "pue": 1.0}
    scarce = {"scarcity": 1.0} if any(item.name == "scarcity" for item in parameters) else {}

    def water(name: str) -> Factors:
        also = {Category.WATER_SCARCITY: {name: 1.0, **scarce}} if scarce else {}
        return {Category.WATER: {name: 1.0}, **also}

    lines: list[tuple[str, Component, dict[str, float], Factors]] = [
        ("electricity", Component.ELECTRICITY, facility, {Category.GWP_LOCATION: {"grid": 1.0}}),
        ("on site", Component.WATER_ON_SITE, {"it": 1.0}, water("wue")),
        ("off site", Component.WATER_OFF_SITE, facility, water("ewif")),
    ]
    return Inventory(
        parameters=(IT, *parameters),
        flows=tuple(
            Flow(name=name, stage=Stage.INFERENCE, process="cooling", component=component, unit="kWh", terms=terms, factors=factors)
            for name, component, terms, factors in lines
        ),
    )  # fmt: skip


def _row(kind: str, centre: list[Parameter], result: Result) -> dict[str, Any]:
    parts = result.table("component")
    water = {
        name: parts[component.value][Category.WATER.value].to_dict()
        for name, component in (
            ("water_on_site", Component.WATER_ON_SITE),
            ("water_of_electricity", Component.WATER_OFF_SITE),
        )
    }
    totals = {side.value: _stat(result, side) for side in (*SIDES, Category.WATER_SCARCITY)}
    values = {item.name: item.value for item in centre}
    return {"kind": kind, "label": KINDS[kind], **values, **totals, **water}


def _stat(result: Result, category: Category) -> dict[str, Any]:
    stat = result.stat(category)
    return stat.to_dict() if stat else {}


def _trade(results: Mapping[str, Result]) -> dict[str, Any]:
    """Tell the best in carbon, the best in water, and how surely; and what choosing the one over the other costs."""
    nominal = {
        side: {kind: _stat(result, side)["nominal"] for kind, result in results.items()}
        for side in SIDES
    }
    carbon, water = (min(nominal[side], key=lambda kind: nominal[side][kind]) for side in SIDES)
    found: dict[str, Any] = {"least_carbon": carbon, "least_water": water}
    for name, side, best in (("carbon_sureness", SIDES[0], carbon), ("water_sureness", SIDES[1], water)):  # fmt: skip
        values = {kind: _values(result, side) for kind, result in results.items()}
        lowest = np.min(list(values.values()), axis=0)
        found[name] = float(np.mean(values[best] <= lowest))
    less = nominal[SIDES[0]][water] - nominal[SIDES[0]][carbon]
    if carbon != water and less > 0:
        more = nominal[SIDES[1]][carbon] - nominal[SIDES[1]][water]
        found |= {"kg_less": less, "litres_more": more, "litres_per_kg": more / less}
    return found


def _values(result: Result, category: Category) -> Any:
    group = result.group(category)
    return group.values if group else np.zeros(0)
