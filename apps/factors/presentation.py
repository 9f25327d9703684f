"""How entries and their factors are laid out for readers: columns, groups, a strip of rival values."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from apps.factors.indicators import INDICATORS, Kind
from apps.factors.models import Entry, Factor

HEADLINES: dict[str, tuple[str, ...]] = {
    Kind.ZONE: ("gwp_location", "gwp_direct", "water", "adpe", "aware_non_agricultural"),
    Kind.ACCELERATOR: ("tdp_w", "memory_gb", "embodied_gwp", "embodied_water"),
    Kind.HOST: ("embodied_gwp", "embodied_adpe", "max_w"),
    Kind.DATACENTRE: ("pue", "wue", "wue_withdrawal"),
    Kind.CLOUD_REGION: ("pue", "wue", "wue_withdrawal", "cfe_hourly"),
    Kind.DEFAULT: ("value",),
    Kind.EQUIVALENCE: ("gwp", "water", "adpe", "electricity"),
    Kind.SEMICONDUCTOR: ("gwp", "adpe", "primary_energy", "value", "electricity"),
    Kind.WATER_TECHNOLOGY: ("water_consumption", "water_withdrawal"),
    Kind.NETWORK: ("electricity_per_gb", "gwp_per_gb", "gwp_per_gb_year"),
    Kind.DEVICE: ("average_w", "lifetime_h", "embodied_gwp", "life_cycle_gwp"),
    Kind.STORAGE: ("embodied_gwp_per_gb", "embodied_gwp"),
    Kind.METHOD: ("ch4", "ch4_fossil", "ch4_biogenic", "n2o"),
    Kind.PEDIGREE: tuple(f"gsd_score_{n}" for n in range(1, 6)),
}
INTRODUCTIONS: dict[str, str] = {
    Kind.ZONE: "Carbon, water, minerals and primary energy of a kilowatt-hour, by country and sub-national zone.",
    Kind.ACCELERATOR: "Specifications and embodied impacts; published footprints beside models.",
    Kind.HOST: "Servers without their accelerators, and whole nodes for comparison.",
    Kind.DATACENTRE: "Power and water usage effectiveness of operators, sites and cooling archetypes.",
    Kind.CLOUD_REGION: "Regions of cloud providers, with their electricity zone, PUE and water.",
    Kind.DEFAULT: "What is assumed when nothing is declared, and why.",
    Kind.EQUIVALENCE: "Everyday things with a published footprint, to compare with.",
    Kind.SEMICONDUCTOR: "Wafers, memory, boards, transport: what embodied impacts of accelerators are computed from.",
    Kind.WATER_TECHNOLOGY: "Water consumed and withdrawn by power stations, by fuel and cooling.",
    Kind.NETWORK: "Electricity and climate change of moving or keeping a gigabyte.",
    Kind.DEVICE: "Power, service life and embodied impacts of what people read answers on.",
    Kind.STORAGE: "Embodied climate change of drives, by gigabyte or by drive.",
    Kind.METHOD: "How flows become impacts: definitions, units and characterisation factors.",
    Kind.PEDIGREE: "From data-quality scores to geometric standard deviations.",
}
PLURALS: dict[str, str] = {
    Kind.ZONE: "Electricity zones",
    Kind.ACCELERATOR: "Accelerators",
    Kind.HOST: "Hosts",
    Kind.DATACENTRE: "Data centres",
    Kind.CLOUD_REGION: "Cloud regions",
    Kind.DEFAULT: "Methodological defaults",
    Kind.EQUIVALENCE: "Equivalences",
    Kind.SEMICONDUCTOR: "Making of hardware",
    Kind.WATER_TECHNOLOGY: "Water by generation technology",
    Kind.NETWORK: "Network and services",
    Kind.DEVICE: "End-user devices",
    Kind.STORAGE: "Storage",
    Kind.METHOD: "Impact methods",
    Kind.PEDIGREE: "Pedigree uncertainty",
}
ZONE_HEADLINES = {
    "gwp_location": "Climate change, life-cycle",
    "gwp_direct": "Climate change, direct",
    "water": "Water, hydropower included",
    "water_without_hydropower": "Water without hydropower",
    "aware_non_agricultural": "Water scarcity (world average 1)",
}
HIDDEN_FACTS = {
    *("note", "source", "specification_url", "has_life_cycle"),
    *("zone", "parent", "definition", "zone_type"),
}
STRIP_WIDTH, STRIP_MARGIN = 640.0, 8.0
STRIP_LINE = 20.0
Z90 = 1.645


@dataclass(frozen=True, slots=True)
class KindCard:
    kind: str
    title: str
    introduction: str
    n_entries: int
    n_factors: int


@dataclass(frozen=True, slots=True)
class Row:
    entry: Entry
    factors: list[Factor | None]


@dataclass(frozen=True, slots=True)
class Dot:
    """A rival value with its interval on the strip, in the strip's own units."""

    factor: Factor
    x: float
    low: float
    high: float
    y: float


