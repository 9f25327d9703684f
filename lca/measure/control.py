"""Progress, cancelling and the time limit: what the outside may see and do while a measurement runs."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from lca.measure.errors import Cancelled, TimeLimitReached


@dataclass(frozen=True)
class Progress:
    """How far a measurement has come: ``done`` of ``total`` steps, now in ``phase``."""

    phase: str
    done: int
    total: int
    elapsed_s: float


class Control:
    """Reports progress and says when to stop.

    Parameters
    ----------
    time_limit_s : float
        Longest duration, from now. [s]
    on_progress : callable, optional
        Called with each :class:`Progress`.
    should_stop : callable, optional
        Asked at every token; true cancels.
    """

    def __init__(
        self,
        time_limit_s: float,
        on_progress: Callable[[Progress], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> None:
        self.started = time.monotonic()
        self.time_limit_s = time_limit_s
        self.total = 1
        self.done = 0
        self._on_progress = on_progress
        self._should_stop = should_stop

    def check(self) -> None:
        """Raise if the measurement was cancelled or its time is up."""
        if self._should_stop is not None and self._should_stop():
            raise Cancelled("The measurement was cancelled; nothing was recorded.")
        if time.monotonic() - self.started > self.time_limit_s:
            msg = (
                f"The time limit of {self.time_limit_s:g} s was reached before all windows were measured. "
                "Raise the limit, or take fewer tokens, fewer repeats or a smaller model."
            )
            raise TimeLimitReached(msg)

    def enter(self, phase: str) -> None:
        """Report that ``phase`` begins."""
        self.check()
        if self._on_progress is not None:
            elapsed = time.monotonic() - self.started
            self._on_progress(Progress(phase, self.done, self.total, elapsed))

    def finish(self, phase: str) -> None:
        """Report that one step of ``phase`` is done."""
        self.done += 1
        self.enter(phase)
