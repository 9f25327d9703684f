"""A real web server and worker on a real Redis, killed again and again: each acknowledged upload ends in one set of runs."""

import os
import random
import threading
import time
from datetime import timedelta

import pytest
from celery import Celery
from django.utils import timezone

import lca.queue
from apps.assessments.models import AISystem
from apps.ingest import services
from apps.ingest.models import RecordedRun, Upload
from tests.apps.ingest.conftest import csv, line
from tests.storm import Storm
from tests.workers import database_url

KILLS = int(os.environ.get("CRADLE_KILLS", "30"))
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(900 + 10 * KILLS),
]
FILES = max(12, KILLS // 3)
RUNS = 600
DEADLINE_S = 300.0 + KILLS


def resume(ahead: timedelta) -> None:
    """What the schedule does, as if some time had passed."""
    services.resume(now=timezone.now() + ahead)


@pytest.fixture
def storm(torch, redis_url, tmp_path, monkeypatch, system: AISystem, token: str):
    broker = f"{redis_url}?virtual_host=9"
    monkeypatch.setattr(lca.queue, "app", Celery("sender", broker=broker))
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "lca.settings",
        "CRADLE_DATA": str(tmp_path),
        "DATABASE_URL": database_url(),
        "REDIS_URL": broker,
        "CRADLE_LOG_LEVEL": "WARNING",
    }
    files = [csv(line(f"run-{n}-{m}") for m in range(RUNS)) for n in range(FILES)]
    made = Storm(tmp_path, environment, token, system.slug, files)
    made.start()
    yield made
    made.end()


def test_acknowledged_uploads_survive_kills_of_web_and_worker(storm: Storm, capsys) -> None:
    sender = threading.Thread(target=storm.send, daemon=True)
    sender.start()
    chance = random.Random(7)  # noqa: S311  no secret
    for _ in range(KILLS):
        storm.kill(chance)
        resume(timedelta(minutes=3))
    deadline = time.monotonic() + DEADLINE_S
    still_open = Upload.objects.filter(state__in=("waiting", "reading"))
    while (sender.is_alive() or still_open.exists()) and time.monotonic() < deadline:
        time.sleep(0.5)
        resume(timedelta(minutes=1, seconds=55))
    assert not sender.is_alive()
    uploads = Upload.objects.all()
    assert {str(uuid) for uuid in uploads.values_list("uuid", flat=True)} >= set(storm.acknowledged)
    assert set(uploads.values_list("state", flat=True)) == {"done"}
    assert len(storm.acknowledged) == FILES + -(-FILES // 4)
    assert RecordedRun.objects.count() == RUNS * FILES
    assert RecordedRun.objects.values("external_id").distinct().count() == RUNS * FILES
    assert sum(uploads.values_list("runs_added", flat=True)) == RUNS * FILES
    with capsys.disabled():
        told = ", ".join(f"{n} of a {kind}" for kind, n in storm.killed.most_common())
        print(  # noqa: T201  the record of scripts/kills.py
            f"\n{KILLS} kills ({told}); {len(storm.acknowledged)} uploads acknowledged, {uploads.count()} kept,"
            f" {storm.unsure} answers lost; {RUNS * FILES} runs, each once"
        )
