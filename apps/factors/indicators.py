"""What the library may hold: kinds of entry, and for each indicator its unit and physical range."""

from dataclasses import dataclass

from django.db import models


class Kind(models.TextChoices):
    ZONE = "zone", "Electricity zone"
    ACCELERATOR = "accelerator", "Accelerator"
    HOST = "host", "Host"
    DATACENTRE = "datacentre", "Data centre"
    CLOUD_REGION = "cloud_region", "Cloud region"
    DEFAULT = "default", "Methodological default"
    EQUIVALENCE = "equivalence", "Equivalence"
    SEMICONDUCTOR = "semiconductor", "Making of hardware"
    WATER_TECHNOLOGY = "water_technology", "Water by generation technology"
    NETWORK = "network", "Network and services"
    DEVICE = "device", "End-user device"
    STORAGE = "storage", "Storage"
    METHOD = "method", "Impact method"
    PEDIGREE = "pedigree", "Pedigree uncertainty"


@dataclass(frozen=True, slots=True)
class Indicator:
    """Unit and physical range of a number; ``unit`` is None where each row states its own."""

    label: str
    unit: str | None
    low: float = 0.0
    high: float = 1e12


_PER_KWH = {
    "gwp_location": Indicator("Climate change, life-cycle", "kg CO2e/kWh", 0, 2.5),
    "gwp_direct": Indicator("Climate change, direct", "kg CO2e/kWh", 0, 2.5),
    "adpe": Indicator("Minerals and metals", "kg Sb eq/kWh", 1e-10, 1e-5),
    "primary_energy": Indicator("Primary energy", "MJ/kWh", 3.6, 60),
    "fossil_energy": Indicator("Fossil and nuclear resources", "MJ/kWh", 0, 60),
    "water": Indicator("Water consumption", "L/kWh", 0, 120),
    "water_without_hydropower": Indicator("Water consumption without hydropower", "L/kWh", 0, 120),
}
_MIX = {
    "share_coal": Indicator("Coal", "1", 0, 1),
    "share_gas": Indicator("Gas", "1", 0, 1),
    "share_oil": Indicator("Oil", "1", 0, 1),
    "share_other_fossil": Indicator("Other fossil", "1", 0, 1),
    "share_nuclear": Indicator("Nuclear", "1", 0, 1),
    "share_hydro": Indicator("Hydropower", "1", 0, 1),
    "share_wind": Indicator("Wind", "1", 0, 1),
    "share_solar": Indicator("Solar", "1", 0, 1),
    "share_bioenergy": Indicator("Bioenergy", "1", 0, 1),
    "share_other_renewable": Indicator("Other renewable", "1", 0, 1),
    "share_unknown": Indicator("Not known", "1", 0, 1),
    "generation": Indicator("Electricity generated", "TWh", 0, 1e5),
}
_SCARCITY = {
    "aware_non_agricultural": Indicator("Water scarcity, non-agricultural use", "m³/m³", 0.01, 100),
    "aware_unspecified": Indicator("Water scarcity, use not specified", "m³/m³", 0.01, 100),
    "aware_agricultural": Indicator("Water scarcity, agricultural use", "m³/m³", 0.01, 100),
}
_EMBODIED = {
    "embodied_gwp": Indicator("Embodied climate change", "kg CO2e", 0.1, 1e5),
    "embodied_adpe": Indicator("Embodied minerals and metals", "kg Sb eq", 1e-7, 100),
    "embodied_primary_energy": Indicator("Embodied primary energy", "MJ", 1, 2e6),
    "embodied_water": Indicator("Embodied water", "L", 0.1, 1e6),
}
_SPECIFICATION = {
    "tdp_w": Indicator("Thermal design power", "W", 0.5, 2e4),
    "memory_gb": Indicator("Memory", "GB", 0.001, 1e4),
    "bandwidth_gb_s": Indicator("Memory bandwidth", "GB/s", 0.1, 1e6),
    "peak_bf16_tflops": Indicator("Peak bf16 or fp16, dense", "TFLOP/s", 0.01, 1e6),
    "peak_fp8_tflops": Indicator("Peak fp8, dense", "TFLOP/s", 0.01, 1e6),
    "peak_int8_tops": Indicator("Peak int8, dense", "TOP/s", 0.01, 1e6),
    "die_area_mm2": Indicator("Logic die area", "mm^2", 1, 1e5),
    "process_node_nm": Indicator("Process node", "nm", 1, 1000),
    "memory_packages": Indicator("Memory packages", "1", 1, 1000),
    "board_area_cm2": Indicator("Circuit board area", "cm^2", 1, 1e4),
    "casing_kg": Indicator("Mass of the casing", "kg", 0, 100),
    "heatsink_kg": Indicator("Mass of the heat sink", "kg", 0, 100),
    "mass_kg": Indicator("Mass", "kg", 0.001, 1000),
}
_HOST = {
    "idle_w": Indicator("Idle power", "W", 0.1, 1e5),
    "average_w": Indicator("Average power", "W", 0.1, 1e5),
    "max_w": Indicator("Maximum power", "W", 0.1, 1e5),
    "lifetime_years": Indicator("Service life", "year", 0.5, 40),
}
_SITE = {
    "pue": Indicator("Power usage effectiveness", "1", 1, 5),
    "wue": Indicator("Water usage effectiveness, consumption", "L/kWh", 0, 20),
    "wue_withdrawal": Indicator("Water withdrawal on site", "L/kWh", 0, 50),
    "wue_facility": Indicator("Water consumption on site, per facility kWh", "L/kWh", 0, 20),
    "wue_facility_withdrawal": Indicator(
        "Water withdrawal on site, per facility kWh", "L/kWh", 0, 50
    ),
    "wue_estimated": Indicator("Water consumption estimated from withdrawal", "L/kWh", 0, 20),
}
_REGION = {
    "cfe_hourly": Indicator("Carbon-free energy, hourly", "1", 0, 1),
    "cfe_annual": Indicator("Carbon-free energy, annual", "1", 0, 1),
    "gwp_provider": Indicator("Climate change, as the provider states", "kg CO2e/kWh", 0, 2.5),
}
_WATER_TECHNOLOGY = {
    "water_consumption": Indicator("Water consumption", "L/kWh", 0, 120),
    "water_withdrawal": Indicator("Water withdrawal", "L/kWh", 0, 1000),
}
_NETWORK = {
    "electricity_per_gb": Indicator("Electricity per GB", "kWh/GB", 0, 100),
    "gwp_per_gb": Indicator("Climate change per GB", "kg CO2e/GB", 0, 100),
    "gwp_per_gb_year": Indicator("Climate change per GB kept a year", "kg CO2e/GB/year", 0, 100),
}
_DEVICE = {
    "average_w": Indicator("Average active power", "W", 0.01, 5000),
    "lifetime_h": Indicator("Service life", "h", 100, 400_000),
    "use_time_share": Indicator("Share of the life in use", "1", 0, 1),
    "embodied_gwp": _EMBODIED["embodied_gwp"],
    "embodied_adpe": _EMBODIED["embodied_adpe"],
    "embodied_fossil_energy": Indicator("Embodied fossil resources", "MJ", 1, 2e6),
    "life_cycle_gwp": Indicator("Climate change over its life", "kg CO2e", 0.1, 1e5),
}
_STORAGE = {
    "embodied_gwp_per_gb": Indicator("Embodied climate change per GB", "kg CO2e/GB", 1e-6, 10),
    "embodied_gwp": _EMBODIED["embodied_gwp"],
}
_CHARACTERISATION = {
    "co2": Indicator("Carbon dioxide", "kg CO2e/kg", 1, 1),
    "ch4": Indicator("Methane", "kg CO2e/kg", 1, 100),
    "ch4_fossil": Indicator("Methane, fossil", "kg CO2e/kg", 1, 100),
    "ch4_biogenic": Indicator("Methane, non-fossil", "kg CO2e/kg", 1, 100),
    "n2o": Indicator("Nitrous oxide", "kg CO2e/kg", 1, 1000),
    "sf6": Indicator("Sulphur hexafluoride", "kg CO2e/kg", 1, 1e5),
    "nf3": Indicator("Nitrogen trifluoride", "kg CO2e/kg", 1, 1e5),
}
_PEDIGREE = {
    **{f"gsd_score_{n}": Indicator(f"GSD at score {n}", "1", 1, 3) for n in range(1, 6)},
    "gsd_basic": Indicator("Basic GSD", "1", 1, 3),
}
INDICATORS: dict[str, dict[str, Indicator]] = {
    Kind.ZONE: _PER_KWH | _MIX | _SCARCITY,
    Kind.ACCELERATOR: _SPECIFICATION | _EMBODIED,
    Kind.HOST: _EMBODIED | _HOST,
    Kind.DATACENTRE: _SITE,
    Kind.CLOUD_REGION: _SITE | _REGION,
    Kind.DEFAULT: {"value": Indicator("Value", None, -1, 1e6)},
    Kind.EQUIVALENCE: {
        "gwp": Indicator("Climate change", "kg CO2e", 0, 1e6),
        "water": Indicator("Water", "L", 0, 1e9),
        "adpe": Indicator("Minerals and metals", "kg Sb eq", 0, 1e3),
        "electricity": Indicator("Electricity", "kWh", 0, 1e6),
    },
    Kind.SEMICONDUCTOR: {
        "gwp": Indicator("Climate change", None, 0, 1e3),
        "adpe": Indicator("Minerals and metals", None, 0, 1),
        "primary_energy": Indicator("Primary energy", None, 0, 1e4),
        "water": Indicator("Ultrapure water", None, 0, 1e3),
        "electricity": Indicator("Fab electricity", "kWh/cm^2", 0, 100),
        "gases": Indicator("Fab gases", "kg CO2e/cm^2", 0, 100),
        "materials": Indicator("Upstream materials", "kg CO2e/cm^2", 0, 100),
        "defect_density": Indicator("Defect density", "1/cm^2", 0, 10),
        "value": Indicator("Value", None, 0, 1e6),
        "board_area": Indicator("Circuit board area", "cm^2", 0, 1e4),
        "casing": Indicator("Mass of the casing", "kg", 0, 100),
        "heatsink": Indicator("Mass of the heat sink", "kg", 0, 100),
        "mass": Indicator("Mass", "kg", 0, 1000),
        "memory_per_package": Indicator("Memory per package", "GB", 0, 1e3),
    },
    Kind.WATER_TECHNOLOGY: _WATER_TECHNOLOGY,
    Kind.NETWORK: _NETWORK,
    Kind.DEVICE: _DEVICE,
    Kind.STORAGE: _STORAGE,
    Kind.METHOD: _CHARACTERISATION,
    Kind.PEDIGREE: _PEDIGREE,
}

MIX_SHARES = tuple(name for name in _MIX if name.startswith("share_"))


def label_of(kind: str, indicator: str) -> str:
    """Name of an indicator for readers."""
    return INDICATORS[kind][indicator].label
