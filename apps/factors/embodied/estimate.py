"""What a method gives: a figure with its parts and interval, or the reason why there is none."""

import math
from enum import StrEnum

import attrs

from lca.engine import Category, Inventory

Z95 = 1.6448536269514722  # 95th percentile of the standard normal distribution
CATEGORIES = {
    "embodied_gwp": Category.GWP_LOCATION,
    "embodied_adpe": Category.ADPE,
    "embodied_primary_energy": Category.PRIMARY_ENERGY,
    "embodied_water": Category.WATER,
}


class Basis(StrEnum):
    """What kind of knowledge a figure is; the first words of a published row's scope."""

    FOOTPRINT = "product footprint"
    STUDY = "independent study"
    DIE_AREA = "die-area model"
    BILL = "bill of materials"
    ACT = "ACT bottom-up"
    FAB_WATER = "fab water model"
    ASSUMPTION = "assumption"
    OTHER_DEVICE = "another device"
    OTHER_SPECIFICATION = "another specification"
    UNCLASSIFIED = "unclassified figure"

    @property
    def label(self) -> str:
        """Name for readers."""
        return self.value[0].upper() + self.value[1:]


PUBLISHED = (Basis.FOOTPRINT, Basis.STUDY)  # figures of the very device


@attrs.frozen(kw_only=True)
class Part:
    """One part of a figure, in the figure's unit."""

    name: str
    value: float


@attrs.frozen(kw_only=True)
class Estimate:
    """One figure of one source for one indicator.

    ``is_whole`` says that it holds the whole device and is about this very device: only such figures are
    rivals whose spread counts. ``inventory`` is the sum that it was computed with, where it was.
    """

    basis: Basis
    indicator: str
    value: float
    unit: str
    source: str
    scope: str
    year: int
    retrieval: str
    citation: str = ""
    low: float | None = None
    high: float | None = None
    gsd: float | None = None
    is_whole: bool = True
    parts: tuple[Part, ...] = ()
    inventory: Inventory | None = None
    remark: str = ""

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 90 % interval of a log-normal figure, else the stated range."""
        if self.gsd is not None:
            reach = self.gsd**Z95
            return self.value / reach, self.value * reach
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        return (low, high) if low < high else None


@attrs.frozen(kw_only=True)
class Missing:
    """A method that cannot say anything about a device, and why."""

    basis: Basis
    indicator: str
    reason: str


Outcome = Estimate | Missing


def lacks(basis: Basis, indicator: str, what: list[str]) -> Missing:
    """The outcome of a method whose inputs were not found."""
    return Missing(
        basis=basis,
        indicator=indicator,
        reason=f"The {basis} needs what no citable source gives: {', '.join(what)}.",
    )


def gsd_of(low: float, high: float) -> float:
    """Geometric standard deviation of a log-normal with these 5th and 95th percentiles."""
    return math.exp(math.log(high / low) / (2 * Z95))
