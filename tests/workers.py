"""A real Celery worker on the tests' own Redis and database."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection

import lca.queue

DEADLINE_S = 150.0  # of which a few seconds are needed where nothing else runs


def until(what: Callable[[], Any], deadline_s: float = DEADLINE_S) -> Any:
    """Poll until ``what`` is true, and return it."""
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.05)  # between two looks
    pytest.fail(f"not true within {deadline_s:.0f} s")


def children(pid: int) -> list[int]:
    """The processes that this process started."""
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="],
        capture_output=True,
        text=True,
        check=True,
    )
    pairs = [tuple(map(int, line.split())) for line in listing.stdout.splitlines()]
    return [child for child, parent in pairs if parent == pid]


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and ") Z " in status.read_text())


def database_url() -> str:
    """The address of the tests' own database, for another process."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


@pytest.fixture
def worker(
    torch: object, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with a queue of its own, on the tests' Redis and database."""
    broker = f"{redis_url}?virtual_host=7"
    monkeypatch.setattr(lca.queue, "app", Celery("sender", broker=broker))
    queue = f"probes-{os.getpid()}"
    lca.queue.app.conf.task_default_queue = queue
    log = (tmp_path / "worker.log").open("wb")
    command = [sys.executable, "-m", "celery", "-A", "lca.celery", "worker"]
    options = ["--concurrency", "1", "--loglevel", "warning", "-Q", queue, "-n", queue]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "lca.settings",
        "CRADLE_DATA": str(tmp_path),
        "DATABASE_URL": database_url(),
        "REDIS_URL": broker,
    }
    with (
        log,
        subprocess.Popen(
            [*command, *options], env=environment, cwd=settings.BASE_DIR, stdout=log, stderr=log
        ) as process,
    ):
        yield process
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
