"""What a device draws in a year of work, and what that means on a few grids."""

from collections.abc import Mapping, Sequence

import attrs

from apps.factors.embodied.device import Device, Given
from apps.factors.embodied.estimate import Estimate
from apps.factors.embodied.sheet import DRAWS
from apps.factors.models import Factor, Release
from lca.engine import Category, Component, Flow, Inventory, Parameter, Provenance, Stage, assess
from lca.engine.formula import formula
from lca.engine.result import Stat

GRIDS = ("SE", "FR", "EU27", "US", "WORLD", "CN", "IN")
SHARE, PUE = ("default", "power_share_of_tdp", "value"), ("default", "pue", "value")
HOURS_PER_YEAR = 8766.0  # a Julian year, as pint's
MONTHS_PER_YEAR = 12.0
Found = Mapping[tuple[str, str, str], Factor]


@attrs.frozen(kw_only=True)
class OnGrid:
    """A year of work on one grid; ``months`` of it emit as much as making the device, where that is known."""

    name: str
    key: str
    stat: Stat
    intensity: Given
    months: float | None


@attrs.frozen(kw_only=True)
class Use:
    """Electricity and carbon of a year of uninterrupted work, cooling included."""

    electricity: Stat
    formula: str
    parameters: tuple[Parameter, ...]
    grids: tuple[OnGrid, ...]


def wanted() -> set[tuple[str, str]]:
    """Entries of the release that the use phase reads."""
    return {SHARE[:2], PUE[:2], *(("zone", zone) for zone in GRIDS)}


def year_of_work(
    device: Device, release: Release, found: Found, embodied: Estimate | None
) -> Use | None:
    """Sum over the grids that the release holds; ``None`` where no source gives the power."""
    power = device.specification.get("tdp_w")
    zones = [zone for zone in GRIDS if ("zone", zone, "gwp_location") in found]
    if power is None or not {SHARE, PUE} <= found.keys() or not zones or not release.pk:
        return None
    parameters = _parameters(power, found, zones)
    inventory = Inventory(parameters=parameters, flows=tuple(_flow(zone) for zone in zones))
    result = assess(inventory, draws=DRAWS, by={"process"})
    by_zone = {zone: result.stat(Category.GWP_LOCATION, "process", zone) for zone in zones}
    electricity = result.stat(Category.ELECTRICITY, "process", zones[0])
    if electricity is None:
        return None
    return Use(
        electricity=electricity,
        formula=formula(inventory, inventory.flows[0], Category.ELECTRICITY),
        parameters=parameters[:4],
        grids=tuple(
            _on_grid(found["zone", zone, "gwp_location"], stat, embodied)
            for zone, stat in by_zone.items()
            if stat is not None
        ),
    )


def _on_grid(factor: Factor, stat: Stat, embodied: Estimate | None) -> OnGrid:
    months = embodied.value / stat.nominal * MONTHS_PER_YEAR if embodied and stat.nominal else None
    return OnGrid(
        name=factor.entry.name,
        key=factor.entry.key,
        stat=stat,
        intensity=_given(factor),
        months=months,
    )


def _parameters(power: Given, found: Found, zones: Sequence[str]) -> tuple[Parameter, ...]:
    hours = Parameter(
        name="hours",
        value=HOURS_PER_YEAR,
        unit="h",
        provenance=Provenance.SUPPLIED,
        label="A year without interruption",
        symbol="h",
        source="Definition",
    )
    grids = [
        _given(found["zone", zone, "gwp_location"]).parameter(
            f"grid.{zone}", label=f"Grid, {zone}", symbol=f"CI_{zone}"
        )
        for zone in zones
    ]
    return (
        power.parameter("tdp", label="Thermal design power", symbol="TDP"),
        _given(found[SHARE]).parameter(
            "share", label="Mean power as a share of TDP", symbol="s_TDP"
        ),
        _given(found[PUE]).parameter("pue", label="Power usage effectiveness", symbol="PUE"),
        hours,
        *grids,
    )


def _flow(zone: str) -> Flow:
    return Flow(
        name=zone,
        stage=Stage.INFERENCE,
        process=zone,
        component=Component.ELECTRICITY,
        unit="kWh",
        terms={"tdp": 1, "share": 1, "pue": 1, "hours": 1},
        factors={Category.GWP_LOCATION: {f"grid.{zone}": 1}, Category.ELECTRICITY: {}},
    )


def _given(factor: Factor) -> Given:
    return Given(
        indicator=factor.indicator,
        value=factor.value,
        unit=factor.unit,
        low=factor.low,
        high=factor.high,
        gsd=factor.gsd,
        year=factor.year,
        retrieval=factor.retrieval,
        source=factor.source.key,
        citation=factor.source.citation,
        note=factor.note,
    )
