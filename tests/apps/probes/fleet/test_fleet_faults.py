"""A real worker on a real Redis, and what may happen to them in the middle of a probe."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Membership
from apps.probes import services
from apps.probes.models import Measurement, ProbeHost, ProbeRequest
from tests.apps.probes.fleet.conftest import OwnRedis
from tests.workers import until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
    pytest.mark.usefixtures("torch"),
]
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


def test_a_host_joins_with_one_command_and_measures(
    member: Membership, added: tuple[ProbeHost, str], work: Start, listener: Start
) -> None:
    host, _ = added
    listener()
    work()
    probe = ask(member, host)
    until(lambda: done(probe))
    assert (probe.state, probe.message, probe.attempts) == ("succeeded", "", 1)
    assert probe.measurement is not None
    assert (probe.measurement.host, probe.measurement.host_device) == (host, "cpu")
    host.refresh_from_db()
    assert host.state == "online"
    assert host.devices[0]["meters"]["modelled"] == "available"
