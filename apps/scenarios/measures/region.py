"""Move to another region: the electricity of another zone, with its own carbon, water, minerals and energy."""

import attrs

from apps.scenarios.measure import (
    INFRASTRUCTURE,
    Change,
    Evidence,
    Given,
    Measure,
    Option,
    matching,
    needed,
    taking,
)
from apps.scenarios.setting import Setting
from lca.engine import Fixed, Inventory, Parameter

MEASURE = Measure(
    key="region",
    label="Move to another region",
    phase=INFRASTRUCTURE,
    says="All computing takes the electricity of another zone; machines and data centre stay as they are.",
    options=(
        Option(name="to", label="zone", is_text=True),
        Option(
            name="from", label="zone that is left (all, if not given)", is_text=True, default=""
        ),
    ),
    evidence=(
        Evidence(
            source="factor library: yearly life-cycle factors of the zone, each with its source",
            conditions="a year's average, location-based; what one more kWh causes (marginal) may differ",
        ),
    ),
)
INDICATORS = {
    "grid": "gwp_location",
    "gwp": "gwp_location",
    "adpe": "adpe",
    "primary_energy": "primary_energy",
    "ewif": "water",
    "ewif_without_hydropower": "water_without_hydropower",
    "ewif_with_hydropower": "water",
}
PARTS_OF_A_RATIO = ("ewif_without_hydropower", "ewif_with_hydropower")
"""These two divide each other; the uncertainty of water is drawn once, in ``ewif``."""
SCARCITY = "zone_scarcity."


def change(inventory: Inventory, given: Given, setting: Setting) -> Change:
    """Take the factors of another zone for every parameter of the zones that are left.

    Raises
    ------
    BadInput
        Where the library lacks one of them for that zone.
    """
    to, left = str(given["to"]), str(given["from"])
    found = matching(inventory, "", start=f"zone.{left}." if left else "zone.")
    found += matching(inventory, left, start=SCARCITY)
    if not left:
        found += declared(inventory)
    needed(found, f"electricity of the zone “{left}”" if left else "electricity of a zone")
    return Change(
        overrides={item.name: _of(item, to, setting) for item in found},
        notes=(
            "Contracts (market-based) are not moved. Factors that a site declared itself, and hourly series, give way to the zone's yearly ones"
            + (", but stay where one zone alone is left." if left else "."),
        ),
    )


def declared(inventory: Inventory) -> list[Parameter]:
    """Return what sites, runs and deployments declare of their electricity in place of a zone: carbon, and water."""
    return [*matching(inventory, ".grid"), *matching(inventory, ".ewif", start="site.")]


def _of(item: Parameter, zone: str, setting: Setting) -> Parameter:
    if item.name.startswith(SCARCITY):
        return taking(item, setting.factor("zone", zone, "aware_non_agricultural", f"Water scarcity (AWARE), {zone}"))  # fmt: skip
    kind = item.name.rsplit(".", 1)[-1]
    other = setting.factor("zone", zone, INDICATORS.get(kind, kind), f"{item.label.split(',')[0]}, {zone}")  # fmt: skip
    found = taking(item, other)
    return attrs.evolve(found, distribution=Fixed(), pedigree=None) if kind in PARTS_OF_A_RATIO else found  # fmt: skip
