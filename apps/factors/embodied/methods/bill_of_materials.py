"""ADEME's bill of materials: dies with wafer-edge loss and yield, memory, board, casing, heat sink, transport, end of life."""

import math
from collections.abc import Sequence

from apps.factors.embodied.device import Device, Library
from apps.factors.embodied.estimate import (
    CATEGORIES,
    Basis,
    Estimate,
    Missing,
    Outcome,
    lacks,
)
from apps.factors.embodied.sheet import Sheet, Terms, evaluated, parts
from lca.engine import Category, Result, Stage

ORDER = 2
TITLE = "Bill of materials"
BASIS = Basis.BILL
ABOUT = (
    "ADEME's inventory of a graphics card: effective wafer area of die and memory, board area, masses of casing"
    " and heat sink, transport by lorry and ship, end of life. Gives minerals and primary energy as well; its memory"
    " term makes it an upper bound for climate change."
)
UNITS = {"embodied_gwp": "kg CO2e", "embodied_adpe": "kg Sb eq", "embodied_primary_energy": "MJ"}
FACTORS = {
    "embodied_gwp": "gwp",
    "embodied_adpe": "adpe",
    "embodied_primary_energy": "primary_energy",
}
MASSES = {
    "board_area_cm2": ("board_area", "Circuit board", "A_board"),
    "casing_kg": ("casing", "Casing", "m_casing"),
    "heatsink_kg": ("heatsink", "Heat sink", "m_sink"),
    "mass_kg": ("mass", "Mass", "m"),
}


SYMBOLS = {
    "bom-die": "die",
    "bom-memory": "mem",
    "bom-board": "board",
    "bom-casing": "casing",
    "bom-heatsink": "sink",
    "bom-upstream-transport": "up",
    "bom-truck": "lorry",
    "bom-boat": "ship",
    "bom-end-of-life": "EoL",
}


def effective_area_mm2(
    die_mm2: float, *, wafer_mm: float, kerf_mm: float, defects_per_cm2: float
) -> float:
    """Wafer area that one good die takes, with the cut around it, the edge of the wafer and yield.

    ``A = (sqrt(a) + kerf)^2``, ``W = pi d^2 / 4``, ``n = W / A - pi d / sqrt(2 A)`` dies on a wafer, ``W / n`` divided by
    the yield ``exp(-sqrt(D A))``.

    Raises
    ------
    ValueError
        If not even one such die fits on the wafer.
    """
    cut = (math.sqrt(die_mm2) + kerf_mm) ** 2
    wafer = math.pi * (wafer_mm / 2) ** 2
    dies = wafer / cut - math.pi * wafer_mm / math.sqrt(2 * cut)
    if dies < 1:
        msg = f"A die of {die_mm2:g} mm2 does not fit on a wafer of {wafer_mm:g} mm."
        raise ValueError(msg)
    return wafer / dies / math.exp(-math.sqrt(defects_per_cm2 * cut / 100))


def estimates(device: Device, library: Library) -> list[Outcome]:
    """Climate change, minerals and primary energy, or what the specification lacks."""
    missing = device.missing("die_area_mm2", "memory_gb")
    archetype = library.listing("bom-", "form_factors", device.form_factor)
    silent = [
        label.lower() for name, (_, label, _) in MASSES.items() if name not in device.specification
    ]
    if silent and archetype is None:
        missing += [*silent, "a form factor whose parts are specified"]
    if _per_package(device, library) is None:
        missing.append("kind and number of memory packages")
    if missing:
        return [lacks(Basis.BILL, indicator, missing) for indicator in UNITS]
    try:
        sheet = sheet_of(device, library)
    except ValueError as error:
        return [
            Missing(basis=Basis.BILL, indicator=indicator, reason=str(error)) for indicator in UNITS
        ]
    return _estimates(evaluated(sheet.inventory()), library, silent)


def _estimates(result: Result, library: Library, silent: Sequence[str]) -> list[Outcome]:
    scope = "bill of materials, cradle to grave"
    if silent:
        scope += f"; {', '.join(silent)}: median of similar devices"
    found: list[Outcome] = []
    for indicator, unit in UNITS.items():
        pieces = parts(result, indicator)
        found.append(
            Estimate(
                basis=Basis.BILL,
                indicator=indicator,
                value=sum(part.value for part in pieces),
                unit=unit,
                source="BOM",
                scope=scope,
                year=2026,
                retrieval="C",
                gsd=library["bom-model", "value"].gsd,
                parts=pieces,
                inventory=result.inventory,
            )
        )
    return found


