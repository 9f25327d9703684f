"""Flows: the lines of an inventory, and gaps: the lines that are known to be missing."""

import math
from collections.abc import Mapping
from types import MappingProxyType

import attrs

from lca.engine.errors import InvalidValue
from lca.engine.number import number
from lca.engine.vocabulary import Category, Component, Stage

Terms = tuple[tuple[str, float], ...]
_TEXT = attrs.validators.instance_of(str)


def terms(value: Mapping[str, float] | Terms) -> Terms:
    """Pairs of parameter name and exponent; repeated names are merged and zero exponents dropped."""
    merged: dict[str, float] = {}
    for name, exponent in value.items() if isinstance(value, Mapping) else value:
        if not isinstance(name, str):
            msg = f"{name!r} is not the name of a parameter."
            raise TypeError(msg)
        merged[name] = merged.get(name, 0.0) + number(exponent)
    if not all(map(math.isfinite, merged.values())):
        msg = f"Exponents must be finite numbers, not {merged}."
        raise InvalidValue(msg, *merged)
    return tuple((name, exponent) for name, exponent in merged.items() if exponent)


def _factors(
    value: Mapping[Category, Mapping[str, float]]
    | Mapping[str, Mapping[str, float]]
    | Mapping[Category, Terms],
) -> Mapping[Category, Terms]:
    found = [(Category(key), terms(item)) for key, item in value.items()]
    return MappingProxyType(dict(sorted(found, key=lambda pair: pair[0].place)))


@attrs.frozen(kw_only=True)
class Flow:
    """An inventory line: an amount, and what one unit of it means in each impact category.

    Parameters
    ----------
    name : str
        Unique in its inventory.
    stage, component : Stage, Component
        Where the line is reported.
    process : str
        The smallest element with inputs and outputs, e.g. ``OLMo 2 13B``.
    unit : str
        Unit of the amount, e.g. ``kWh``.
    coefficient : float
        Constant factor of the amount; may be negative.
    terms : mapping of str to float
        The amount's parameters with their exponents.
    factors : mapping of Category to terms
        Characterisation of one ``unit`` in each category; a category that is missing is not declared.
    activity : Stage or None
        The stage that used what this line makes, for embodied hardware.
    """

    name: str = attrs.field(validator=_TEXT)
    stage: Stage = attrs.field(converter=Stage)
    process: str = attrs.field(validator=_TEXT)
    component: Component = attrs.field(converter=Component)
    unit: str = attrs.field(validator=_TEXT)
    terms: Terms = attrs.field(converter=terms)
    factors: Mapping[Category, Terms] = attrs.field(converter=_factors, hash=False)
    coefficient: float = attrs.field(default=1.0, converter=number)
    activity: Stage | None = attrs.field(default=None, converter=attrs.converters.optional(Stage))
    label: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot exist."""
        if not self.name.strip():
            msg = "A flow needs a name."
            raise InvalidValue(msg)
        if not math.isfinite(self.coefficient):
            msg = f"{self.title}: the coefficient must be a finite number, not {self.coefficient}."
            raise InvalidValue(msg, self.name)

    @property
    def title(self) -> str:
        """Label if there is one, else the name."""
        return self.label or self.name

    def monomial(self, category: Category) -> Terms:
        """Parameters and exponents of the impact in one category."""
        if category not in self.factors:
            msg = f"{self.title} declares nothing for {category.label.lower()}."
            raise InvalidValue(msg, self.name)
        merged = dict(self.terms)
        for name, exponent in self.factors[category]:
            merged[name] = merged.get(name, 0.0) + exponent
        return tuple((name, exponent) for name, exponent in merged.items() if exponent)


@attrs.frozen(kw_only=True)
class Gap:
    """Something inside the boundary for which nothing was declared; never counted as zero."""

    stage: Stage = attrs.field(converter=Stage)
    reason: str
    remedy: str = ""
    process: str = ""
    component: Component | None = attrs.field(
        default=None, converter=attrs.converters.optional(Component)
    )
    category: Category | None = attrs.field(
        default=None, converter=attrs.converters.optional(Category)
    )

    def to_dict(self) -> dict[str, str | None]:
        """Plain JSON."""
        return {
            "stage": self.stage.value,
            "reason": self.reason,
            "remedy": self.remedy,
            "process": self.process,
            "component": self.component.value if self.component else None,
            "category": self.category.value if self.category else None,
        }
