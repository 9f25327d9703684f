import hashlib
import json

import pytest
import rfc8785

from lca.engine import EngineError, assess, from_document, to_document
from lca.engine.errors import InvalidDocument, UnknownParameter


def test_document_reads_back_equal(inventory):
    assert (
        from_document(json.loads(json.dumps(to_document(inventory), allow_nan=False))) == inventory
    )


def test_canonical_document_gives_the_same_result_to_the_bit(inventory):
    canonical = rfc8785.dumps(to_document(inventory))
    again = from_document(json.loads(canonical))
    assert (
        hashlib.sha256(rfc8785.dumps(to_document(again))).digest()
        == hashlib.sha256(canonical).digest()
    )
    assert assess(again).to_dict() == assess(inventory).to_dict()


def test_snapshot_that_holds_an_inventory_is_accepted(inventory):
    assert from_document({"schema": "x", "inventory": to_document(inventory)}) == inventory


def test_terms_may_be_given_as_an_object(inventory):
    document = to_document(inventory)
    document["flows"][0]["terms"] = {"gpu_h": 1, "power": 1}
    assert from_document(document) == inventory


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        (("schema",), "other/2.0", "“schema” is 'other/2.0', not “ai-footprint-inventory/1.0”"),
        (("functional_unit",), 5, "functional_unit"),
        (("flows",), {}, "/flows must be a list"),
        (("flows", 1), "line", "/flows/1 cannot be read"),
        (("flows", 0, "stage"), "moon", "/flows/0 cannot be read: 'moon' is not a valid Stage"),
        (("flows", 0, "colour"), "red", "/flows/0 cannot be read: .*colour"),
        (("flows", 0, "terms"), {"gpu_h": "two"}, "/flows/0 cannot be read: 'two' is not a number"),
        (("flows", 0, "terms"), [[1, 1]], "/flows/0 cannot be read: 1 is not the name"),
        (("flows", 0, "terms"), 7, "/flows/0 cannot be read"),
        (("flows", 0, "factors"), {"smell": {}}, "'smell' is not a valid Category"),
        (("flows", 0, "unit"), 7, "/flows/0 cannot be read"),
        (("flows", 0, "coefficient"), "1", "/flows/0 cannot be read: '1' is not a number"),
        (("parameters", 2, "value"), "3", "/parameters/2 cannot be read: '3' is not a number"),
        (("parameters", 2, "value"), None, "/parameters/2 cannot be read"),
        (("parameters", 2, "value"), float("nan"), "PUE|pue: the value must be a finite number"),
        (("parameters", 2, "unit"), ["kg"], "/parameters/2 cannot be read"),
        (("parameters", 2, "provenance"), "guessed", "'guessed' is not a valid Provenance"),
        (("parameters", 2, "distribution"), "wide", "/parameters/2 cannot be read"),
        (("derived", 0, "arguments"), [["pue"]], "/derived/0 cannot be read"),
        (("gaps", 0, "stage"), None, "/gaps/0 cannot be read"),
    ],
)
def test_broken_document_says_where(inventory, path, value, text):
    document = json.loads(json.dumps(to_document(inventory)))
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(EngineError, match=text):
        from_document(document)


@pytest.mark.parametrize("document", [{}, {"inventory": 3}, {"inventory": []}, {"flows": []}])
def test_what_is_no_inventory_is_refused(document):
    with pytest.raises(InvalidDocument, match="This is not an inventory document"):
        from_document(document)


def test_contradiction_in_a_document_keeps_its_own_error(inventory):
    document = to_document(inventory)
    document["parameters"] = document["parameters"][1:]
    with pytest.raises(UnknownParameter, match="it refers to gpu_h"):
        from_document(document)
