"""One supervised child process: its command, its log lines, and when it starts again after dying."""

import ctypes
import os
import selectors
import signal
import sys
import time
from subprocess import DEVNULL, PIPE, STDOUT, Popen
from typing import IO, cast

from console import COLOUR, ROOT

COLOURS = {"broker": 35, "web": 32, "worker": 34, "beat": 33}
STEADY_S = 60.0  # a process that lived this long starts again without delay
LONGEST_DELAY_S = 30.0
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """Ask Linux to end this child should the supervisor be killed outright."""
    if LIBC:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Service:
    """A child process that is started again when it dies."""

    def __init__(
        self, name: str, command: list[str], env: dict[str, str], *, delay_s: float = 0.0
    ) -> None:
        self.name, self.command, self.env = name, command, env
        self.process: Popen[bytes] | None = None
        self.started = 0.0
        self.due = time.monotonic() + delay_s
        self.failures = 0
        self.rest = b""

    def start(self, selector: selectors.BaseSelector) -> None:
        """Start in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        self.started = time.monotonic()
        self.process = Popen(
            self.command,
            cwd=ROOT,
            env=self.env,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - the supervisor has a single thread
        )
        pipe = cast("IO[bytes]", self.process.stdout)
        os.set_blocking(pipe.fileno(), False)
        selector.register(pipe, selectors.EVENT_READ, self)

    def alive(self) -> bool:
        """Tell whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def pump(self, pipe: IO[bytes], selector: selectors.BaseSelector) -> None:
        """Print the lines that have come in; forget the pipe once it is closed."""
        chunk = os.read(pipe.fileno(), 65536)
        if not chunk:
            selector.unregister(pipe)
            pipe.close()
        *lines, self.rest = (self.rest + chunk).split(b"\n")
        for line in lines:
            self.log(line.decode(errors="replace"))

    def log(self, line: str) -> None:
        """Print a line with the name of the process in front."""
        name = f"{self.name:<6} |"
        print(
            f"\033[{COLOURS[self.name]}m{name}\033[0m {line}" if COLOUR else f"{name} {line}",
            flush=True,
        )

    def reschedule(self, process: Popen[bytes]) -> None:
        """Note when the process that has died starts again; end what it left behind."""
        self.signal(signal.SIGKILL)
        now = time.monotonic()
        self.failures = 1 if now - self.started > STEADY_S else self.failures + 1
        delay = min(2.0 ** (self.failures - 1), LONGEST_DELAY_S)
        self.due = now + delay
        self.process = None
        self.log(f"ended with status {process.returncode}; starting it again in {delay:.0f} s")

    def signal(self, number: int) -> None:
        """Send a signal to the process and everything it started."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except (
                ProcessLookupError,
                PermissionError,
            ):  # already gone; macOS says the latter of a zombie
                return
