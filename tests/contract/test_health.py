"""The page that says whether the installation is well."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client


@pytest.mark.django_db
def test_without_a_worker_the_installation_is_not_well() -> None:
    response = Client().get("/healthz")
    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable",
        "database": "ok",
        "broker": "ok",
        "worker": "unavailable",
    }


ASK = """
import django; django.setup()
from django.test import Client
response = Client(SERVER_NAME="localhost").get("/healthz")
print(response.status_code, response.content.decode())
"""


def test_a_broker_that_is_down_is_told_without_its_address(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "lca.settings",
        "REDIS_URL": "redis://:password@127.0.0.1:1/0",
        "CRADLE_DATA": str(tmp_path),
    }
    command = [sys.executable, "-W", "ignore", "-c", ASK]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.startswith("503 ")
    assert '"database": "ok", "broker": "unavailable"' in done.stdout
    assert "password" not in done.stdout + done.stderr


@pytest.mark.timeout(240)
@pytest.mark.django_db
def test_with_a_real_worker_the_installation_is_well() -> None:
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "lca.celery",
        "worker",
        "--pool=solo",
        "--without-gossip",
        "--without-mingle",
    ]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "lca.settings"}
    worker = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=settings.BASE_DIR,
        env=environment,
    )
    try:
        deadline = time.monotonic() + 180  # a worker loads the whole application
        while (response := Client().get("/healthz")).status_code != 200:
            assert worker.poll() is None, "the worker ended"
            assert time.monotonic() < deadline, response.json()
        assert response.json() == {"status": "ok", "database": "ok", "broker": "ok", "worker": "ok"}
    finally:
        worker.terminate()
        worker.wait(30)