def sheet_of(device: Device, library: Library) -> Sheet:
    """The whole bill of one device whose specification suffices."""
    archetype = library.listing("bom-", "form_factors", device.form_factor)
    sheet = Sheet(device, library)
    error = sheet.constant("bom-model", "value", label="Error of the model", symbol="e")
    _dies(sheet, error)
    amounts = {name: _amount(sheet, name, archetype) for name in MASSES}
    for part, name, unit in (
        ("board", "board_area_cm2", "cm^2"),
        ("casing", "casing_kg", "kg"),
        ("heat sink", "heatsink_kg", "kg"),
    ):
        terms: Terms = {amounts[name]: 1, error: 1}
        sheet.part(part, terms, _impacts(sheet, f"bom-{part.replace(' ', '')}", part), unit=unit)
    _journey(sheet, amounts["mass_kg"], error)
    return sheet


def _dies(sheet: Sheet, error: str) -> None:
    device, library = sheet.device, sheet.library
    total = device.specification["die_area_mm2"].value
    memory = device.specification["memory_gb"].value
    packages = memory / (_per_package(device, library) or 1.0)
    per_gb = library["bom-memory-area", "value"].value
    for part, number, area, label, symbol in (
        ("compute die", float(device.n_dies), total / device.n_dies, "compute dies", "A_die"),
        ("memory", packages, memory * per_gb / packages, "memory dies", "A_mem"),
    ):
        amount = sheet.modelled(
            f"effective_{part.replace(' ', '_')}",
            number * _effective(library, area),
            "mm^2",
            label=f"Effective wafer area of {label}",
            symbol=symbol,
            source=(
                f"{number:g} x W / n / exp(-sqrt(D A)) with A = (sqrt({area:.4g} mm^2) + 0.2 mm)^2, W = pi (150 mm)^2,"
                " n = W / A - pi 300 mm / sqrt(2 A), D = 0.1 / cm^2 (ADEME)"
            ),
        )
        key = "bom-die" if part == "compute die" else "bom-memory"
        sheet.part(part, {amount: 1, error: 1}, _impacts(sheet, key, part), unit="mm^2")


def _effective(library: Library, area: float) -> float:
    return effective_area_mm2(
        area,
        wafer_mm=library["bom-wafer", "value"].value,
        kerf_mm=library["bom-kerf", "value"].value,
        defects_per_cm2=library["bom-defects", "value"].value,
    )


def _per_package(device: Device, library: Library) -> float | None:
    """GB in one package: as specified, else the median of its kind; ``None`` where the kind is not known."""
    packages, memory = (device.specification.get(n) for n in ("memory_packages", "memory_gb"))
    if packages and memory:
        return memory.value / packages.value
    kind = device.memory_type
    if kind.startswith("HBM"):
        return library["bom-hbm", "memory_per_package"].value
    dynamic = kind.startswith(("GDDR", "LPDDR", "DDR"))
    return library["bom-dram", "memory_per_package"].value if dynamic else None


def _amount(sheet: Sheet, name: str, archetype: str | None) -> str:
    indicator, label, symbol = MASSES[name]
    if name in sheet.device.specification:
        return sheet.specified(name, label=label, symbol=symbol)
    return sheet.constant(
        archetype or "", indicator, label=f"{label} of similar devices", symbol=symbol
    )


def _impacts(sheet: Sheet, key: str, part: str, *extra: str) -> dict[Category, Terms]:
    return {
        CATEGORIES[indicator]: {
            sheet.constant(
                key, factor, label=f"{part.capitalize()}, {factor}", symbol=f"k_{SYMBOLS[key]}"
            ): 1.0,
            **dict.fromkeys(extra, 1.0),
        }
        for indicator, factor in FACTORS.items()
    }


def _journey(sheet: Sheet, mass: str, error: str) -> None:
    terms: Terms = {mass: 1, error: 1}
    upstream = _impacts(sheet, "bom-upstream-transport", "transport before assembly")
    sheet.part("transport before assembly", terms, upstream, unit="kg", process="transport")
    for vehicle, key in (("lorry", "bom-truck"), ("ship", "bom-boat")):
        distance = sheet.constant(
            f"bom-{vehicle}-distance",
            "value",
            label=f"Distance by {vehicle}",
            symbol=f"d_{vehicle}",
        )
        carried = _impacts(sheet, key, vehicle, distance)
        sheet.part(f"transport by {vehicle}", terms, carried, unit="kg", process="transport")
    sheet.part(
        "end of life",
        terms,
        _impacts(sheet, "bom-end-of-life", "end of life"),
        unit="kg",
        stage=Stage.END_OF_LIFE,
    )
