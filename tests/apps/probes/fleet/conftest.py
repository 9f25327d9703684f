"""A fleet of real parts: a Redis of its own, the process that listens, and worker processes that join over HTTP."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.conf import settings as django_settings

import lca.broker
import lca.queue
from apps.accounts.models import Membership
from apps.probes import services
from apps.probes.models import ProbeHost
from tests import servers
from tests.workers import database_url, until

Popen = subprocess.Popen[bytes]
TOLD = {
    "devices": [{"kind": "cpu", "index": 0, "name": "a processor", "uuid": "", "meters": {}}],
    "probe_version": "1.0.0",
    "python": "3.11.7",
    "packages": {"torch": "2.13.0"},
}
OUTSIDE = {
    name: value
    for name, value in os.environ.items()
    if name not in {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL", "SECRET_KEY"}
}


class OwnRedis:
    """A Redis that may be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "redis").mkdir(parents=True)
        self.path = servers.broker.socket_path(folder)
        self.url = servers.broker.url(self.path)
        self.start()

    def start(self) -> None:
        command = servers.broker.command(self.folder, self.path)
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(lambda: servers.broker.answers(self.path), 30)

    def kill(self) -> None:
        """End it at once, so that what it had not saved is lost, users included."""
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[OwnRedis]:
    own = OwnRedis(tmp_path / "broker")
    settings.CELERY_BROKER_URL = settings.FLEET_BROKER_URL = own.url
    lca.broker.broker.cache_clear()
    sender = Celery("sender", broker=own.url, set_as_current=False)
    monkeypatch.setattr(lca.queue, "app", sender)
    yield own
    sender.close()
    lca.broker.broker().close()
    lca.broker.broker.cache_clear()
    own.kill()


@pytest.fixture
def added(member: Membership) -> tuple[ProbeHost, str]:
    """A host that has not joined, and its token."""
    return services.add_host(organisation=member.organisation, actor=member.user, name="Rack 1")


@pytest.fixture
def host(added: tuple[ProbeHost, str], redis: OwnRedis) -> ProbeHost:
    """A host that has joined, without a worker."""
    services.join(host=added[0], told=TOLD)
    return added[0]


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Callable[..., Popen]]:
    """Start programs whose words go to a log, and end them all."""
    started: list[Popen] = []

    def start(name: str, *words: str, **environment: str) -> Popen:
        with (tmp_path / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *words],
                stdout=log,
                stderr=log,
                cwd=django_settings.BASE_DIR,
                env={**OUTSIDE, **environment},
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
    end = time.monotonic() + 15
    for process in started:
        try:
            process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def listener(
    redis: OwnRedis, processes: Callable[..., Popen], tmp_path: Path
) -> Callable[[], Popen]:
    """Start the process that listens to hosts."""

    def start() -> Popen:
        return processes(
            "fleet",
            "manage.py",
            "fleet",
            DJANGO_SETTINGS_MODULE="lca.settings",
            CRADLE_DATA=str(tmp_path),
            SECRET_KEY=django_settings.SECRET_KEY,
            DATABASE_URL=database_url(),
            REDIS_URL=redis.url,
        )

    return start


@pytest.fixture
def work(
    added: tuple[ProbeHost, str], live_server: Any, processes: Callable[..., Popen], tmp_path: Path
) -> Callable[..., Popen]:
    """Start the host's worker, with the one command that people are told."""
    host, token = added

    def start(**environment: str) -> Popen:
        words = ["worker", "--url", live_server.url, "--token", token]
        joins = ProbeHost.objects.get(pk=host.pk).joins
        spool = ["--spool", str(tmp_path / "spool")]
        worker = processes("worker", "-m", "lca.measure", *words, *spool, **environment)
        until(lambda: ProbeHost.objects.get(pk=host.pk).joins > joins)
        return worker

    return start
