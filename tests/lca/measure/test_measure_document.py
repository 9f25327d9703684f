"""The schema's versions, and the sweep that is kept as a fixture."""

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lca.measure import document
from lca.measure.cli.output import as_text

FIXTURES = Path(__file__).parents[3] / "fixtures"
VALIDATOR = Draft202012Validator(document.schema())


def older() -> dict[str, Any]:
    """Return a document as version 1.0 of the probe wrote it."""
    found: dict[str, Any] = json.loads((FIXTURES / "demo" / "probe.json").read_text())
    return found


def sweep() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FIXTURES / "profiles" / "cpu-sweep.json").read_text())
    return found


def test_a_document_of_the_first_version_stays_valid() -> None:
    first = older()
    assert first["schema"] == "cradle-measurement/1.0"
    VALIDATOR.validate(first)
    document.check_results(first)


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "cradle-measurement/2.0"},
        {"sampling": {"samples": 1}},
        {"discarded": [{"phase": "idle"}]},
        {"stopping": {"target_share": 0.03}},
        {"surprise": 1},
    ],
)
def test_a_document_with_anything_else_is_not(change: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid({**older(), **change})


def test_the_kept_sweep_is_of_documents_whose_results_follow_from_their_windows() -> None:
    kept = sweep()
    assert {each["request"]["precision"] for each in kept["documents"]} == {"fp32", "bf16", "int8"}
    for each in kept["documents"]:
        VALIDATOR.validate(each)
        document.check_results(each)
        assert each["model"]["name"] == "ref-0.1b"
        assert each["results"]["provenance"] == "modelled"
        assert each["meter"]["is_modelled"]


def test_the_kept_index_says_of_every_point_what_became_of_it() -> None:
    kept = sweep()
    points = kept["index"]["points"]
    measured = [point for point in points if point["status"] == "measured"]
    assert len(measured) == len(kept["documents"])
    for point, each in zip(measured, kept["documents"], strict=True):
        assert point["decode_j_per_token"] == each["results"]["decode"]["joules_per_token"]
        assert hashlib.sha256(as_text(each).encode()).hexdigest() == point["sha256"]
        assert each["stopping"]["decode"]["reason"] in {"interval", "budget"}
    assert all(point["message"] for point in points if point["status"] != "measured")


def test_a_discarded_window_changes_no_result() -> None:
    changed = copy.deepcopy(sweep()["documents"][0])
    window = {**changed["windows"][-1], "energy_j": 1e6, "disturbed": ["somebody else"]}
    changed["discarded"] = [window]
    VALIDATOR.validate(changed)
    document.check_results(changed)
