"""Water of the fab: ultrapure water per wafer area, divided by yield; the compute dies alone."""

from apps.factors.embodied.device import Device, Library
from apps.factors.embodied.estimate import Basis, Estimate, Outcome, lacks
from apps.factors.embodied.sheet import Sheet, evaluated, parts
from lca.engine import Category

ORDER = 4
TITLE = "Fab water"
BASIS = Basis.FAB_WATER
ABOUT = (
    "Area of compute dies / yield × ultrapure water per wafer area of the node. Memory is not included, and no"
    " measured value exists for any product."
)


def estimates(device: Device, library: Library) -> list[Outcome]:
    """Water of the compute dies, with the range that its parameters allow."""
    missing = device.missing("die_area_mm2", "process_node_nm")
    if missing:
        return [lacks(Basis.FAB_WATER, "embodied_water", missing)]
    node = device.specification["process_node_nm"].value
    key = library.listing("fab-water", "nodes", node)
    if key is None:
        return [lacks(Basis.FAB_WATER, "embodied_water", [f"water of a {node:g} nm fab"])]
    return [_estimate(device, library, key)]


def _estimate(device: Device, library: Library, key: str) -> Estimate:
    sheet = Sheet(device, library)
    area = sheet.specified("die_area_mm2", label="Area of compute dies", symbol="A_die")
    good = sheet.constant("fab-yield", "value", label="Yield", symbol="Y")
    water = sheet.constant(key, "water", label="Ultrapure water", symbol="UPW")
    sheet.part("compute die", {area: 1, good: -1}, {Category.WATER: {water: 1}}, unit="cm^2")
    result = evaluated(sheet.inventory())
    pieces = parts(result, "embodied_water")
    value = pieces[0].value
    per_area, yields = library[key, "water"], library["fab-yield", "value"]
    return Estimate(
        basis=Basis.FAB_WATER,
        indicator="embodied_water",
        value=value,
        unit="L",
        source="DIE_WATER",
        scope="ultrapure water of the logic die; memory not included",
        year=2026,
        retrieval="C",
        low=value * _ratio(per_area.low, per_area.value) / _ratio(yields.high, yields.value),
        high=value * _ratio(per_area.high, per_area.value) / _ratio(yields.low, yields.value),
        parts=pieces,
        inventory=result.inventory,
    )


def _ratio(bound: float | None, value: float) -> float:
    return 1.0 if bound is None else bound / value