@dataclass(frozen=True, slots=True)
class Group:
    """One indicator of an entry: the chosen value and its rivals."""

    label: str
    indicator: str
    factors: list[Factor]

    @property
    def chosen(self) -> Factor:
        """The value that assessments use."""
        return next(factor for factor in self.factors if factor.chosen)

    @property
    def spread(self) -> float | None:
        """Largest over smallest of the rival values."""
        values = [factor.value for factor in self.factors]
        return max(values) / min(values) if len(values) > 1 and min(values) > 0 else None

    @property
    def height(self) -> float:
        """Height of the strip: a line for each rival."""
        return STRIP_LINE * len(self.factors)

    @property
    def dots(self) -> list[Dot]:
        """Rival values and their intervals along a line from zero to the largest."""
        ranges = [interval(row) for row in self.factors]
        largest = max(high for _, high in ranges) or 1.0
        scale = (STRIP_WIDTH - 2 * STRIP_MARGIN) / largest
        return [
            Dot(row, *_placed(scale, row.value, low, high), STRIP_LINE * (n + 0.5))
            for n, (row, (low, high)) in enumerate(zip(self.factors, ranges, strict=True))
        ]


def _placed(scale: float, value: float, low: float, high: float) -> tuple[float, float, float]:
    return STRIP_MARGIN + scale * value, STRIP_MARGIN + scale * low, STRIP_MARGIN + scale * high


def interval(factor: Factor) -> tuple[float, float]:
    """Range of a number: the stated one, else 90 % of its log-normal, else the number itself."""
    value = factor.value
    if factor.gsd and factor.distribution == Factor.Distribution.LOGNORMAL:
        return value / factor.gsd**Z90, value * factor.gsd**Z90
    if factor.observed:
        return min(factor.observed), max(factor.observed)
    low = value if factor.low is None else factor.low
    return low, value if factor.high is None else factor.high


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure at the top of a page, with its interval."""

    label: str
    factor: Factor
    low: float
    high: float


def kinds(counts: dict[str, tuple[int, int]]) -> list[KindCard]:
    """The kinds in their own order with what a release holds of them."""
    return [
        KindCard(kind, PLURALS[kind], INTRODUCTIONS[kind], *counts.get(kind, (0, 0)))
        for kind in Kind
    ]


def columns(kind: str) -> list[str]:
    """Headings of the list of a kind."""
    return [INDICATORS[kind][indicator].label for indicator in HEADLINES[kind]]


def rows(kind: str, entries: Iterable[Entry]) -> list[Row]:
    """Entries with their chosen headline factors, in the order of the columns."""
    return [Row(entry, _headlines(kind, entry)) for entry in entries]


def _headlines(kind: str, entry: Entry) -> list[Factor | None]:
    chosen = {factor.indicator: factor for factor in entry.factors.all() if factor.chosen}
    return [chosen.get(indicator) for indicator in HEADLINES[kind]]


def headlines(zone: Entry) -> list[Headline]:
    """The figures a zone's page opens with, those that it has: life-cycle carbon, else direct; water; scarcity."""
    chosen = {row.indicator: row for row in zone.factors.all() if row.chosen}
    if "gwp_location" in chosen:
        chosen.pop("gwp_direct", None)
    return [
        Headline(label, chosen[name], *interval(chosen[name]))
        for name, label in ZONE_HEADLINES.items()
        if name in chosen
    ]


def groups(entry: Entry, but: Iterable[str] = ()) -> list[Group]:
    """Factors of an entry by indicator, in the order in which indicators are defined."""
    order = list(INDICATORS[entry.kind])
    shown = [row for row in entry.factors.all() if row.indicator not in set(but)]
    factors = sorted(shown, key=lambda row: (order.index(row.indicator), not row.chosen, row.value))
    return [
        Group(INDICATORS[entry.kind][indicator].label, indicator, list(members))
        for indicator, members in groupby(factors, key=lambda row: row.indicator)
    ]


def facts(entry: Entry) -> list[tuple[str, object]]:
    """Attributes worth reading, with their names in words."""
    return [
        (
            name.removeprefix("n_").replace("_", " ").capitalize(),
            "yes" if value is True else "no" if value is False else value,
        )
        for name, value in sorted(entry.attributes.items())
        if name not in HIDDEN_FACTS
    ]
