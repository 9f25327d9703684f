"""The supervisor on real processes: it starts them again, stops them all, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers import ROOT

PATIENCE_S = 30.0
# Two services that write their process numbers down; each has a child of its own, as gunicorn and Celery have.
PROGRAM = """
import subprocess, sys, time
sys.path.insert(0, "scripts")
from serve import Supervisor
from service import Service
child = "import subprocess, sys, time, os; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
child += "print('started', os.getpid(), p.pid, flush=True); time.sleep(600)"
services = [Service(name, [sys.executable, "-c", child], None) for name in ("web", "worker")]
Supervisor(None, services, lambda: True).run()
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    log = (tmp_path / "log").open("w")
    environment = {**os.environ, "PORT": "1", "NO_COLOR": "1"}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=log,
        text=True,
    )
    yield process
    process.kill()
    process.wait()
    log.close()


@pytest.fixture
def started(tmp_path: Path) -> Callable[[], list[tuple[int, int]]]:
    """Pairs of a service's process and its child, in the order of their starts."""

    def read() -> list[tuple[int, int]]:
        lines = (tmp_path / "log").read_text().splitlines()
        words = [line.split() for line in lines if " started " in line]
        return [(int(found[-2]), int(found[-1])) for found in words]

    return read


def until(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that waits to be collected does not."""
    done = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return done.stdout[:1] not in {"", "Z"}


def test_what_dies_is_started_again_and_its_children_are_ended(supervisor, started) -> None:
    until(lambda: len(started()) == 2)
    (first, first_child), (second, _) = started()
    os.kill(first, signal.SIGKILL)
    until(lambda: len(started()) == 3)
    assert not alive(first_child)
    assert alive(second)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_stop_ends_everything(supervisor, started, number) -> None:
    until(lambda: len(started()) == 2)
    supervisor.send_signal(number)
    assert supervisor.wait(timeout=PATIENCE_S) == 0
    assert not any(alive(pid) for pair in started() for pid in pair)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_a_killed_supervisor_takes_its_services_along(supervisor, started) -> None:
    until(lambda: len(started()) == 2)
    supervisor.kill()
    until(lambda: not any(alive(pid) for pid, _ in started()))


def test_services_that_keep_dying_are_started_ever_more_slowly() -> None:
    from service import LONGEST_DELAY_S, Service

    service = Service("web", [], {})
    process = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    process.wait()
    delays = []
    for _ in range(8):
        service.started = time.monotonic()
        service.reschedule(process)
        delays.append(service.due - time.monotonic())
    assert [round(delay) for delay in delays[:5]] == [1, 2, 4, 8, 16]
    assert max(delays) <= LONGEST_DELAY_S
