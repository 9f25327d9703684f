"""An alteration of an inventory: parameters that take other values, and ratios by which others are multiplied."""

import itertools
from collections.abc import Mapping

import attrs

from lca.engine.flow import Flow
from lca.engine.inventory import Inventory
from lca.engine.parameter import Derived, Parameter


@attrs.frozen(kw_only=True)
class Alteration:
    """What a scenario's step changes, by the name of the parameter that it changes.

    ``overrides`` replace: a bare number keeps the relative spread, a parameter brings its own. ``ratios`` multiply: each is a
    parameter of its own, without unit, with its own draws.
    """

    overrides: Mapping[str, float | Parameter] = attrs.field(factory=dict)
    ratios: Mapping[str, Parameter] = attrs.field(factory=dict)

    def on(self, inventory: Inventory) -> Inventory:
        """Return the altered inventory: values replaced, and ratios joined to all that has what they multiply.

        Raises
        ------
        UnknownParameter
            If a value is to be replaced that the inventory does not have.
        """
        replaced = inventory.override(self.overrides) if self.overrides else inventory
        if not self.ratios:
            return replaced
        own = {ratio.name: ratio for ratio in self.ratios.values()}
        return attrs.evolve(
            replaced,
            parameters=(*replaced.parameters, *own.values()),
            derived=self._derived(replaced),
            flows=tuple(self._joined(flow) for flow in replaced.flows),
        )

    def _derived(self, inventory: Inventory) -> tuple[Derived, ...]:
        """Let functions of what is multiplied see the product: their argument becomes one, by a name of its own."""
        inside = {argument for derived in inventory.derived for argument in derived.arguments}
        products = {
            name: Derived(
                name=f"{name}.{ratio.name}",
                function="product",
                arguments=(name, ratio.name),
                unit=inventory.units()[name],
                label=inventory.parameter(name).label,
            )
            for name, ratio in self.ratios.items()
            if name in inside
        }
        renamed = {name: product.name for name, product in products.items()}
        seen = (
            attrs.evolve(item, arguments=tuple(renamed.get(name, name) for name in item.arguments))
            for item in inventory.derived
        )
        return (*seen, *products.values())

    def within(self, inventory: Inventory) -> "Alteration":
        """Return what of it concerns an inventory that holds a part of another one's flows."""
        known = {item.name for item in inventory.parameters}
        return Alteration(
            overrides={name: value for name, value in self.overrides.items() if name in known},
            ratios={name: value for name, value in self.ratios.items() if name in known},
        )

    def _joined(self, flow: Flow) -> Flow:
        """Return a flow with the ratios of what it is made of; the flow itself, where nothing of it is multiplied."""
        made_of = itertools.chain(flow.terms, *flow.factors.values())
        if not any(name in self.ratios for name, _ in made_of):
            return flow

        def joined(pairs: tuple[tuple[str, float], ...]) -> tuple[tuple[str, float], ...]:
            return (*pairs, *((self.ratios[n].name, e) for n, e in pairs if n in self.ratios))

        factors = {category: joined(pairs) for category, pairs in flow.factors.items()}
        return attrs.evolve(flow, terms=joined(flow.terms), factors=factors)
