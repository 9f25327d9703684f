"""The command as people type it, in a process of its own."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lca.measure.cli import main

RUN = [sys.executable, "-m", "lca.measure", "run", "--preset", "tiny", "--device", "cpu"]
QUICK = [
    "--prompt-tokens",
    "8",
    "--output-tokens",
    "4",
    "--repeats",
    "2",
    "--idle-s",
    "0.2",
    "--window-s",
    "0.05",
]


@pytest.mark.usefixtures("probe_extra")
def test_run_writes_one_document_and_shows_its_progress(tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    done = subprocess.run(
        [*RUN, *QUICK, "--precision", "fp4", "--out", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(out.read_text())["schema"] == "cradle-measurement/1.1"
    assert done.stdout == ""
    assert "100%" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]


@pytest.mark.usefixtures("probe_extra")
def test_a_terminated_run_stops_cleanly_and_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    with subprocess.Popen(
        [*RUN, "--idle-s", "60", "--out", str(out), "--json-progress"],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        next(line for line in process.stderr if '"idle"' in line)
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read()
    assert process.returncode == 8
    assert json.loads(said.splitlines()[-1])["error"] == "cancelled"
    assert not out.exists()


@pytest.mark.usefixtures("probe_extra")
def test_a_run_whose_starter_dies_stops_too(tmp_path: Path) -> None:
    command = [*RUN, "--idle-s", "60", "--out", str(tmp_path / "x"), "--json-progress"]
    code = f"import subprocess, sys; p = subprocess.Popen({command!r}, stderr=sys.stdout); p.wait()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        next(line for line in starter.stdout if '"idle"' in line)
        starter.kill()
        lines = starter.stdout.read().splitlines()  # ends when the orphan has closed its end
    assert json.loads(lines[-1])["error"] == "cancelled"


def test_an_unwritable_place_is_told_before_measuring(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--preset", "tiny", "--out", str(tmp_path / "none" / "x.json")]) == 2
    assert "name a file in a folder that exists" in capsys.readouterr().err


def test_a_wrong_number_is_told_with_its_bounds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--preset", "tiny", "--repeats", "1", "--out", "x.json"]) == 2
    assert "repeats is 1; it must lie between 2 and 50" in capsys.readouterr().err


def test_an_unknown_preset_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["run", "--preset", "huge", "--out", "x.json"])
    assert caught.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


@pytest.mark.usefixtures("probe_extra")
def test_devices_lists_the_meters_with_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices"]) == 0
    listing = json.loads(capsys.readouterr().out)
    assert listing[-1]["kind"] == "cpu"
    assert listing[-1]["meters"]["modelled"] == "available"


def test_a_missing_package_is_told_with_the_command_that_adds_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in [key for key in sys.modules if key == "lca.measure.run"]:
        monkeypatch.delitem(sys.modules, name)
    import lca.measure

    monkeypatch.delattr(lca.measure, "run", raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    assert main(["run", "--preset", "tiny", "--out", str(tmp_path / "x.json")]) == 3
    assert "python -m pip install" in capsys.readouterr().err
