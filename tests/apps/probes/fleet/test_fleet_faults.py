"""A real worker on a real Redis, and what may happen to them in the middle of a probe."""

import os
import signal
import subprocess
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from apps.accounts.models import Membership
from apps.probes import services
from apps.probes.models import Measurement, ProbeHost, ProbeRequest
from tests.apps.probes.fleet.conftest import OwnRedis
from tests.workers import children, runs
from tests.workers import until as until_soon

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.on_postgres,
    pytest.mark.timeout(2_000),
    pytest.mark.usefixtures("torch"),
]
until = partial(until_soon, deadline_s=600.0)  # each start of a worker and of a probe loads torch
Start = Callable[..., subprocess.Popen[bytes]]
QUICK = {
    "preset": "tiny",
    "precision": "bf16",
    "prompt_tokens": 8,
    "output_tokens": 4,
    "repeats": 2,
}


def ask(member: Membership, host: ProbeHost, **changes: Any) -> ProbeRequest:
    host.refresh_from_db()
    return services.request_probe(
        organisation=member.organisation, actor=member.user, host=host, **{**QUICK, **changes}
    )


def state(probe: ProbeRequest) -> str:
    probe.refresh_from_db()
    return probe.state


def done(probe: ProbeRequest) -> bool:
    return state(probe) not in {"queued", "running"}


def finished_in(spool: Path) -> list[Path]:
    return list(spool.glob("*.json"))


@pytest.fixture
def fault(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Make every Python of the worker begin with a fault; return the environment that does so."""

    def make(code: str) -> dict[str, str]:
        folder = tmp_path / "fault"
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(code)
        return {"PYTHONPATH": f"{folder}{os.pathsep}{settings.BASE_DIR}"}

    return make


YEARS_AHEAD = """
import time
now = time.time
time.time = lambda: now() + 3e8
"""
NAN = """
from lca.measure.meters.modelled import Modelled
Modelled.end = lambda self: float("nan")
"""


def test_a_finished_measurement_outlives_server_broker_and_worker(
    member: Membership,
    added: tuple[ProbeHost, str],
    redis: OwnRedis,
    work: Start,
    listener: Start,
    fault: Callable[[str], dict[str, str]],
    tmp_path: Path,
) -> None:
    """On a host whose clock is ten years ahead."""
    host, _ = added
    ahead = fault(YEARS_AHEAD)
    server, worker = listener(), work(**ahead)
    probe = ask(member, host)
    until(lambda: state(probe) == "running")
    server.kill()
    redis.kill()
    redis.start()
    until(lambda: finished_in(tmp_path / "spool"))
    worker.kill()
    worker.wait()
    assert Measurement.objects.count() == 0
    listener()
    work(**ahead)
    until(lambda: done(probe))
    assert (probe.state, probe.message) == ("succeeded", "")
    measurement = Measurement.objects.get()
    assert probe.measurement == measurement
    assert (measurement.host, measurement.host_device) == (host, "cpu")
    assert probe.started_at is not None
    assert probe.started_at <= measurement.measured_at <= timezone.now()
    until(lambda: not finished_in(tmp_path / "spool"))
    host = ProbeHost.objects.get()
    assert (host.state, host.clock_is_wrong) == ("online", True)
    assert host.devices[0]["meters"]["modelled"] == "available"


def test_a_worker_killed_in_each_phase_leaves_nothing_hung(
    member: Membership, added: tuple[ProbeHost, str], work: Start, listener: Start
) -> None:
    host, _ = added
    listener()
    worker = work()
    probe = ask(member, host, prompt_tokens=256, output_tokens=64, repeats=20)
    for attempt, phase in enumerate(("idle", "prefill", "decode"), start=1):
        until(lambda: state(probe) == "running" and probe.phase == phase)  # noqa: B023  called at once
        assert probe.attempts == attempt
        measuring = children(worker.pid)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        until(lambda: not any(runs(pid) for pid in measuring))  # noqa: B023  called at once
        services.reap(now=timezone.now() + timedelta(minutes=1))
        if attempt < 3:
            assert state(probe) == "queued"
            worker = work()
    assert state(probe) == "failed"
    assert "lost while measuring" in probe.message
    assert Measurement.objects.count() == 0


def test_cancel_a_meter_that_reads_nan_and_a_driver_that_is_gone(
    member: Membership,
    added: tuple[ProbeHost, str],
    work: Start,
    listener: Start,
    fault: Callable[[str], dict[str, str]],
) -> None:
    host, _ = added
    listener()
    work(**fault(NAN))
    called_off = ask(member, host, output_tokens=4_096)
    until(lambda: state(called_off) == "running")
    services.cancel(request=called_off, actor=member.user)
    until(lambda: done(called_off))
    assert called_off.state == "cancelled"
    nan = ask(member, host)
    until(lambda: done(nan))
    assert nan.state == "failed"
    assert "read nan J in a idle window" in nan.message
    gpu = {"address": "cuda:0", "key": "GPU-1", "name": "a GPU", "meters": {}}
    ProbeHost.objects.filter(pk=host.pk).update(devices=[*host.devices, gpu])
    gone = ask(member, host, device="cuda:0")
    until(lambda: done(gone))
    assert gone.state == "failed"
    assert "There is no device cuda:0" in gone.message
    assert Measurement.objects.count() == 0
