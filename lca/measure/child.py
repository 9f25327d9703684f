"""One run of ``python -m lca.measure`` in a process of its own, so that the worker never loads torch and can stop it.

Used beside the server and on GPU hosts alike.
"""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from lca.measure import errors
from lca.measure.plan import AXES, INDEX, Plan
from lca.measure.spec import ProbeSpec

SECRETS = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "CACHE_URL", "EMAIL_URL", "CRADLE_HOST_TOKEN")
LAST_LINES = 30
STOP_S = 10.0
HEARTBEAT_S = 1.0
START_GRACE_S = 120.0
ROOT = Path(__file__).resolve().parents[2]
Message = Mapping[str, Any]
EXPECTED_CODES = frozenset(
    kind.exit_code for kind in errors.MeasureError.__subclasses__() if kind is not errors.Cancelled
)
OPTIONS = (
    "preset",
    "precision",
    "batch_size",
    "prompt_tokens",
    "output_tokens",
    "repeats",
    "time_limit_s",
    "device",
)


def command(work: ProbeSpec | Plan, out: Path) -> list[str]:
    """Return the command that measures one point into the file ``out``, or a sweep into the folder ``out``."""
    if isinstance(work, Plan):
        words, values = "profile", _values_of_sweep(work)
    else:
        words, values = "run", {name: str(work.to_dict()[name]) for name in OPTIONS}
    options = [f"--{name.replace('_', '-')}={value}" for name, value in values.items()]
    return [
        *(sys.executable, "-m", "lca.measure", words),
        *options,
        f"--out={out}",
        "--json-progress",
    ]


def _values_of_sweep(plan: Plan) -> dict[str, str]:
    base = plan.base.to_dict()
    values = {name: str(base[name]) for name in ("preset", "repeats", "device")}
    values |= {axis: ",".join(map(str, getattr(plan, axis))) for axis in AXES}
    if plan.done:
        values["done"] = ",".join(plan.done)
    return {**values, "budget_s": str(plan.budget_s)}


def collect(folder: Path, store: Callable[[dict[str, Any]], object]) -> None:
    """Give every finished run of a sweep to ``store``, and then forget its file; each is written there whole."""
    for path in sorted(folder.glob("[!.]*.json"), key=lambda path: path.stat().st_mtime):
        if path.name != INDEX:
            store(json.loads(path.read_text(encoding="utf-8")))
            path.unlink()


def environment() -> dict[str, str]:
    """Return this process's environment without its secrets; nothing is fetched from a hub."""
    kept = {name: value for name, value in os.environ.items() if name not in SECRETS}
    return {**kept, "HF_HUB_OFFLINE": "1", "PYTHONUNBUFFERED": "1"}


@dataclass
class Child:
    """A measuring process and what it has said."""

    process: "subprocess.Popen[str]"
    listener: threading.Thread = field(init=False)
    messages: "queue.Queue[Message]" = field(default_factory=queue.Queue)
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))

    @classmethod
    def start(cls, work: ProbeSpec | Plan, out: Path) -> "Child":
        """Start measuring."""
        process = subprocess.Popen(  # noqa: S603  own interpreter, checked values, no shell
            command(work, out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
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

    def latest(self) -> list[Message]:
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


def watch(
    child: Child, *, time_limit_s: float, tick: Callable[[Sequence[Message]], int | None]
) -> tuple[int, str]:
    """Follow a measuring process to its end and return its exit code and its last words about a failure.

    Parameters
    ----------
    child : Child
        The process; stopped here if it does not end by itself.
    time_limit_s : float
        Its own limit; it is ended for it ``START_GRACE_S`` later. [s]
    tick : callable
        Called every ``HEARTBEAT_S`` with what the process has said since; returns an exit code to end it with, or ``None``.
    """
    deadline = time.monotonic() + time_limit_s + START_GRACE_S
    failure = ""
    try:
        while True:
            code = child.wait(HEARTBEAT_S)
            news = child.latest()
            failure = next((m["message"] for m in reversed(news) if "message" in m), failure)
            if code is None:
                code = tick(news)
                failure = "" if code is not None else failure
            if code is None and time.monotonic() > deadline:
                code, failure = errors.TimeLimitReached.exit_code, overrun(time_limit_s)
            if code is not None:
                return code, failure
    finally:
        if child.process.poll() is None:
            child.stop()


def overrun(time_limit_s: float) -> str:
    """Return what to say of a process that ignores its own limit."""
    return f"The time limit of {time_limit_s:g} s was reached and the measurement did not stop by itself."


def progress_of(news: Sequence[Message]) -> dict[str, Any]:
    """Return the latest phase and the share done, if there is news of them."""
    steps = [message for message in news if "phase" in message]
    if not steps:
        return {}
    last = steps[-1]
    return {"phase": last["phase"], "progress": min(1.0, last["done"] / max(1, last["total"]))}
