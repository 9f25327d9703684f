"""One run of ``python -m lca.measure`` in a process of its own, so that the worker never loads torch and can stop it."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from lca.measure.spec import ProbeSpec

SECRETS = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL")
LAST_LINES = 30
STOP_S = 10.0
OPTIONS = (
    "preset",
    "precision",
    "batch_size",
    "prompt_tokens",
    "output_tokens",
    "repeats",
    "time_limit_s",
)


def command(spec: ProbeSpec, out: Path) -> list[str]:
    """Return the command that measures ``spec`` and writes ``out``."""
    values = spec.to_dict()
    options = [
        part for name in OPTIONS for part in (f"--{name.replace('_', '-')}", str(values[name]))
    ]
    return [
        sys.executable,
        "-m",
        "lca.measure",
        "run",
        *options,
        "--out",
        str(out),
        "--json-progress",
    ]


def environment() -> dict[str, str]:
    """Return this process's environment without its secrets; nothing is fetched from a hub."""
    kept = {name: value for name, value in os.environ.items() if name not in SECRETS}
    return {**kept, "HF_HUB_OFFLINE": "1", "PYTHONUNBUFFERED": "1"}


@dataclass
class Child:
    """A measuring process and what it has said."""

    process: "subprocess.Popen[str]"
    listener: threading.Thread = field(init=False)
    messages: "queue.Queue[Mapping[str, Any]]" = field(default_factory=queue.Queue)
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))

    @classmethod
    def start(cls, spec: ProbeSpec, out: Path) -> "Child":
        """Start measuring."""
        process = subprocess.Popen(  # noqa: S603  own interpreter, checked values, no shell
            command(spec, out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd=settings.BASE_DIR,
            env=environment(),
        )
        return cls(process)

    def __post_init__(self) -> None:
        self.listener = threading.Thread(
            target=self._listen, args=(self.process.stderr,), daemon=True
        )
        self.listener.start()

    def _listen(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self._hear(line)

    def _hear(self, line: str) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            message = None
        if isinstance(message, dict):
            self.messages.put(message)
        else:
            self.last_lines.append(line.rstrip())

    def latest(self) -> list[Mapping[str, Any]]:
        """Return the messages since the last call."""
        found = []
        while True:
            try:
                found.append(self.messages.get_nowait())
            except queue.Empty:
                return found

    def wait(self, seconds: float) -> int | None:
        """Return the exit code once all was said, or ``None`` if the process still runs after ``seconds``."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        self.listener.join(STOP_S)
        return code

    def stop(self) -> None:
        """Ask the process to stop, and end it if it does not."""
        self.process.terminate()
        if self.wait(STOP_S) is None:
            self.process.kill()
            self.wait(STOP_S)
