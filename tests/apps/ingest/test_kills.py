"""A real worker on a real Redis, killed again and again: every upload ends in exactly one set of runs."""

import io
import os
import signal
import subprocess
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.assessments.models import AISystem
from apps.ingest import services
from apps.ingest.models import RecordedRun, Upload
from tests.apps.ingest.conftest import csv, line
from tests.workers import children, until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.on_postgres,
    pytest.mark.timeout(900),
]
KILLS = 30
RUNS = 3_000


def readers(worker: subprocess.Popen[bytes]) -> list[int]:
    return children(worker.pid)


def test_an_upload_survives_thirty_killed_readers(
    system: AISystem, worker: subprocess.Popen[bytes]
) -> None:
    until(lambda: readers(worker))
    content = csv(line(f"run-{n}") for n in range(RUNS))
    sent = [
        services.receive(system=system, file=io.BytesIO(content), name=f"{n}.csv", actor=None)
        for n in range(3)
    ]
    until(
        lambda: Upload.objects.filter(attempt__gt=0).exists()
    )  # a pool killed while it starts gives up
    for kill in range(KILLS):
        time.sleep(0.02 * (kill % 12))  # at another moment of the reading each time
        killed = readers(worker)
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        until(lambda k=killed: set(readers(worker)) - set(k))
        services.resume(now=timezone.now() + timedelta(minutes=3))
    open_uploads = Upload.objects.exclude(state="done")
    deadline = time.monotonic() + 300
    while open_uploads.exists() and time.monotonic() < deadline:
        time.sleep(1)
        services.resume(now=timezone.now() + timedelta(minutes=1, seconds=55))
    states = [(upload.state, upload.runs_added) for upload in Upload.objects.order_by("pk")]
    assert [state for state, _ in states] == ["done"] * len(sent)
    assert sorted(added for _, added in states) == [0, 0, RUNS]
    assert RecordedRun.objects.count() == RUNS
    assert RecordedRun.objects.values("key").distinct().count() == RUNS
