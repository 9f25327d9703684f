"""A real worker process on a real Redis: it executes a probe, and survives being killed in the middle of one."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection
from django.utils import timezone

import lca.queue
from apps.accounts.models import Membership
from apps.probes import services
from apps.probes.models import ProbeRequest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]
DEADLINE_S = 150.0  # of which a few seconds are needed where nothing else runs
QUICK = {
    "preset": "tiny",
    "precision": "bf16",
    "prompt_tokens": 8,
    "output_tokens": 4,
    "repeats": 2,
}


def until(what: Callable[[], Any], deadline_s: float = DEADLINE_S) -> Any:
    """Poll until ``what`` is true, and return it."""
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.05)  # between two looks
    pytest.fail(f"not true within {deadline_s:.0f} s")


def database_url() -> str:
    """The address of the tests' own database, for another process."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


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


def ask(member: Membership, **changes: Any) -> ProbeRequest:
    return services.request_probe(
        organisation=member.organisation, actor=member.user, **{**QUICK, **changes}
    )


def state(probe: ProbeRequest) -> str:
    probe.refresh_from_db()
    return probe.state


def children(pid: int) -> list[int]:
    """The processes that this process started."""
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="],  # noqa: S607  the system's own
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


def test_a_worker_executes_a_probe_and_records_its_measurement(
    member: Membership, worker: subprocess.Popen[bytes]
) -> None:
    probe = ask(member)
    until(lambda: state(probe) not in {"queued", "running"})
    assert (probe.state, probe.message, probe.attempts) == ("succeeded", "", 1)
    assert probe.measurement is not None
    assert probe.measurement.model_name == "tiny"


def test_a_probe_whose_worker_is_killed_is_retried_and_not_left_hanging(
    member: Membership, worker: subprocess.Popen[bytes]
) -> None:
    probe = ask(member, output_tokens=512)
    until(lambda: state(probe) == "running" and probe.phase not in {"", "starting"})
    executor = next(pid for pid in children(worker.pid) if children(pid))
    measuring = children(executor)
    os.kill(executor, signal.SIGKILL)
    until(lambda: not any(runs(pid) for pid in measuring))
    ProbeRequest.objects.filter(pk=probe.pk).update(output_tokens=4)
    assert state(probe) == "running"
    assert services.reap(now=timezone.now() + timedelta(seconds=40)) == 1
    until(lambda: state(probe) not in {"queued", "running"})
    assert (probe.state, probe.message, probe.attempts) == ("succeeded", "", 2)


def test_a_running_probe_is_cancelled_within_seconds(
    member: Membership, worker: subprocess.Popen[bytes]
) -> None:
    probe = ask(member, output_tokens=8_192)
    until(lambda: state(probe) == "running")
    services.cancel(request=probe, actor=member.user)
    until(lambda: state(probe) == "cancelled", 30)
    until(lambda: not any(children(pid) for pid in children(worker.pid)), 20)
