"""The place where a strategy's figures are valued, from the library's own files: no database is needed.

Strategies that stand alone (``manage.py whatif``) multiply their energy by these parameters.
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import attrs
from django.conf import settings

from apps.assessments.inventory.draft import spread
from apps.scenarios.errors import BadInput
from apps.scenarios.request import Site
from apps.scenarios.serving.library import chosen
from apps.scenarios.setting import Setting
from lca.engine import Fixed, Parameter, Provenance

WORLD = "WORLD"
TABLES = ("defaults", "zones", "aware", "datacentres")
INDICATORS = {
    "grid": ("gwp_location", "Grid intensity"),
    "ewif": ("water", "Water of electricity"),
}
DEFAULTS = {
    "node_overhead": "Energy of the node over its accelerators",
    "pue": "PUE",
    "wue": "WUE",
}


def site(factors: Path, zone: str = WORLD, given: Mapping[str, float | None] | None = None) -> Site:
    """Return a site of the library's zone, with defaults for the data centre unless figures are given.

    Raises
    ------
    BadInput
        For a zone without a carbon or water factor, or a figure that cannot be.
    """
    library = _library(factors)
    found: dict[str, Parameter] = {}
    for name, label in DEFAULTS.items():
        found[name] = _parameter(name, label, library, ("default", name, "value"))
    for name, (indicator, label) in INDICATORS.items():
        found[name] = _parameter(name, f"{label}, {zone}", library, ("zone", zone, indicator))
    for name, value in (given or {}).items():
        if value is not None:
            found[name] = _given(found[name], value)
    return Site(zone=zone, parameters=found)


Row = dict[str, str]
Key = tuple[str, str, str]


@cache
def _library(folder: Path) -> tuple[dict[Key, Row], dict[str, str]]:
    """Read the files that what-ifs need; the whole library is checked where it is loaded, which takes longer."""
    rows = [row for name in TABLES for row in _lines(folder / f"{name}.csv")]
    chosen = {
        (row["kind"], row["key"], row["indicator"]): row for row in rows if row["chosen"] == "yes"
    }
    return chosen, {row["key"]: row["citation"] for row in _lines(folder / "sources.csv")}


def _lines(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def factor(factors: Path, kind: str, key: str, indicator: str, label: str) -> Parameter:
    """Return a factor of the library as a parameter, with its interval and source.

    Raises
    ------
    BadInput
        Where the library has none.
    """
    return _parameter(indicator, label, _library(factors), (kind, key, indicator))


def _parameter(
    name: str,
    label: str,
    library: tuple[dict[Key, Row], dict[str, str]],
    key: Key,
) -> Parameter:
    rows, citations = library
    row = rows.get(key)
    if row is None:
        msg = f"The library has no {key[2]} for the {key[0]} “{key[1]}”. Zones are named as FR, CA-QC or WORLD; see the factor pages."
        raise BadInput(msg, field=key[0])
    value = float(row["value"])
    low, high, gsd = (float(row[name]) if row[name] else None for name in ("low", "high", "gsd"))
    return Parameter(
        name=f"site.{name}",
        value=value,
        unit=row["unit"],
        distribution=spread(value, low, high, gsd, kind=row["distribution"]),
        minimum=0.0,
        provenance=Provenance.DEFAULT,
        label=label,
        source=f"{citations[row['source']]} ({row['year']})",
    )


def _given(default: Parameter, value: float) -> Parameter:
    least = 1.0 if default.unit == "1" else 0.0
    if not least <= value < float("inf"):
        msg = f"{default.label} is {value:g}; it must be a number of {least:g} or more."
        raise BadInput(msg, field=default.name.removeprefix("site."))
    return attrs.evolve(
        default,
        value=value,
        distribution=Fixed(),
        provenance=Provenance.SUPPLIED,
        source="given for this what-if",
    )


def servers() -> Path:
    """Return the table of measured servers that ships with the product."""
    return Path(settings.BASE_DIR) / "fixtures" / "profiles" / "serving.csv"


def shipped(options: Mapping[str, Any]) -> Setting:
    """Return the setting of what-ifs on the library that ships with the product; ``options`` are zone, pue, wue and grid."""
    factors = Path(settings.BASE_DIR) / "fixtures" / "factors"
    centre = {name: options.get(name) for name in ("pue", "wue")}
    return Setting(
        site=site(factors, options.get("zone", WORLD), {**centre, "grid": options.get("grid")}),
        elsewhere=lambda zone: site(factors, zone, centre),
        factor=lambda *words: factor(factors, *words),
        profile=lambda name: chosen(name, servers()),
    )
