"""A web server and a worker that are killed again and again while files are sent to them."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import attrs
import httpx
from django.conf import settings

from tests.workers import children, until

WEIGHTS = {"reader": 55, "web worker": 35, "web server": 6, "worker": 4}
WEB = (
    "gunicorn lca.wsgi --preload --no-control-socket --worker-class gthread --workers 2 --threads 4"
)
WORKER = "celery -A lca.celery worker --concurrency 1 --loglevel warning --without-gossip --without-mingle"
SAME_AGAIN = 4  # every fourth file is one that was sent before
TIMEOUT_S = 20.0


@attrs.define
class Storm:
    """Services, who sends to them, and what was acknowledged: uploads by their uuid."""

    folder: Path
    environment: dict[str, str]
    token: str
    system: str
    files: list[bytes]
    acknowledged: list[str] = attrs.field(factory=list)
    unsure: int = 0
    killed: Counter[str] = attrs.field(factory=Counter)
    port: int = 0
    services: dict[str, subprocess.Popen[bytes]] = attrs.field(factory=dict)
    is_over: threading.Event = attrs.field(factory=threading.Event)

    def start(self) -> None:
        """Start both services, and wait until they are there."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        for name in ("web server", "worker"):
            self._start(name)
        until(lambda: self._pids("reader") and self._pids("web worker"))

    def _start(self, name: str) -> None:
        words = (WEB if name == "web server" else WORKER).split()
        if name == "web server":
            words += ["--bind", f"127.0.0.1:{self.port}"]
        with (self.folder / "storm.log").open("ab") as log:
            self.services[name] = subprocess.Popen(
                [sys.executable, "-m", *words],
                env=self.environment,
                cwd=settings.BASE_DIR,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _pids(self, kind: str) -> list[int]:
        service = "web server" if kind.startswith("web") else "worker"
        process = self.services[service]
        return [process.pid] if kind == service else children(process.pid)

    def send(self) -> None:
        """Send the files one after another, each until it is acknowledged; some that were sent before, again."""
        chance = random.Random(1)  # noqa: S311  no secret
        sent: list[bytes] = []
        for number, content in enumerate(self.files):
            self._send(number, content)
            sent.append(content)
            if number % SAME_AGAIN == 0:
                self._send(number, chance.choice(sent))
            if self.is_over.is_set():
                return

    def _send(self, number: int, content: bytes) -> None:
        """Send one file; an answer that never came leaves it open whether it was taken, so it is sent again."""
        url = f"http://127.0.0.1:{self.port}/api/v1/uploads/"
        while not self.is_over.is_set():
            try:
                answer = httpx.post(
                    url,
                    headers={"Authorization": f"Bearer {self.token}"},
                    data={"system": self.system},
                    files={"file": (f"{number}.csv", content)},
                    timeout=TIMEOUT_S,
                )
                if answer.status_code == httpx.codes.ACCEPTED:
                    self.acknowledged.append(answer.json()["uuid"])
                    return
                assert answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR, answer.text
            except httpx.TransportError:
                self.unsure += 1
            time.sleep(0.05)

    def kill(self, chance: random.Random) -> None:
        """Kill something at some moment, and wait until another stands in its place."""
        time.sleep(chance.random() * 0.4)
        kind = chance.choices(list(WEIGHTS), WEIGHTS.values())[0]
        if kind in self.services:
            process = self.services[kind]
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self._start(kind)
            part = "web worker" if kind == "web server" else "reader"
            until(lambda: self._pids(part))
        else:
            victims = self._pids(kind)
            victim = chance.choice(victims)
            os.kill(victim, signal.SIGKILL)
            until(lambda: victim not in self._pids(kind) and self._pids(kind))
        self.killed[kind] += 1

    def end(self) -> None:
        """End both services."""
        self.is_over.set()
        for process in self.services.values():
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(TIMEOUT_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
