import json
from pathlib import Path

import attrs
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.engine import EngineError, Inventory, Pedigree, from_document, to_document
from lca.engine.__main__ import main
from lca.engine.distributions import KINDS
from lca.engine.pedigree import UNCERTAINTY
from lca.engine.schema import schema
from tests.strategies import inventories

FILE = Path(__file__).parents[3] / "docs" / "schemas" / "inventory-1.0.json"
VALIDATOR = jsonschema.Draft202012Validator(schema())


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(schema())


def test_command_prints_the_published_file(capsys):
    assert main(["schema"]) == 0
    hint = "Write it anew: python -m lca.engine schema > docs/schemas/inventory-1.0.json"
    assert capsys.readouterr().out == FILE.read_text(encoding="utf-8"), hint


@given(inventories(), st.data())
def test_every_inventory_is_valid(inventory, data):
    scores = st.dictionaries(st.sampled_from(sorted(UNCERTAINTY)), st.integers(1, 5))
    scored = attrs.evolve(
        inventory,
        parameters=tuple(
            attrs.evolve(item, pedigree=Pedigree(**data.draw(scores)))
            for item in inventory.parameters
        ),
    )
    VALIDATOR.validate(json.loads(json.dumps(to_document(scored))))


def test_every_distribution_has_a_shape():
    shapes = schema()["$defs"]["distribution"]["oneOf"]
    assert {shape["properties"]["name"]["const"] for shape in shapes} == set(KINDS)


def test_the_least_document_is_valid_and_read():
    least = {"schema": "ai-footprint-inventory/1.0"}
    VALIDATOR.validate(least)
    assert from_document(least) == Inventory(parameters=(), flows=())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), "other/2.0"),
        (("functional_unit",), 5),
        (("flows",), {}),
        (("flows", 1), "line"),
        (("flows", 0, "stage"), "moon"),
        (("flows", 0, "colour"), "red"),
        (("flows", 0, "terms"), {"gpu_h": "two"}),
        (("flows", 0, "terms"), [["gpu_h", 1, 2]]),
        (("flows", 0, "factors"), {"smell": {}}),
        (("flows", 0, "coefficient"), "1"),
        (("parameters", 2, "value"), None),
        (("parameters", 2, "name"), " "),
        (("parameters", 2, "provenance"), "guessed"),
        (("parameters", 2, "distribution"), "wide"),
        (("parameters", 2, "distribution"), {"name": "beta"}),
        (("parameters", 2, "distribution"), {"name": "beta_pert", "low": 1}),
        (("parameters", 2, "distribution"), {"name": "empirical", "values": [1]}),
        (("parameters", 2, "pedigree"), {"reliability": 6}),
        (("parameters", 2, "pedigree"), {"beauty": 1}),
        (("derived", 0, "function"), "cube"),
        (("derived", 0, "arguments"), []),
        (("gaps", 0, "stage"), None),
    ],
)
def test_what_the_schema_refuses_the_reader_refuses_too(inventory, path, value):
    document = json.loads(json.dumps(to_document(inventory)))
    VALIDATOR.validate(document)
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert not VALIDATOR.is_valid(document)
    with pytest.raises(EngineError):
        from_document(document)
