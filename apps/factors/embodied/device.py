"""What a method reads: the specification of one device, and the parameters of making hardware."""

from collections.abc import Mapping

import attrs

from apps.factors.indicators import label_of
from lca.engine import Fixed, Lognormal, Parameter, Provenance, Triangular
from lca.engine.distributions import Distribution

Attributes = Mapping[str, object]


@attrs.frozen(kw_only=True)
class Given:
    """One number of the library with its source, wherever it was read from."""

    indicator: str
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    gsd: float | None = None
    scope: str = ""
    year: int = 0
    retrieval: str = "C"
    source: str = ""
    citation: str = ""
    note: str = ""
    chosen: bool = True

    @property
    def distribution(self) -> Distribution:
        """Geometric standard deviation first, else a range, else nothing."""
        if self.gsd is not None:
            return Lognormal(gsd=self.gsd)
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        return Triangular(low=low, high=high) if low < high else Fixed()

    def parameter(self, name: str, *, label: str, symbol: str) -> Parameter:
        """The number as a parameter of the engine; figures of the library are defaults."""
        return Parameter(
            name=name,
            value=self.value,
            unit=self.unit,
            distribution=self.distribution,
            minimum=0.0,
            provenance=Provenance.DEFAULT,
            label=label,
            symbol=symbol,
            source=f"{self.citation or self.source} ({self.year})",
            evidence=self.note,
        )


@attrs.frozen(kw_only=True)
class Device:
    """An accelerator: its specification, and the embodied figures that others published for it."""

    key: str
    name: str
    attributes: Attributes = attrs.field(factory=dict)
    specification: Mapping[str, Given] = attrs.field(factory=dict)
    published: tuple[Given, ...] = ()

    @property
    def n_dies(self) -> int:
        """Compute dies that share the die area; one unless stated."""
        return int(str(self.attributes.get("n_compute_dies", 1)))

    @property
    def memory_type(self) -> str:
        """HBM3, GDDR6, LPDDR5, ...; empty where it is not known."""
        return str(self.attributes.get("memory_type", ""))

    @property
    def form_factor(self) -> str:
        """PCIe, SXM5, OAM, SoC, ...; empty where it is not known."""
        return str(self.attributes.get("form_factor", ""))

    @property
    def includes_host(self) -> bool:
        """Whether its published figures hold a share of the server."""
        return bool(self.attributes.get("embodied_includes_host", False))

    def missing(self, *indicators: str) -> list[str]:
        """Names of the parts of the specification that were not found, for readers."""
        return [
            label_of("accelerator", name).lower()
            for name in indicators
            if name not in self.specification
        ]


@attrs.frozen(kw_only=True)
class Library:
    """Parameters of making hardware, by entry and indicator."""

    given: Mapping[tuple[str, str], Given]
    attributes: Mapping[str, Attributes]

    def __getitem__(self, place: tuple[str, str]) -> Given:
        return self.given[place]

    def get(self, key: str, indicator: str) -> Given | None:
        """The number, or ``None`` where no source has one."""
        return self.given.get((key, indicator))

    def listing(self, start: str, attribute: str, value: object) -> str | None:
        """Key of the entry that begins with ``start`` and whose list ``attribute`` holds ``value``."""
        for key, attributes in self.attributes.items():
            held = attributes.get(attribute)
            if key.startswith(start) and isinstance(held, list) and value in held:
                return key
        return None
