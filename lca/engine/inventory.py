"""The inventory: every parameter, flow and gap of one assessment."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import attrs

from lca.engine import derived as functions
from lca.engine.distributions import Fixed
from lca.engine.errors import DuplicateName, UnknownParameter, meant
from lca.engine.flow import Flow, Gap, Terms, terms
from lca.engine.parameter import Derived, Parameter
from lca.engine.units import conversion
from lca.engine.vocabulary import Category


@attrs.frozen(kw_only=True, eq=False)
class Conversions:
    """Factors between units, which hold for any inventory that has these very flows in these units."""

    flows: tuple[Flow, ...]
    units: Mapping[str, str]
    functional_unit: str
    impacts: Mapping[tuple[str, Category], float]
    amounts: Mapping[str, float]

    @classmethod
    def of(cls, inventory: "Inventory") -> "Conversions":
        """Check and convert each flow of an inventory."""
        flows, units, per = inventory.flows, inventory.units(), inventory.functional_unit
        for flow in flows:
            _check_flow(flow, units)
        return cls(
            flows=flows,
            units=units,
            functional_unit=per,
            impacts={
                (flow.name, category): _conversion(flow, category, units, per)
                for flow in flows
                for category in flow.factors
            },
            amounts={flow.name: _amount_conversion(flow, units) for flow in flows},
        )

    def hold_for(self, inventory: "Inventory") -> bool:
        """Tell whether an inventory has the same flows, units and functional unit."""
        return (
            self.flows is inventory.flows
            and self.functional_unit == inventory.functional_unit
            and self.units == inventory.units()
        )


NOTHING = Conversions(flows=(), units={}, functional_unit="", impacts={}, amounts={})


@attrs.frozen(kw_only=True)
class Inventory:
    """The flows of one assessment over their shared parameters, checked when made.

    ``functional_unit`` is empty for life-cycle totals, else the unit that results are given for
    (``request``): an impact is then in ``kg CO2e/request``.

    Raises
    ------
    DuplicateName, UnknownParameter, CyclicParameter, UnitMismatch, UnknownUnit
        With the names of the offending parameters or flows.
    """

    parameters: tuple[Parameter, ...]
    flows: tuple[Flow, ...]
    derived: tuple[Derived, ...] = ()
    gaps: tuple[Gap, ...] = ()
    functional_unit: str = attrs.field(default="", validator=attrs.validators.instance_of(str))
    _conversions: Conversions = attrs.field(default=NOTHING, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Check names, references and units once."""
        _unique([*(p.name for p in self.parameters), *(d.name for d in self.derived)], "parameters")
        _unique([flow.name for flow in self.flows], "flows")
        units = self.units()
        for item in self.derived_in_order():
            functions.check(item, units)
        if not self._conversions.hold_for(self):
            object.__setattr__(self, "_conversions", Conversions.of(self))

    def named(self) -> dict[str, Parameter | Derived]:
        """Parameters and derived parameters by name; made once, not to be changed."""
        return self._named

    @cached_property
    def _named(self) -> dict[str, Parameter | Derived]:
        everything: tuple[Parameter | Derived, ...] = (*self.parameters, *self.derived)
        return {item.name: item for item in everything}

    def units(self) -> dict[str, str]:
        """Unit of every parameter by name; made once, not to be changed."""
        return self._units

    @cached_property
    def _units(self) -> dict[str, str]:
        return {name: item.unit for name, item in self._named.items()}

    def conversion(self, flow: Flow, category: Category) -> float:
        """Factor from the product of all parameters of a flow to the category indicator's unit."""
        return self._conversions.impacts[flow.name, category]

    def amount_conversion(self, flow: Flow) -> float:
        """Factor from the product of a flow's own parameters to its unit."""
        return self._conversions.amounts[flow.name]

    def derived_in_order(self) -> list[Derived]:
        """Derived parameters, each after its arguments."""
        known = {item.name for item in self.parameters}
        return functions.order({item.name: item for item in self.derived}, known)

    def parameter(self, name: str) -> Parameter | Derived:
        """Find a parameter by name.

        Raises
        ------
        UnknownParameter
            If there is none.
        """
        found = self.named().get(name)
        if found is not None:
            return found
        msg = f"There is no parameter “{name}” in this inventory{meant(name, self.named())}."
        raise UnknownParameter(msg, name)

    def categories(self) -> list[Category]:
        """Impact categories in which at least one flow is declared, in reporting order."""
        present = {category for flow in self.flows for category in flow.factors}
        return [category for category in Category if category in present]

    def category_unit(self, category: Category) -> str:
        """Unit of a result in ``category``."""
        return f"{category.unit}/{self.functional_unit}" if self.functional_unit else category.unit

    def override(self, values: Mapping[str, float | Parameter]) -> "Inventory":
        """Make the same inventory with other values; a bare number keeps the relative spread.

        A value that becomes 0, or was 0, has no relative spread to keep and becomes fixed.

        Raises
        ------
        UnknownParameter
            If a name is not a parameter here.
        """
        known = {item.name for item in self.parameters}
        missing = sorted(set(values) - known)
        if missing:
            named = ", ".join(f"{name}{meant(name, known)}" for name in missing)
            msg = f"Not parameters of this inventory: {named}."
            raise UnknownParameter(msg, *missing)
        return attrs.evolve(
            self,
            parameters=tuple(_replaced(item, values.get(item.name)) for item in self.parameters),
        )

    def per(
        self,
        functional_unit: str,
        reference_flow: Callable[[Flow], Terms | Mapping[str, float] | None],
        *,
        parameters: Iterable[Parameter] = (),
        derived: Iterable[Derived] = (),
    ) -> "Inventory":
        """Express flows per functional unit: each is multiplied by the terms that ``reference_flow`` gives.

        Flows for which it returns ``None`` are left out. The result is again a sum of monomials, so
        a per-use figure has its own interval, formula and elasticities.
        """
        flows = []
        for flow in self.flows:
            extra = reference_flow(flow)
            if extra is not None:
                flows.append(
                    attrs.evolve(
                        flow,
                        terms=(*flow.terms, *terms(extra)),
                        unit=f"{flow.unit}/{functional_unit}",
                    )
                )
        return attrs.evolve(
            self,
            parameters=(*self.parameters, *parameters),
            derived=(*self.derived, *derived),
            flows=tuple(flows),
            functional_unit=functional_unit,
        )


