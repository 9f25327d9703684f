"""What stands in for a figure until it is declared: the release's factor or default, with its source."""

from collections.abc import Mapping

import attrs

from apps.assessments.inventory.records import AnyFactor, chosen_factors
from apps.assessments.models import Allocation, Deployment, Hardware, Part, Site

Key = tuple[str, str, str]
Found = Mapping[Key, AnyFactor]

HARDWARE_DEFAULTS = {
    "lifetime_years": "year",
    "utilisation": "",
    "node_overhead": "",
}
EMBODIED = {
    "embodied_kg_co2e": "embodied_gwp",
    "embodied_kg_sb_eq": "embodied_adpe",
    "embodied_mj": "embodied_primary_energy",
    "embodied_water_l": "embodied_water",
}


@attrs.frozen
class StandIn:
    """A default in use, with its unit and source."""

    value: float
    unit: str
    source: str


def stand_ins(record: Part) -> dict[str, StandIn]:
    """Return the figure that stands in for each field of a site, hardware or deployment."""
    if isinstance(record, Site):
        return _site(record)
    if isinstance(record, Hardware):
        return _hardware(record)
    return _deployment(record) if isinstance(record, Deployment) else {}


def _site(site: Site) -> dict[str, StandIn]:
    wanted: dict[str, list[Key]] = {
        "pue": [*_places(site, "pue"), ("default", "pue", "value")],
        "wue_l_per_kwh": [
            *_places(site, "wue"),
            *_places(site, "wue_withdrawal"),
            *_places(site, "wue_estimated"),
            ("default", "wue", "value"),
        ],
        "ewif_l_per_kwh": [("zone", site.zone, "water")],
        "grid_kg_co2e_per_kwh": [("zone", site.zone, "gwp_location")],
    }
    return _first(site, wanted)


def _places(site: Site, indicator: str) -> list[Key]:
    """Where a site's PUE and WUE are looked up: its cloud region, then its archetype."""
    return [
        ("cloud_region", site.cloud_region, indicator),
        ("datacentre", site.datacentre, indicator),
    ]


def _hardware(hardware: Hardware) -> dict[str, StandIn]:
    wanted: dict[str, list[Key]] = {
        name: [("default", name, "value")] for name in HARDWARE_DEFAULTS
    }
    if hardware.allocation == Allocation.EXCLUSIVE_NODE:
        del wanted["utilisation"]
    for field, indicator in EMBODIED.items():
        wanted[field] = [("accelerator", hardware.accelerator, indicator)]
    tdp, share = (
        ("accelerator", hardware.accelerator, "tdp_w"),
        ("default", "power_share_of_tdp", "value"),
    )
    found = _find(hardware, [*(key for keys in wanted.values() for key in keys), tdp, share])
    result = _choose(found, wanted)
    if tdp in found and share in found:
        power = found[tdp].value * found[share].value
        source = f"TDP × {found[share].value:g}; {found[tdp].source.citation}"
        result["power_w"] = StandIn(power, "W", source)
    return result


def _deployment(deployment: Deployment) -> dict[str, StandIn]:
    return _first(deployment, {"batch_size": [("default", "ecologits_batch", "value")]})


def _first(record: Part, wanted: Mapping[str, list[Key]]) -> dict[str, StandIn]:
    return _choose(_find(record, [key for keys in wanted.values() for key in keys]), wanted)


def _find(record: Part, keys: list[Key]) -> Found:
    pairs = {(kind, key) for kind, key, _ in keys if key}
    return chosen_factors(record.assessment, pairs)


def _choose(found: Found, wanted: Mapping[str, list[Key]]) -> dict[str, StandIn]:
    """Take the first factor there is for each field."""
    result = {}
    for field, keys in wanted.items():
        factor = next((found[key] for key in keys if key in found), None)
        if factor is not None:
            unit = "" if factor.unit == "1" else factor.unit
            source = f"{factor.source.citation} ({factor.year})"
            result[field] = StandIn(factor.value, unit, source)
    return result
