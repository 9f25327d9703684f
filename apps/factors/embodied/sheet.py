"""A sum in the making: parameters with their sources, one flow for each part of a device."""

from collections.abc import Mapping

import attrs

from apps.factors.embodied.device import Device, Given, Library
from apps.factors.embodied.estimate import CATEGORIES, Part
from lca.engine import (
    Category,
    Component,
    Derived,
    Flow,
    Inventory,
    Parameter,
    Provenance,
    Result,
    Stage,
    assess,
)

DRAWS = 1024
Terms = dict[str, float]


@attrs.define
class Sheet:
    """Collects the inventory of one method for one device."""

    device: Device
    library: Library
    parameters: dict[str, Parameter] = attrs.field(factory=dict)
    derived: list[Derived] = attrs.field(factory=list)
    flows: list[Flow] = attrs.field(factory=list)

    def specified(self, indicator: str, *, label: str, symbol: str) -> str:
        """Add a number of the device's specification; return its parameter's name."""
        name = f"{self.device.key}.{indicator}"
        return self._given(self.device.specification[indicator], name, label, symbol)

    def constant(self, key: str, indicator: str, *, label: str, symbol: str) -> str:
        """Add a parameter of making hardware; return its name."""
        return self._given(self.library[key, indicator], f"{key}.{indicator}", label, symbol)

    def _given(self, given: Given, name: str, label: str, symbol: str) -> str:
        self.parameters.setdefault(name, given.parameter(name, label=label, symbol=symbol))
        return name

    def modelled(
        self, name: str, value: float, unit: str, *, label: str, symbol: str, source: str
    ) -> str:
        """Add a number that was computed from others by a formula which is no product of powers."""
        name = f"{self.device.key}.{name}"
        self.parameters[name] = Parameter(
            name=name,
            value=value,
            unit=unit,
            minimum=0.0,
            provenance=Provenance.MODELLED,
            label=label,
            symbol=symbol,
            source=source,
        )
        return name

    def part(
        self,
        name: str,
        terms: Terms,
        factors: Mapping[Category, Terms],
        *,
        unit: str,
        process: str = "",
        stage: Stage = Stage.HARDWARE,
    ) -> None:
        """Add the flow of one part; several flows of one ``process`` are reported as one part."""
        flow = Flow(
            name=name,
            label=name.capitalize(),
            stage=stage,
            process=process or name,
            component=Component.EMBODIED,
            unit=unit,
            terms=terms,
            factors=factors,
        )
        self.flows.append(flow)

    def inventory(self) -> Inventory:
        """Check and freeze."""
        return Inventory(
            parameters=tuple(self.parameters.values()),
            derived=tuple(self.derived),
            flows=tuple(self.flows),
        )


def evaluated(inventory: Inventory) -> Result:
    """Result by part, on few draws: intervals are printed with two digits."""
    return assess(inventory, draws=DRAWS, by={"process"})


def parts(result: Result, indicator: str) -> tuple[Part, ...]:
    """Nominal value of each part, in the order in which they were added."""
    category = CATEGORIES[indicator].value
    return tuple(
        Part(name=name, value=stats[category].nominal)
        for name, stats in result.table("process").items()
        if category in stats
    )