def _replaced(item: Parameter, value: float | Parameter | None) -> Parameter:
    if value is None:
        return item
    if isinstance(value, Parameter):
        return attrs.evolve(value, name=item.name)
    if value == item.value:
        return item
    if not value or not item.value:  # nothing relative to keep
        return attrs.evolve(item, value=value, distribution=Fixed(), pedigree=None)
    return attrs.evolve(
        item, value=value, distribution=item.distribution.scaled(value / item.value)
    )


def _unique(names: list[str], what: str) -> None:
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        msg = f"Two {what} share a name: {', '.join(twice)}."
        raise DuplicateName(msg, *twice)


def _check_flow(flow: Flow, units: Mapping[str, str]) -> None:
    used = {name for name, _ in flow.terms}
    for factor in flow.factors.values():
        used.update(name for name, _ in factor)
    missing = sorted(used - units.keys())
    if missing:
        named = ", ".join(f"{name}{meant(name, units)}" for name in missing)
        exist = "which does not exist" if len(missing) == 1 else "which do not exist"
        msg = f"{flow.title} refers to {named}, {exist}."
        raise UnknownParameter(msg, flow.name, *missing)


def _amount_conversion(flow: Flow, units: Mapping[str, str]) -> float:
    return conversion(
        tuple((units[name], exponent) for name, exponent in flow.terms), flow.unit, flow.title
    )


def _conversion(
    flow: Flow, category: Category, units: Mapping[str, str], functional_unit: str
) -> float:
    target = f"{category.unit}/{functional_unit}" if functional_unit else category.unit
    pairs = tuple(
        (units[name], exponent) for name, exponent in (*flow.terms, *flow.factors[category])
    )
    return conversion(pairs, target, f"{flow.title}, {category.label.lower()}")
