"""A real worker process on a real Redis: it executes a probe, and survives being killed in the middle of one."""

import os
import signal
import subprocess
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Membership
from apps.probes import services
from apps.probes.models import ProbeRequest
from tests.workers import children, runs, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]
QUICK = {
    "preset": "tiny",
    "precision": "bf16",
    "prompt_tokens": 8,
    "output_tokens": 4,
    "repeats": 2,
}


def ask(member: Membership, **changes: Any) -> ProbeRequest:
    return services.request_probe(
        organisation=member.organisation, actor=member.user, **{**QUICK, **changes}
    )


def state(probe: ProbeRequest) -> str:
    probe.refresh_from_db()
    return probe.state


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
