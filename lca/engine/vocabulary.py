"""The closed word lists of an assessment: stages, components, impact categories, provenance.

The words are those of ``docs/nomenclature.md``; nothing else may invent a stage or a category.
"""

from enum import StrEnum


class Stage(StrEnum):
    """Life-cycle stage, in the order in which reports print them."""

    HARDWARE = "hardware"
    DEVELOPMENT = "development"
    TRAINING = "training"
    INFERENCE = "inference"
    NETWORK_DEVICES = "network_devices"
    END_OF_LIFE = "end_of_life"

    @property
    def label(self) -> str:
        """Name for readers."""
        return {"network_devices": "Network & devices", "end_of_life": "End of life"}.get(
            self.value, self.value.capitalize()
        )


class Component(StrEnum):
    """What part of the system a flow belongs to, across stages."""

    ELECTRICITY = "electricity"
    EMBODIED = "embodied"
    WATER_ON_SITE = "water_on_site"
    WATER_OFF_SITE = "water_off_site"
    COOLING_OVERHEAD = "cooling_overhead"
    BUILDING = "building"
    UPSTREAM = "upstream"

    @property
    def label(self) -> str:
        """Name for readers."""
        return self.value.replace("_", " ").capitalize()


class Category(StrEnum):
    """Impact category, with its indicator's unit."""

    GWP_LOCATION = "gwp_location"
    GWP_MARKET = "gwp_market"
    WATER = "water"
    WATER_WITHOUT_HYDROPOWER = "water_without_hydropower"
    WATER_SCARCITY = "water_scarcity"
    ADPE = "adpe"
    PRIMARY_ENERGY = "primary_energy"
    ELECTRICITY = "electricity"

    @property
    def unit(self) -> str:
        """Unit of the category indicator."""
        return _UNITS[self]

    @property
    def label(self) -> str:
        """Name for readers."""
        return _LABELS[self]

    @property
    def place(self) -> int:
        """Where it stands in reporting order."""
        return _PLACES[self]

    @property
    def detail_of(self) -> "Category | None":
        """Category that this one looks at more closely; it stands beside that one, never among the headlines."""
        return Category.WATER if self in _DETAILS_OF_WATER else None


class Provenance(StrEnum):
    """Where a value comes from, strongest first."""

    MEASURED = "measured"
    SUPPLIED = "supplied"
    MODELLED = "modelled"
    DEFAULT = "default"

    @property
    def rank(self) -> int:
        """0 for the strongest evidence, 3 for the weakest."""
        return _RANKS[self]


_RANKS = {item: rank for rank, item in enumerate(Provenance)}
_PLACES = {category: place for place, category in enumerate(Category)}
_DETAILS_OF_WATER = {Category.WATER_WITHOUT_HYDROPOWER, Category.WATER_SCARCITY}
_UNITS = {
    Category.GWP_LOCATION: "kg CO2e",
    Category.GWP_MARKET: "kg CO2e",
    Category.WATER: "L",
    Category.WATER_WITHOUT_HYDROPOWER: "L",
    Category.WATER_SCARCITY: "L world eq",
    Category.ADPE: "kg Sb eq",
    Category.PRIMARY_ENERGY: "MJ",
    Category.ELECTRICITY: "kWh",
}
_LABELS = {
    Category.GWP_LOCATION: "Climate change, location-based",
    Category.GWP_MARKET: "Climate change, market-based",
    Category.WATER: "Water consumption",
    Category.WATER_WITHOUT_HYDROPOWER: "Water consumption without hydropower's evaporation",
    Category.WATER_SCARCITY: "Water scarcity of electricity and cooling",
    Category.ADPE: "Depletion of minerals and metals",
    Category.PRIMARY_ENERGY: "Primary energy",
    Category.ELECTRICITY: "Electricity",
}
