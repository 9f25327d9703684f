"""Run Cradle in the foreground: broker, web server, worker, schedule and fleet under one supervisor.

What dies is started again, each time a little later; Ctrl-C or SIGTERM stops everything and leaves no
process behind. Standard library only.
"""

import os
import selectors
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, cast

import broker
import instance
from console import PYTHON, ROOT, data_folder, environment, say, stop
from readiness import Readiness
from service import Service

GRACE_S = 10.0  # for a request or a task to end before it is killed
BROKER_START_S = 20.0
TICK_S = 0.2
DELAY_S = {
    "beat": 8.0,
    "fleet": 6.0,
}  # its first task is due after 30 s; until then the pages come first


class Supervisor:
    """Starts the services, keeps them running, and stops them in order."""

    def __init__(
        self, own_broker: Service | None, others: list[Service], broker_up: Callable[[], bool]
    ) -> None:
        self.broker, self.others, self.broker_up = own_broker, others, broker_up
        self.services = [*([own_broker] if own_broker else []), *others]
        self.selector = selectors.DefaultSelector()
        self.asked_to_stop = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, *_: object) -> None:
        """Note a request to stop; a second one ends everything at once."""
        self.asked_to_stop += 1
        if self.asked_to_stop > 1:
            self._signal_all(self.services, signal.SIGKILL)

    def run(self) -> None:
        """Start everything and stay until asked to stop."""
        try:
            self._start_broker()
            readiness = Readiness()
            while not self.asked_to_stop:
                self._tend()
                self._listen()
                readiness.check()
        finally:
            self._stop_all()

    def _start_broker(self) -> None:
        """Start our own broker, if any, and wait until it answers; the others need it."""
        if self.broker is None:
            return
        self.broker.start(self.selector)
        deadline = time.monotonic() + BROKER_START_S
        while not self.broker_up() and not self.asked_to_stop:
            self._listen()
            if time.monotonic() > deadline or not self.broker.alive():
                self._listen()
                stop("the Redis server did not start; its last words are above.")

    def _tend(self) -> None:
        """Start what is due and note what has died."""
        for service in self.services:
            if service.process is None and time.monotonic() >= service.due:
                service.start(self.selector)
            elif service.process is not None and not service.alive():
                service.reschedule(service.process)

    def _listen(self) -> None:
        """Pass on log lines for a moment."""
        for key, _ in self.selector.select(TICK_S):
            key.data.pump(cast("IO[bytes]", key.fileobj), self.selector)

    def _stop_all(self) -> None:
        """Stop the services, the broker last so that the worker can hand back what it holds."""
        say("Stopping")
        self._stop(self.others)
        self._stop([self.broker] if self.broker else [])
        say("Stopped")

    def _stop(self, services: list[Service]) -> None:
        """Ask services to end, wait a while, then kill what is left with everything it started."""
        for service in services:
            if service.alive() and service.process is not None:
                service.process.terminate()
        deadline = time.monotonic() + GRACE_S
        while any(service.alive() for service in services) and time.monotonic() < deadline:
            self._listen()
        self._signal_all(services, signal.SIGKILL)
        for service in services:
            if service.process is not None:
                service.process.wait()

    @staticmethod
    def _signal_all(services: list[Service], number: int) -> None:
        """Send a signal to services and everything they started."""
        for service in services:
            service.signal(number)


def services(data: Path, env: dict[str, str]) -> list[Service]:
    """Return the web server, the worker, the schedule and the ear that listens to GPU hosts."""
    web = "gunicorn lca.wsgi --preload --no-control-socket --worker-class gthread --timeout 120 --graceful-timeout 8"
    celery = "celery --quiet -A lca.celery"
    worker = f"{celery} worker --loglevel INFO --without-gossip --without-mingle"
    beat = f"{celery} beat --loglevel WARNING --pidfile="
    sizes = ["--workers", env.get("WEB_WORKERS", "2"), "--threads", env.get("WEB_THREADS", "8")]
    extent = [
        "--concurrency",
        env.get("WORKER_CONCURRENCY", "2"),
        "--queues",
        env.get("WORKER_QUEUES", "celery"),
    ]
    commands = {
        "web": [*web.split(), "--bind", instance.bind_address(), *sizes],
        "worker": [*worker.split(), *extent],
        "beat": [*beat.split(), "--schedule", str(data / "beat-schedule")],
    }
    words = {name: ["-m", *command] for name, command in commands.items()}
    words["fleet"] = [str(ROOT / "manage.py"), "fleet"]
    return [
        Service(name, [str(PYTHON), *command], env, delay_s=DELAY_S.get(name, 0.0))
        for name, command in words.items()
    ]


def serving_environment(data: Path) -> dict[str, str]:
    """Return the environment of the services: data folder, address and the hosts they answer to."""
    env = environment({"CRADLE_DATA": str(data)})
    hosts = ["localhost", "127.0.0.1", "[::1]", instance.HOST, socket.gethostname()]
    env.setdefault("ALLOWED_HOSTS", ",".join(dict.fromkeys(hosts)))
    env.setdefault("SITE_URL", instance.address())
    return env


def main() -> None:
    """Supervise until stopped."""
    data = data_folder()
    lock = instance.hold(data)
    instance.refuse_busy_port()
    env = serving_environment(data)
    own, path = None, broker.socket_path(data)
    if not os.environ.get("REDIS_URL"):
        env["REDIS_URL"] = broker.url(path)
        own = Service("broker", broker.command(data, path), env)
    with lock:
        Supervisor(own, services(data, env), lambda: broker.answers(path)).run()


if __name__ == "__main__":
    main()
