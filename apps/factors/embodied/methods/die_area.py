"""The die-area model, calibrated on NVIDIA's two baseboard footprints: logic by area, memory by size, the rest by power."""

from apps.factors.embodied.device import Device, Library
from apps.factors.embodied.estimate import Basis, Estimate, Outcome, lacks
from apps.factors.embodied.sheet import Sheet, evaluated, parts
from lca.engine import Category

ORDER = 1
TITLE = "Die-area model"
BASIS = Basis.DIE_AREA
ABOUT = (
    "5.0 kg CO2e per cm² of compute die, 0.81 kg per GB of HBM or 0.93 of other memory, 0.071 kg per watt for"
    " thermal parts and board. Calibrated on the H100 and B200 baseboards: manufacturers' accounting, a third"
    " below independent studies."
)
NEEDS = ("die_area_mm2", "memory_gb", "tdp_w")
GWP = Category.GWP_LOCATION


def estimates(device: Device, library: Library) -> list[Outcome]:
    """Climate change of the device, or what its specification lacks."""
    missing = device.missing(*NEEDS) + ([] if device.memory_type else ["memory type"])
    if missing:
        return [lacks(Basis.DIE_AREA, "embodied_gwp", missing)]
    sheet = _sheet(device, library)
    result = evaluated(sheet.inventory())
    pieces = parts(result, "embodied_gwp")
    value = sum(part.value for part in pieces)
    gsd = library["die-area-model", "value"].gsd
    reach = library["die-area-academic", "value"].high or 1.0
    return [
        Estimate(
            basis=Basis.DIE_AREA,
            indicator="embodied_gwp",
            value=value,
            unit="kg CO2e",
            source="DIE_AREA",
            scope="cradle to gate, manufacturer accounting",
            year=2026,
            retrieval="C",
            low=value / (gsd or 1.0),
            high=value * reach,
            gsd=gsd,
            parts=pieces,
            inventory=result.inventory,
        )
    ]


def _sheet(device: Device, library: Library) -> Sheet:
    sheet = Sheet(device, library)
    error = sheet.constant("die-area-model", "value", label="Error of the model", symbol="e")
    memory = "die-area-hbm" if device.memory_type.startswith("HBM") else "die-area-dram"
    rows = (
        ("compute die", "die_area_mm2", "Area of compute dies", "A_die", "die-area-logic", "cm^2"),
        ("memory", "memory_gb", "Memory", "M_mem", memory, "GB"),
        (
            "thermal parts and board",
            "tdp_w",
            "Thermal design power",
            "P_TDP",
            "die-area-power",
            "W",
        ),
    )
    for name, indicator, label, symbol, constant, unit in rows:
        amount = sheet.specified(indicator, label=label, symbol=symbol)
        factor = sheet.constant(
            constant,
            "gwp",
            label=f"Climate change of {name}",
            symbol=f"k_{symbol.partition('_')[2]}",
        )
        sheet.part(name, {amount: 1, error: 1}, {GWP: {factor: 1}}, unit=unit)
    return sheet
