"""The schemas of all documents, and that real documents satisfy them."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from lca.measure.document import schema

FIXTURES = Path(__file__).parents[3] / "fixtures"
KINDS = ("measurement", "sweep", "endpoint", "crosscheck")


def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(schema(kind), format_checker=FormatChecker())


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_is_one(kind: str) -> None:
    Draft202012Validator.check_schema(schema(kind))


@pytest.fixture
def index() -> dict[str, Any]:
    text = (FIXTURES / "profiles" / "cpu-sweep.json").read_text()
    found: dict[str, Any] = json.loads(text)["index"]
    return found


def test_an_index_of_the_first_version_satisfies_the_schema(index: dict[str, Any]) -> None:
    validator("sweep").validate(index)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"points": [{"status": "measured"}]}, "required property"),
        ({"is_complete": "yes"}, "boolean"),
        ({"host": "rack-7"}, "Additional properties"),
        ({"schema": "cradle-measurement/1.1"}, "not one of"),
    ],
)
def test_an_index_that_says_something_else_is_refused(
    index: dict[str, Any], change: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        validator("sweep").validate(index | change)
