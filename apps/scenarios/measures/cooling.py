"""Cool differently: the PUE and WUE of another kind of data centre, from simulations over climates and from measured sites."""

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
from lca.engine import Inventory

KINDS = {
    "arch_mid_dx": "air, direct expansion (midsize)",
    "arch_mid_wcc": "chilled water, evaporative tower (midsize)",
    "arch_large_ae_adiabatic_acc": "outside air, adiabatic assist (large)",
    "arch_large_wse": "waterside economiser, evaporative tower (large)",
    "arch_large_dry_adiabatic": "dry cooler, adiabatic assist (large)",
    "arch_liquid_d2c_wse": "liquid to the chip, evaporative tower",
    "arch_liquid_d2c_dry_adiabatic": "liquid to the chip, dry cooler with adiabatic assist",
    "arch_liquid_immersion_dry_adiabatic": "immersion, dry cooler with adiabatic assist",
    "arch_liquid_dry_waterless": "liquid, single- or two-phase, dry cooler without water",
    "nrel_esif": "warm-water liquid, measured at NREL ESIF, Colorado",
}
MEASURE = Measure(
    key="cooling",
    label="Cool differently",
    phase=INFRASTRUCTURE,
    says="Every site takes the PUE and the WUE of another cooling; what its electricity costs in water is counted with it.",
    options=(
        Option(name="kind", label="cooling", is_text=True, choices=tuple(KINDS), named=KINDS),
    ),
    evidence=(
        Evidence(
            source="Lei et al. 2025 (simulated over 15 climate zones of the United States, 5 to 95 %), LBNL-2001637, NREL ESIF",
            conditions="yearly means; a hot or humid place lies at the upper end of the interval",
        ),
        Evidence(
            source="ZutaCore, HyperCool: two-phase cooling of the chip without water, at over 40 sites (its maker)",
            conditions="no PUE or WUE is published; the waterless kind stands for it, from LBNL's simulation",
            is_claim=True,
        ),
    ),
)


def change(inventory: Inventory, given: Given, setting: Setting) -> Change:
    """Take PUE and WUE of a kind of cooling at every site."""
    key = str(given["kind"])
    sites = needed(matching(inventory, ".pue", ".wue", start="site."), "PUE or WUE of a site")
    return Change(
        overrides={
            item.name: taking(item, setting.factor("datacentre", key, item.name.rsplit(".", 1)[-1], f"{item.label}: {KINDS[key]}"))
            for item in sites
        },
        notes=("Embodied impacts of building or changing the cooling are not counted: no source gives them.",),
    )  # fmt: skip
