"""ACT, bottom-up: fab electricity, gases and materials per wafer area, divided by yield; memory by size."""

from apps.factors.embodied.device import Device, Library
from apps.factors.embodied.estimate import Basis, Estimate, Outcome, gsd_of, lacks
from apps.factors.embodied.sheet import Sheet, Terms, evaluated, parts
from lca.engine import Category, Derived

ORDER = 3
TITLE = "ACT bottom-up"
BASIS = Basis.ACT
ABOUT = (
    "(fab electricity × grid + gases + materials) / yield, per area of compute die and node, and fab carbon of"
    " memory. Dies only: packaging, board, cooling and transport are left out, so it is a lower bound and its"
    " distance from the others is not counted as spread."
)
NEEDS = ("die_area_mm2", "process_node_nm", "memory_gb")
GWP = Category.GWP_LOCATION


def estimates(device: Device, library: Library) -> list[Outcome]:
    """Climate change of the dies, or what is missing."""
    missing = device.missing(*NEEDS)
    if missing:
        return [lacks(Basis.ACT, "embodied_gwp", missing)]
    node = device.specification["process_node_nm"].value
    wafer = library.listing("act-", "nodes", node)
    if wafer is None:
        return [lacks(Basis.ACT, "embodied_gwp", [f"a wafer of {node:g} nm"])]
    sheet = Sheet(device, library)
    _logic(sheet, wafer)
    _memory(sheet)
    result = evaluated(sheet.inventory())
    pieces = parts(result, "embodied_gwp")
    stat = result.stat(GWP)
    return [
        Estimate(
            basis=Basis.ACT,
            indicator="embodied_gwp",
            value=sum(part.value for part in pieces),
            unit="kg CO2e",
            source="ACT_MODEL",
            scope="dies and memory, fab only: lower bound; spread of its parameters alone",
            year=2026,
            retrieval="C",
            gsd=gsd_of(stat.p05, stat.p95) if stat else None,
            is_whole=False,
            parts=pieces,
            inventory=result.inventory,
        )
    ]


def _logic(sheet: Sheet, wafer: str) -> None:
    area = sheet.specified("die_area_mm2", label="Area of compute dies", symbol="A_die")
    good = _yield(sheet, wafer)
    grid = sheet.constant("act-fab-grid", "gwp", label="Grid of the fab", symbol="CI_fab")
    made: Terms = {area: 1, good: -1}
    for name, indicator, symbol in (
        ("fab electricity", "electricity", "EPA"),
        ("fab gases", "gases", "GPA"),
        ("materials", "materials", "MPA"),
    ):
        per_area = sheet.constant(wafer, indicator, label=name.capitalize(), symbol=symbol)
        factor = {per_area: 1.0, grid: 1.0} if indicator == "electricity" else {per_area: 1.0}
        sheet.part(name, made, {GWP: factor}, unit="cm^2")


def _yield(sheet: Sheet, wafer: str) -> str:
    """exp(-D0 x area of one die) where the node's defect density is known, else the assumed yield."""
    if sheet.library.get(wafer, "defect_density") is None:
        return sheet.constant("fab-yield", "value", label="Yield", symbol="Y")
    density = sheet.constant(wafer, "defect_density", label="Defect density", symbol="D0")
    given = sheet.device.specification["die_area_mm2"]
    one = sheet.modelled(
        "one_die",
        given.value / 100 / sheet.device.n_dies,
        "cm^2",
        label="Area of one compute die",
        symbol="A_1",
        source=f"{given.value:g} mm^2 / {sheet.device.n_dies} dies; {given.citation or given.source}",
    )
    name = f"{sheet.device.key}.yield"
    sheet.derived.append(
        Derived(
            name=name,
            function="poisson_yield",
            arguments=(density, one),
            label="Yield",
            symbol="Y",
        )
    )
    return name


def _memory(sheet: Sheet) -> None:
    size = sheet.specified("memory_gb", label="Memory", symbol="M_mem")
    factor = sheet.constant("act-memory", "gwp", label="Fab carbon of memory", symbol="k_mem")
    sheet.part("memory", {size: 1}, {GWP: {factor: 1}}, unit="GB")
