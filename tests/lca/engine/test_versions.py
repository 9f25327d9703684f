"""Documents frozen with earlier versions of the engine stay verifiable: each is kept as that version wrote it."""

import json
from pathlib import Path
from typing import Any

import pytest

from lca.engine import ENGINE_VERSION, assess, from_document, to_document
from lca.engine.__main__ import main

FROZEN = sorted((Path(__file__).parent / "frozen").glob("engine-*.json"))
WITHIN = 1e-9  # between machines the last bits may differ


def recomputed(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    document = json.loads(path.read_text(encoding="utf-8"))
    engine = document["result"]["engine"]
    assert path.stem == f"engine-{engine['version']}"
    found = assess(from_document(document), draws=engine["draws"], seed=engine["seed"])
    return document, found.to_dict()


def same(before: Any, after: Any) -> None:
    """Everything that was there is there, and the same; there may be more."""
    if isinstance(before, dict):
        for key, value in before.items():
            same(value, after[key])
    elif isinstance(before, list):
        assert len(before) == len(after)
        for pair in zip(before, after, strict=True):
            same(*pair)
    elif isinstance(before, float):
        assert after == pytest.approx(before, rel=WITHIN, abs=1e-15)
    else:
        assert after == before


def test_there_are_frozen_documents_of_earlier_versions():
    assert FROZEN
    assert f"engine-{ENGINE_VERSION}" not in [path.stem for path in FROZEN]


@pytest.mark.parametrize("path", FROZEN, ids=lambda path: path.stem)
def test_every_figure_of_an_earlier_version_comes_out_again(path):
    document, after = recomputed(path)
    before = {**document["result"], "engine": {**document["result"]["engine"]}}
    assert before["engine"].pop("version") != after["engine"]["version"] == ENGINE_VERSION
    same(before, after)


@pytest.mark.parametrize("path", FROZEN, ids=lambda path: path.stem)
def test_its_inventory_is_written_again_as_it_was(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    assert json.loads(json.dumps(to_document(from_document(document)))) == document["inventory"]


@pytest.mark.parametrize("path", FROZEN, ids=lambda path: path.stem)
def test_the_command_recomputes_it_with_its_own_draws(path, capsys):
    document, after = recomputed(path)
    assert main(["assess", str(path)]) == 0
    assert json.loads(capsys.readouterr().out) == after
    assert after["engine"]["seed"] == document["result"]["engine"]["seed"]
