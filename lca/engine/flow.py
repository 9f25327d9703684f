"""Flows: the lines of an inventory, and gaps: the lines that are known to be missing."""

import math
from collections.abc import Mapping
from types import MappingProxyType

import attrs

from lca.engine.errors import InvalidValue
from lca.engine.vocabulary import Category, Component, Stage

Terms = tuple[tuple[str, float], ...]


def terms(value: Mapping[str, float] | Terms) -> Terms:
    """Pairs of parameter name and exponent; repeated names are merged and zero exponents dropped."""
    merged: dict[str, float] = {}
    for name, exponent in value.items() if isinstance(value, Mapping) else value:
        merged[name] = merged.get(name, 0.0) + float(exponent)
    return tuple((name, exponent) for name, exponent in merged.items() if exponent)


def _factors(
    value: Mapping[Category, Mapping[str, float]]
    | Mapping[str, Mapping[str, float]]
    | Mapping[Category, Terms],
) -> Mapping[Category, Terms]:
    return MappingProxyType({Category(key): terms(item) for key, item in value.items()})


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

    name: str
    stage: Stage = attrs.field(converter=Stage)
    process: str
    component: Component = attrs.field(converter=Component)
    unit: str
    terms: Terms = attrs.field(converter=terms)
    factors: Mapping[Category, Terms] = attrs.field(converter=_factors, hash=False)
    coefficient: float = 1.0
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
        return terms((*self.terms, *self.factors[category]))


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
