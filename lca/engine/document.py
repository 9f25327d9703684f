"""An inventory as a JSON document, and back."""

from collections.abc import Mapping
from typing import Any

import attrs

from lca.engine import distributions
from lca.engine.alteration import Alteration
from lca.engine.errors import EngineError, InvalidDocument
from lca.engine.flow import Flow, Gap
from lca.engine.inventory import Inventory
from lca.engine.parameter import Derived, Parameter

SCHEMA = "ai-footprint-inventory/1.0"


def to_document(inventory: Inventory) -> dict[str, Any]:
    """JSON form of an inventory; infinite limits are left out, since JSON has no infinity."""
    return {
        "schema": SCHEMA,
        "functional_unit": inventory.functional_unit,
        "parameters": [_parameter(item) for item in inventory.parameters],
        "derived": [
            {**attrs.asdict(item), "arguments": list(item.arguments)} for item in inventory.derived
        ],
        "flows": [_flow(flow) for flow in inventory.flows],
        "gaps": [gap.to_dict() for gap in inventory.gaps],
    }


def from_document(document: Mapping[str, Any]) -> Inventory:
    """Read an inventory; a snapshot that holds one under ``inventory`` is accepted.

    Raises
    ------
    InvalidDocument
        With the place in the document.
    EngineError
        If the inventory contradicts itself.
    """
    if "inventory" in document and "flows" not in document:
        document = document["inventory"]
    if not isinstance(document, Mapping) or document.get("schema") != SCHEMA:
        found = document.get("schema") if isinstance(document, Mapping) else type(document).__name__
        msg = f"This is not an inventory document: “schema” is {found!r}, not “{SCHEMA}”."
        raise InvalidDocument(msg)
    functional_unit = document.get("functional_unit", "")
    if not isinstance(functional_unit, str):
        msg = f"/functional_unit must be text, not {functional_unit!r}."
        raise InvalidDocument(msg)
    return Inventory(
        functional_unit=functional_unit,
        parameters=_read(document, "parameters", _read_parameter),
        derived=_read(document, "derived", _read_derived),
        flows=_read(document, "flows", _read_flow),
        gaps=_read(document, "gaps", lambda row: Gap(**row)),
    )


def alteration_document(alteration: Alteration) -> dict[str, Any]:
    """JSON form of an alteration: what replaces and what multiplies, by the name of what is changed."""
    return {
        "overrides": {
            name: _parameter(value) if isinstance(value, Parameter) else value
            for name, value in sorted(alteration.overrides.items())
        },
        "ratios": {name: _parameter(value) for name, value in sorted(alteration.ratios.items())},
    }


def read_alteration(row: Mapping[str, Any], place: str = "") -> Alteration:
    """Read an alteration; ``place`` is where it stands in its document.

    Raises
    ------
    InvalidDocument
        With the place of what cannot be read.
    """
    return Alteration(
        overrides={name: value if _is_number(value) else _one(value, f"{place}/overrides/{name}") for name, value in _named(row, "overrides", place)},
        ratios={name: _one(value, f"{place}/ratios/{name}") for name, value in _named(row, "ratios", place)},
    )  # fmt: skip


def _named(row: Mapping[str, Any], key: str, place: str) -> list[tuple[str, Any]]:
    rows = row.get(key, {})
    if not isinstance(rows, dict):
        msg = f"{place}/{key} must be an object of parameters by name."
        raise InvalidDocument(msg)
    return list(rows.items())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _one(value: Any, place: str) -> Parameter:
    try:
        return _read_parameter(value)
    except EngineError as error:
        msg = f"{place}: {error}"
        raise type(error)(msg, place) from error
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        msg = f"{place} cannot be read: {error}"
        raise InvalidDocument(msg) from error


def _parameter(item: Parameter) -> dict[str, Any]:
    plain = attrs.asdict(item, recurse=False)
    plain |= {
        "provenance": item.provenance.value,
        "distribution": distributions.to_dict(item.distribution),
        "pedigree": item.pedigree.stated if item.pedigree else None,
    }
    if item.pedigree is None:
        del plain["pedigree"]  # not stated; documents without scores stay as they were
    return {
        key: value for key, value in plain.items() if value not in (float("inf"), float("-inf"))
    }


def _flow(flow: Flow) -> dict[str, Any]:
    return {
        "name": flow.name,
        "label": flow.label,
        "stage": flow.stage.value,
        "process": flow.process,
        "component": flow.component.value,
        "activity": flow.activity.value if flow.activity else None,
        "unit": flow.unit,
        "coefficient": flow.coefficient,
        "terms": [list(term) for term in flow.terms],  # pairs: canonical JSON would sort an object
        "factors": {
            category.value: [list(term) for term in terms]
            for category, terms in flow.factors.items()
        },
    }


def _read_parameter(row: Mapping[str, Any]) -> Parameter:
    return Parameter(
        **{**row, "distribution": distributions.from_dict(row.get("distribution", {}))}
    )


def _read_derived(row: Mapping[str, Any]) -> Derived:
    return Derived(**row)


def _read_flow(row: Mapping[str, Any]) -> Flow:
    return Flow(**row)


def _read(document: Mapping[str, Any], key: str, read: Any) -> tuple[Any, ...]:
    rows = document.get(key, [])
    if not isinstance(rows, list):
        msg = f"/{key} must be a list."
        raise InvalidDocument(msg)
    result = []
    for number, row in enumerate(rows):
        try:
            result.append(read(row))
        except EngineError as error:
            if error.names:
                raise
            msg = f"/{key}/{number}: {error}"
            raise type(error)(msg, f"/{key}/{number}") from error
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            msg = f"/{key}/{number} cannot be read: {error}"
            raise InvalidDocument(msg) from error
    return tuple(result)
