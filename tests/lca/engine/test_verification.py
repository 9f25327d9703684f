"""Published documents recomputed: what follows is confirmed, what was changed is found."""

import copy
import json
from pathlib import Path

import pytest

from lca.engine import EngineError, verify
from lca.engine.__main__ import main
from lca.engine.opening import data_of, document_of

FROZEN = sorted((Path(__file__).parent / "frozen").glob("engine-*.json"))


@pytest.fixture(params=FROZEN, ids=lambda path: path.stem)
def document(request):
    return json.loads(request.param.read_text())


def test_documents_of_every_version_are_confirmed(document):
    found = verify(document)
    assert found.is_confirmed
    assert found.figures > 50
    assert found.largest < 1e-9
    assert found.engine_published == document["result"]["engine"]["version"]


def numbers(value, path=()):
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from numbers(item, (*path, key))
    elif isinstance(value, float) and abs(value) > 1e-6:
        yield path


def test_any_figure_that_was_changed_is_found_with_its_place(document):
    paths = list(numbers(document["result"]))
    for path in paths[:: max(1, len(paths) // 25)]:
        changed = copy.deepcopy(document)
        at = changed["result"]
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] *= 1 + 1e-5
        found = verify(changed)
        assert not found.is_confirmed
        assert [item.pointer for item in found.differences] == [
            f"/result/{'/'.join(map(str, path))}"
        ]


def test_an_inventory_that_was_changed_no_longer_gives_the_result(document):
    parameter = next(p for p in document["inventory"]["parameters"] if p.get("value"))
    parameter["value"] *= 1.5
    assert verify(document).differ > 0


def test_figures_that_the_inventory_does_not_give_are_found(document):
    document["result"]["totals"]["invented"] = {"nominal": 1.0}
    found = verify(document)
    assert found.differences[0].recomputed is None


@pytest.mark.parametrize(
    "content",
    [b"", b"nothing", b"[]", b"{}", b'{"result": {}}', b'{"result": 1, "inventory": {}}', b"[" * 9999, b"%PDF-1.7 torn", b"\xff\xfe"],
)  # fmt: skip
def test_what_is_no_report_is_refused(content):
    with pytest.raises(EngineError):
        verify(document_of(data_of(content)))


def test_draws_that_are_none_are_refused(document):
    document["result"]["engine"]["draws"] = "many"
    with pytest.raises(EngineError, match="whole number"):
        verify(document)


def test_the_command_tells_by_its_status(tmp_path, capsys):
    document = json.loads(FROZEN[-1].read_text())
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document))
    assert main(["verify", str(path)]) == 0
    assert "Confirmed" in capsys.readouterr().out
    document["result"]["totals"]["gwp_location"]["nominal"] += 1
    path.write_text(json.dumps(document))
    assert main(["verify", str(path)]) == 1
    assert "/result/totals/gwp_location/nominal" in capsys.readouterr().out
    assert main(["verify", str(path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["differ"] == 1
    path.write_text("nothing")
    assert main(["verify", str(path)]) == 2
