"""How entries and their factors are laid out for readers: columns, groups, a strip of rival values."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from apps.factors.indicators import INDICATORS, Kind
from apps.factors.models import Entry, Factor

HEADLINES: dict[str, tuple[str, ...]] = {
    Kind.ZONE: ("gwp_location", "gwp_direct", "water", "adpe"),
    Kind.ACCELERATOR: ("tdp_w", "memory_gb", "embodied_gwp", "embodied_water"),
    Kind.HOST: ("embodied_gwp", "embodied_adpe", "max_w"),
    Kind.DATACENTRE: ("pue", "wue", "wue_withdrawal"),
    Kind.CLOUD_REGION: ("pue", "wue", "wue_withdrawal", "cfe_hourly"),
    Kind.DEFAULT: ("value",),
    Kind.EQUIVALENCE: ("gwp", "water", "adpe", "electricity"),
    Kind.SEMICONDUCTOR: ("gwp", "adpe", "primary_energy", "value", "electricity"),
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
}
HIDDEN_FACTS = {"note", "source", "specification_url", "has_life_cycle"}
STRIP_WIDTH, STRIP_MARGIN = 640.0, 8.0


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
    """A rival value on the strip; ``x`` is in the strip's own units."""

    factor: Factor
    x: float


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
    def dots(self) -> list[Dot]:
        """Rival values along a line from zero to the largest."""
        largest = max(factor.value for factor in self.factors) or 1.0
        width = STRIP_WIDTH - 2 * STRIP_MARGIN
        return [Dot(row, STRIP_MARGIN + width * row.value / largest) for row in self.factors]


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


def groups(entry: Entry) -> list[Group]:
    """Factors of an entry by indicator, in the order in which indicators are defined."""
    order = list(INDICATORS[entry.kind])
    factors = sorted(
        entry.factors.all(), key=lambda row: (order.index(row.indicator), not row.chosen, row.value)
    )
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
