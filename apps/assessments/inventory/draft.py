"""A growing inventory: parameters are added once by name, flows and gaps in order."""

import math
from collections.abc import Mapping

import attrs

from apps.assessments.inventory.records import AnyFactor, Records
from lca.engine import (
    Category,
    Component,
    Derived,
    Empirical,
    Fixed,
    Flow,
    Gap,
    Inventory,
    Lognormal,
    Parameter,
    Pert,
    Provenance,
    Stage,
    Triangular,
    Uniform,
)
from lca.engine.distributions import Distribution

Terms = dict[str, float]
RANGES = {kind.name: kind for kind in (Uniform, Triangular, Pert)}
Z95 = 1.6448536269514722  # 95th percentile of the standard normal distribution


@attrs.define
class Draft:
    """Collects what will become an :class:`lca.engine.Inventory` of some records.

    ``lacks`` says why a flow has nothing in a category, by the flow's name.
    """

    records: Records
    parameters: dict[str, Parameter] = attrs.field(factory=dict)
    derived: dict[str, Derived] = attrs.field(factory=dict)
    flows: list[Flow] = attrs.field(factory=list)
    gaps: list[Gap] = attrs.field(factory=list)
    lacks: dict[tuple[str, Category], str] = attrs.field(factory=dict)

    def add(self, parameter: Parameter) -> str:
        """Add a parameter unless it is there already; return its name."""
        self.parameters.setdefault(parameter.name, parameter)
        return parameter.name

    def derive(
        self,
        name: str,
        function: str,
        *arguments: str,
        unit: str = "1",
        label: str = "",
        symbol: str = "",
    ) -> str:
        """Add a derived parameter unless it is there already; return its name."""
        self.derived.setdefault(
            name,
            Derived(
                name=name,
                function=function,
                arguments=arguments,
                unit=unit,
                label=label,
                symbol=symbol,
            ),
        )
        return name

    def gap(
        self,
        stage: Stage,
        reason: str,
        *,
        remedy: str = "",
        process: str = "",
        component: Component | None = None,
        category: Category | None = None,
    ) -> None:
        """Note something that is missing, once."""
        gap = Gap(
            stage=stage,
            reason=reason,
            remedy=remedy,
            process=process,
            component=component,
            category=category,
        )
        if gap not in self.gaps:
            self.gaps.append(gap)

    def inventory(self) -> Inventory:
        """Check and freeze; parameters that no flow uses are left out."""
        used = self._used()
        return Inventory(
            parameters=tuple(p for name, p in self.parameters.items() if name in used),
            derived=tuple(d for name, d in self.derived.items() if name in used),
            flows=tuple(self.flows),
            gaps=tuple(self.gaps),
        )

    def _used(self) -> set[str]:
        used: set[str] = set()
        for flow in self.flows:
            used.update(name for name, _ in flow.terms)
            for factor in flow.factors.values():
                used.update(name for name, _ in factor)
        waiting = [name for name in used if name in self.derived]
        while waiting:
            for name in self.derived[waiting.pop()].arguments:
                if name not in used:
                    used.add(name)
                    if name in self.derived:
                        waiting.append(name)
        return used


def times(*products: Mapping[str, float]) -> Terms:
    """Multiply products of powers."""
    result: Terms = {}
    for product in products:
        for name, exponent in product.items():
            result[name] = result.get(name, 0.0) + exponent
    return result


def inverse(product: Mapping[str, float]) -> Terms:
    """One over a product of powers."""
    return {name: -exponent for name, exponent in product.items()}


def spread(
    value: float, low: float | None, high: float | None, gsd: float | None, *, kind: str = ""
) -> Distribution:
    """Distribution from what is declared: a geometric standard deviation first, else a range."""
    if gsd is not None and gsd > 1 and value > 0:
        return Lognormal(gsd=gsd)
    low = value if low is None else low
    high = value if high is None else high
    if low < high and low <= value <= high:
        return RANGES.get(kind, Triangular)(low=low, high=high)
    return Fixed()


def from_interval(p05: float | None, p95: float | None) -> Distribution:
    """Log-normal whose 5th and 95th percentiles stand in the same ratio as those given."""
    if not p05 or not p95 or p95 <= p05:
        return Fixed()
    return Lognormal(gsd=math.exp(math.log(p95 / p05) / (2 * Z95)))


def stated(factor: AnyFactor) -> Distribution:
    """Distribution that a factor states: what was observed, else its spread."""
    if factor.observed:
        return Empirical(values=factor.observed)
    return spread(factor.value, factor.low, factor.high, factor.gsd, kind=factor.distribution)


def from_factor(
    name: str, factor: AnyFactor, *, label: str, symbol: str, unit: str = "", minimum: float = 0.0
) -> Parameter:
    """Parameter for a factor of the release, with its source, spread and data-quality scores."""
    return Parameter(
        name=name,
        value=factor.value,
        unit=unit or factor.unit,
        distribution=stated(factor),
        minimum=minimum,
        provenance=Provenance.DEFAULT,
        label=label,
        symbol=symbol,
        source=f"{factor.source.citation} ({factor.year})",
        evidence=factor.note,
        pedigree=factor.pedigree or None,
    )


def supplied(
    name: str,
    value: float,
    unit: str,
    *,
    label: str,
    symbol: str,
    source: str = "",
    provenance: str = Provenance.SUPPLIED,
    distribution: Distribution | None = None,
    minimum: float = 0.0,
    maximum: float = math.inf,
) -> Parameter:
    """Parameter for a value that the declarant gave."""
    return Parameter(
        name=name,
        value=value,
        unit=unit,
        distribution=distribution or Fixed(),
        minimum=minimum,
        maximum=maximum,
        provenance=Provenance(provenance),
        label=label,
        symbol=symbol,
        source=source or "Declared by the organisation",
    )
