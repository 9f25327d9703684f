"""Formulas of an inventory as text, for programs that compute them: spreadsheets and openLCA."""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from apps.disclosures.exports.facts import Facts
from lca.engine import from_document

Json = Mapping[str, Any]
FUNCTIONS = {
    "excess": "{0} - 1",
    "complement": "1 - {0}",
    "inverse_complement": "1 / (1 - {0})",
    "exponential": "exp({0} * {1})",
    "poisson_yield": "exp(-{0} * {1})",
}
JOINED = {"sum": " + ", "product": " * "}


@attrs.frozen
class Constants:
    """What a flow multiplies its parameters by, units converted: for its amount, and from amount to each impact."""

    amount: float
    impacts: Mapping[str, float]


def constants(facts: Facts) -> dict[str, Constants]:
    """Constants of every flow, by name."""
    inventory = from_document(facts.document["inventory"])
    found = {}
    for flow in inventory.flows:
        unit = inventory.amount_conversion(flow)
        impacts = {key.value: inventory.conversion(flow, key) / unit for key in flow.factors}
        found[flow.name] = Constants(flow.coefficient * unit, impacts)
    return found


def product(constant: float, terms: Iterable[tuple[str, float]], names: Mapping[str, str]) -> str:
    """A constant times powers of named values."""
    powers = [names[name] if power == 1 else f"{names[name]}^({power:g})" for name, power in terms]
    return " * ".join([repr(float(constant)), *powers])


def derived(row: Json, names: Mapping[str, str]) -> str:
    """A derived parameter from its arguments."""
    arguments = [names[name] for name in row["arguments"]]
    if row["function"] in JOINED:
        return JOINED[row["function"]].join(arguments)
    return FUNCTIONS[row["function"]].format(*arguments)


def in_order(rows: list[Json], known: Iterable[str]) -> list[Json]:
    """Derived parameters after those that they are made of."""
    waiting, ordered, there = list(rows), [], set(known)
    while waiting:
        ready = [row for row in waiting if set(row["arguments"]) <= there]
        if not ready:
            msg = f"derived parameters refer to unknown ones: {waiting[0]['name']}"
            raise ValueError(msg)
        ordered += ready
        there |= {row["name"] for row in ready}
        waiting = [row for row in waiting if row["name"] not in there]
    return ordered
