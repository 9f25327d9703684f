"""The published JSON Schema of a disclosure, and what in a document breaks it."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from lca.engine.schema import schema as inventory_schema

FILE = Path(__file__).parent / "schemas" / "disclosure-1.0.json"
MOST = 5


def published() -> bytes:
    """The schema as it is served."""
    return FILE.read_bytes()


@lru_cache
def _validator() -> Draft202012Validator:
    inventory = inventory_schema()
    registry = Registry().with_resource(inventory["$id"], Resource.from_contents(inventory))
    return Draft202012Validator(
        json.loads(published()), registry=registry, format_checker=FormatChecker()
    )


def problems(document: Mapping[str, Any]) -> list[str]:
    """The first places where a document breaks the schema, each with why; empty: it is valid."""
    found = []
    for error in _validator().iter_errors(document):
        place = "/".join(str(part) for part in error.absolute_path) or "document"
        found.append(f"{place}: {error.message[:160]}")
        if len(found) == MOST:
            break
    return found
