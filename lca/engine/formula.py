"""Formulae: every figure written out with numbers, units and sources."""

import math
from typing import Any

from lca.engine import derived as functions
from lca.engine.errors import InvalidValue
from lca.engine.flow import Flow, Terms
from lca.engine.inventory import Inventory
from lca.engine.parameter import Derived, Parameter
from lca.engine.sampling import nominal
from lca.engine.vocabulary import Category, Stage

SUPERSCRIPTS = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")


def formula(inventory: Inventory, flow: Flow, category: Category) -> str:
    """Impact of a flow as one line of symbols, ``GPU-hours × mean power ÷ lifetime``."""
    items = inventory.named()
    return written(flow.monomial(category), items, _constant(inventory, flow, category))


def written(terms: Terms, items: dict[str, Parameter | Derived], constant: float = 1.0) -> str:
    """Write a product of powers with the parameters' symbols."""
    above = [_power(items[name], exponent) for name, exponent in terms if exponent > 0]
    below = [_power(items[name], -exponent) for name, exponent in terms if exponent < 0]
    if constant != 1 or not above:
        above.insert(0, f"{constant:.6g}")
    return " × ".join(above) + "".join(f" ÷ {item}" for item in below)


def symbol(item: Parameter | Derived) -> str:
    """Short name in formulae."""
    return item.symbol or item.title


def _power(item: Parameter | Derived, exponent: float) -> str:
    text = symbol(item)
    return text if exponent == 1 else f"{text}{f'{exponent:g}'.translate(SUPERSCRIPTS)}"


def _constant(inventory: Inventory, flow: Flow, category: Category) -> float:
    return flow.coefficient * inventory.conversion(flow, category)


def trace(inventory: Inventory, flow: Flow, category: Category) -> dict[str, Any]:
    """*Why this number*: each factor of an impact with value, unit, provenance and source.

    Returns
    -------
    dict
        ``formula``, ``constant`` (flow coefficient and unit conversion), ``steps`` (amount first, then
        characterisation; derived parameters carry their own arguments), ``amount``, ``value``, ``unit``.

    Raises
    ------
    InvalidValue
        If the flow declares nothing in ``category``.
    """
    return _trace(inventory, flow, category, _nominals(inventory))


def trace_total(
    inventory: Inventory, category: Category | str, stage: Stage | str | None = None
) -> dict[str, Any]:
    """*Why this total*: the traces of all its flows, largest first, and what is missing from it.

    Returns
    -------
    dict
        ``category``, ``stage``, ``functional_unit``, ``value`` (the sum of those of the flows), ``unit``, ``flows`` (each as
        :func:`trace` gives it, with its place and ``share``), ``gaps``.

    Raises
    ------
    InvalidValue
        If there is no such category or stage, or nothing is declared in it.
    """
    wanted = [flow for flow in inventory.flows if category in flow.factors and _is_of(flow, stage)]
    if not wanted:
        raise InvalidValue(_nothing(inventory, category, stage), str(category))
    kind, values = Category(category), _nominals(inventory)
    lines = [_place(flow) | _trace(inventory, flow, kind, values) for flow in wanted]
    whole = math.fsum(line["value"] for line in lines)
    return {
        "category": kind.value,
        "stage": stage and Stage(stage).value,
        "functional_unit": inventory.functional_unit,
        "value": whole,
        "unit": inventory.category_unit(kind),
        "flows": [
            line | {"share": line["value"] / whole if whole else None}
            for line in sorted(lines, key=lambda line: -abs(line["value"]))
        ],
        "gaps": [
            gap.to_dict()
            for gap in inventory.gaps
            if stage in {None, gap.stage} and gap.category in {None, kind}
        ],
    }


def _is_of(flow: Flow, stage: Stage | str | None) -> bool:
    return stage is None or flow.stage == stage


def _nothing(inventory: Inventory, category: Category | str, stage: Stage | str | None) -> str:
    """Say what there is instead of nothing."""
    stages = {flow.stage for flow in inventory.flows if category in flow.factors}
    if stages:
        there = ", ".join(item for item in Stage if item in stages)
        return (
            f"Nothing is declared in {category} for {stage}; stages with something in it: {there}."
        )
    declared = ", ".join(inventory.categories()) or "nothing"
    return f"Nothing is declared in {category}; declared are: {declared}."


def _place(flow: Flow) -> dict[str, Any]:
    return {
        "stage": flow.stage.value,
        "process": flow.process,
        "component": flow.component.value,
        "activity": flow.activity.value if flow.activity else None,
    }


def _nominals(inventory: Inventory) -> dict[str, float]:
    return {name: float(draws[0]) for name, draws in nominal(inventory).items()}


def _trace(
    inventory: Inventory, flow: Flow, category: Category, values: dict[str, float]
) -> dict[str, Any]:
    monomial = flow.monomial(category)
    constant = _constant(inventory, flow, category)
    amount, impact = flow.coefficient * inventory.amount_conversion(flow), constant
    for name, exponent in flow.terms:
        amount *= values[name] ** exponent
    for name, exponent in monomial:
        impact *= values[name] ** exponent
    steps = [
        {**_step(inventory, name, values), "exponent": exponent, "role": role}
        for role, terms in (("amount", flow.terms), ("characterisation", flow.factors[category]))
        for name, exponent in terms
    ]
    return {
        "flow": flow.name,
        "label": flow.title,
        "category": category.value,
        "formula": formula(inventory, flow, category),
        "constant": constant,
        "steps": steps,
        "amount": amount,
        "amount_unit": flow.unit,
        "value": impact,
        "unit": inventory.category_unit(category),
    }


def _step(inventory: Inventory, name: str, values: dict[str, float]) -> dict[str, Any]:
    item = inventory.parameter(name)
    step: dict[str, Any] = {
        "name": name,
        "label": item.title,
        "symbol": symbol(item),
        "value": values[name],
        "unit": item.unit,
    }
    if isinstance(item, Derived):
        arguments = [inventory.parameter(argument) for argument in item.arguments]
        step["function"] = functions.formula(item, [symbol(argument) for argument in arguments])
        step["arguments"] = [_step(inventory, argument, values) for argument in item.arguments]
        return step
    return step | {
        "provenance": item.provenance.value,
        "source": item.source,
        "evidence": item.evidence,
        "distribution": item.uncertainty.name,
    }
