"""JSON Schema (draft 2020-12) of the inventory document, made from the engine's own word lists."""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from lca.engine.derived import FUNCTIONS
from lca.engine.distributions import KINDS
from lca.engine.document import SCHEMA
from lca.engine.pedigree import UNCERTAINTY, WORST
from lca.engine.vocabulary import Category, Component, Provenance, Stage

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
NAME: Json = {"type": "string", "pattern": r"\S"}
NUMBER: Json = {"type": "number"}
PARAMETERS: Mapping[str, Json] = {
    "gsd": {"type": "number", "exclusiveMinimum": 1},
    "sd": {"type": "number", "exclusiveMinimum": 0},
    "low": NUMBER,
    "high": NUMBER,
    "values": {"type": "array", "items": NUMBER, "minItems": 2},
}


def schema() -> Json:
    """Shape of a document; what a shape cannot say (names that exist, units that agree) the reader checks."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:ai-footprint:inventory:1.0",
        "title": "Inventory",
        "description": "Parameters, flows and gaps of one assessment; python -m lca.engine assess FILE recomputes it.",
        "type": "object",
        "required": ["schema"],
        "properties": {
            "schema": {"const": SCHEMA},
            "functional_unit": {
                **TEXT,
                "description": "Empty for life-cycle totals, else the unit that results are given for.",
            },
            "parameters": _list("parameter"),
            "derived": _list("derived"),
            "flows": _list("flow"),
            "gaps": _list("gap"),
        },
        "$defs": {
            "parameter": _parameter(),
            "distribution": {"oneOf": [_distribution(name) for name in KINDS]},
            "pedigree": _object(
                (), {name: {"type": "integer", "minimum": 1, "maximum": WORST} for name in UNCERTAINTY}
            ),
            "derived": _derived(),
            "terms": _terms(),
            "flow": _flow(),
            "gap": _gap(),
        },
    }  # fmt: skip


def _object(required: Iterable[str], properties: Mapping[str, Json], **more: Any) -> Json:
    rules = {"required": [*required]} if required else {}
    return {
        "type": "object",
        **more,
        **rules,
        "properties": dict(properties),
        "additionalProperties": False,
    }


def _list(of: str) -> Json:
    return {"type": "array", "items": _of(of)}


def _of(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def _word(words: Iterable[str]) -> Json:
    return {"enum": [str(word) for word in words]}


def _or_null(shape: Json) -> Json:
    return {"enum": [*shape["enum"], None]}


def _parameter() -> Json:
    return _object(
        ("name", "value"),
        {
            "name": NAME,
            "value": {**NUMBER, "description": "Nominal value, in the unit."},
            "unit": {**TEXT, "default": "1"},
            "distribution": _of("distribution"),
            "minimum": NUMBER,
            "maximum": NUMBER,
            "provenance": {**_word(Provenance), "default": Provenance.SUPPLIED.value},
            **{key: TEXT for key in ("label", "symbol", "source", "evidence")},  # noqa: C420 - one shape each
            "pedigree": _of("pedigree"),
        },
        description="A named value, shared by name; draws beyond minimum or maximum are set to it.",
    )


def _distribution(name: str) -> Json:
    wanted = [*attrs.fields_dict(KINDS[name])]
    required = ["name", *wanted] if wanted else []
    return _object(required, {"name": {"const": name}} | {key: PARAMETERS[key] for key in wanted})


def _derived() -> Json:
    return _object(
        ("name", "function", "arguments"),
        {
            "name": TEXT,
            "function": _word(FUNCTIONS),
            "arguments": {"type": "array", "items": TEXT, "minItems": 1},
            "unit": {**TEXT, "default": "1"},
            "label": TEXT,
            "symbol": TEXT,
        },
        description="A function of parameters, evaluated on the draws.",
    )


def _terms() -> Json:
    pair = {"type": "array", "prefixItems": [TEXT, NUMBER], "items": False, "minItems": 2}
    return {
        "description": "Names of parameters with their exponents.",
        "oneOf": [
            {"type": "array", "items": pair},
            {"type": "object", "additionalProperties": NUMBER},
        ],
    }


def _flow() -> Json:
    return _object(
        ("name", "stage", "process", "component", "unit", "terms", "factors"),
        {
            "name": NAME,
            "label": TEXT,
            "stage": _word(Stage),
            "process": TEXT,
            "component": _word(Component),
            "activity": _or_null(_word(Stage)),
            "unit": TEXT,
            "coefficient": {**NUMBER, "default": 1},
            "terms": _of("terms"),
            "factors": _object((), {category.value: _of("terms") for category in Category}),
        },
        description="An amount, and what one unit of it means in each impact category that is declared.",
    )


def _gap() -> Json:
    return _object(
        ("stage", "reason"),
        {
            "stage": _word(Stage),
            "reason": TEXT,
            "remedy": TEXT,
            "process": TEXT,
            "component": _or_null(_word(Component)),
            "category": _or_null(_word(Category)),
        },
        description="Something inside the boundary for which nothing was declared; never counted as zero.",
    )
