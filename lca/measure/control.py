"""Progress, cancelling and the time limit: what the outside may see and do while a measurement runs."""

import math
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
    budget_s : float, optional
        What is left of a sweep's budget, from now: nothing begins that is not expected to end within it. [s]
    """

    def __init__(
        self,
        time_limit_s: float,
        on_progress: Callable[[Progress], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
        budget_s: float = math.inf,
    ) -> None:
        self.started = time.monotonic()
        self.time_limit_s = time_limit_s
        self.budget_s = budget_s
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

    def has_time_for(self, seconds: float) -> bool:
        """Tell whether what takes ``seconds`` would end within the budget."""
        return time.monotonic() - self.started + seconds <= self.budget_s

    def require_time_for(self, seconds: float, what: str) -> None:
        """Raise if ``what`` would not end within the budget."""
        if not self.has_time_for(seconds):
            left = max(0.0, self.budget_s - (time.monotonic() - self.started))
            raise TimeLimitReached(too_long(what, seconds, left))

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


def too_long(what: str, seconds: float, left_s: float) -> str:
    """Return why something is not begun: it needs more time than is left."""
    return (
        f"{what} would take about {seconds:.3g} s and the budget has {left_s:.3g} s left, so it was not begun. "
        "Raise the budget, or take fewer points, fewer tokens or a smaller model."
    )
