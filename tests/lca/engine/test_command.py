import json
import subprocess
import sys
from pathlib import Path

import pytest

from lca.engine import assess, to_document, trace_total, variance_indices
from lca.engine.__main__ import main

ROOT = Path(__file__).parents[3]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lca.engine", "assess", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=100, cwd=ROOT, check=False
    )


@pytest.fixture
def call(capsys):
    """The same command in this process, for the many ways to be wrong."""

    def called(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        code = main(["assess", *map(str, arguments)])
        out, err = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, code, out, err)

    return called


def test_sobol_prints_the_indices_of_the_categories_asked_for(document, inventory, capsys):
    asked = [str(document), "--draws", "64", "--seed", "3", "--top", "2"]
    assert main(["sobol", *asked, "--category", "gwp_location"]) == 0
    printed = json.loads(capsys.readouterr().out)
    options = {"draws": 64, "seed": 3, "top": 2, "categories": ["gwp_location"]}
    assert printed == variance_indices(inventory, **options).to_dict()
    assert printed["screening"]["together_as_rest"] == ["pue"]
    assert [*printed["indices"]] == ["gwp_location"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["--category", "climate_change"], "Nothing is declared in climate_change; declared are:"),
        (["--draws", "100"], "power of two"),
        (["--top", "0"], "At least 1 parameter"),
    ],
)
def test_sobol_refuses_what_it_cannot_give(document, capsys, asked, message):
    assert main(["sobol", str(document), *asked]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.startswith(f"{document}: ")


def test_trace_prints_every_step_of_a_total(document, inventory, capsys):
    assert main(["trace", str(document), "--category", "gwp_location", "--stage", "training"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == trace_total(inventory, "gwp_location", "training")
    assert main(["trace", str(document), "--category", "adpe"]) == 2
    assert "Nothing is declared in adpe" in capsys.readouterr().err


@pytest.fixture
def document(tmp_path, inventory) -> Path:
    path = tmp_path / "inventory.json"
    path.write_text(json.dumps(to_document(inventory)), encoding="utf-8")
    return path


def test_command_recomputes_an_inventory(document, inventory):
    done = run(document)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == assess(inventory).to_dict()


def test_command_takes_draws_and_seed_from_a_snapshot_unless_told(tmp_path, inventory, call):
    path = tmp_path / "snapshot.json"
    engine = {"version": "1.0.0", "draws": 64, "seed": 5}
    path.write_text(json.dumps({"inventory": to_document(inventory), "result": {"engine": engine}}))
    assert json.loads(call(path).stdout) == assess(inventory, draws=64, seed=5).to_dict()
    told = json.loads(call(path, "--draws", "128", "--seed", "0").stdout)
    assert told == assess(inventory, draws=128, seed=0).to_dict()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ('{"schema": ', "not JSON"),
        ("[" * 100_000, "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        ("[1, 2]", "must be a JSON object"),
        ('{"schema": "other"}', "“schema” is 'other'"),
        ('{"inventory": {"schema": "ai-footprint-inventory/1.0"}, "result": {"engine": {"draws": "9"}}}',
         "/result/engine holds '9'"),
    ],
    ids=["cut", "deep", "binary", "list", "schema", "draws"],
)  # fmt: skip
def test_unreadable_file_ends_with_2_and_a_message(tmp_path, content, text, call):
    path = tmp_path / "bad.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = call(path)
    assert (done.returncode, done.stdout) == (2, "")
    assert str(path) in done.stderr
    assert text in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_file_and_folder_end_with_2_and_a_message(tmp_path, call):
    for path in (tmp_path / "absent.json", tmp_path):
        done = call(path)
        assert done.returncode == 2
        assert str(path) in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("draws", ["0", "100"])
def test_number_of_draws_that_is_no_power_of_two_is_refused(document, draws, call):
    done = call(document, "--draws", draws)
    assert done.returncode == 2
    assert f"power of two up to 2^20, not {draws}" in done.stderr


def test_overflow_ends_with_2_and_no_warning(tmp_path, inventory, call):
    document = to_document(inventory)
    for row in document["parameters"]:
        if row["name"] in {"grid", "gpu_h"}:
            row["value"] = 1e308
    path = tmp_path / "huge.json"
    path.write_text(json.dumps(document))
    done = call(path)
    assert done.returncode == 2
    assert done.stderr == f"{path}: grid is not finite for the values declared.\n"


def test_import_loads_no_framework():
    code = (
        "import sys, lca.engine; heavy = {'django', 'celery', 'rest_framework', 'pandas', 'torch',"
        " 'httpx', 'matplotlib', 'scipy.stats', 'apps', 'lca.settings', 'lca.measure'}; print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_process_ends_with_2_and_a_message_for_malformed_wrong_and_missing_files(tmp_path):
    files = {"malformed.json": "{", "wrong.json": '{"schema": "other"}', "missing.json": None}
    for name, content in files.items():
        if content is not None:
            (tmp_path / name).write_text(content)
        done = run(tmp_path / name)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(str(tmp_path / name))
        assert done.stderr.count("\n") == 1
