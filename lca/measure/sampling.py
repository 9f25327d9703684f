"""Readings taken beside the measured thread, and what taking them costs."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lca.measure.errors import MeterRejected

LONGEST_WAIT_S = 5.0


@dataclass(frozen=True)
class SamplingCost:
    """What a meter's own readings cost: how many, and their processor time in seconds."""

    samples: int = 0
    cpu_s: float = 0.0

    def __add__(self, other: "SamplingCost") -> "SamplingCost":
        """Return both together."""
        return SamplingCost(self.samples + other.samples, self.cpu_s + other.cpu_s)


class Sampler:
    """Calls ``read`` at a fixed period in a thread of its own, and keeps what it returns with the moment.

    Parameters
    ----------
    read : callable
        Takes one reading.
    period_s : float
        Time between readings. [s]
    """

    def __init__(self, read: Callable[[], float], period_s: float) -> None:
        self._read = read
        self._period_s = period_s
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._error: Exception | None = None
        self.samples: list[tuple[float, float]] = []
        self.cost = SamplingCost()

    def sample(self) -> None:
        """Take one reading now, and count what it cost."""
        before = time.thread_time()
        value = self._read()
        self.samples.append((time.perf_counter(), value))
        self.cost += SamplingCost(1, time.thread_time() - before)

    def _run(self) -> None:
        while not self._stop.wait(self._period_s):
            try:
                self.sample()
            except Exception as error:  # noqa: BLE001  told by stop(), where somebody listens
                self._error = error
                return

    def _sample_or_refuse(self) -> None:
        try:
            self.sample()
        except Exception as error:
            msg = f"The meter stopped answering: {error}."
            raise MeterRejected(msg) from error

    def start(self) -> None:
        """Forget earlier readings, take the first and go on in a thread.

        Raises
        ------
        MeterRejected
            If the reading fails.
        """
        self.samples, self._error = [], None
        self._stop.clear()
        self._sample_or_refuse()
        self._thread = threading.Thread(target=self._run, daemon=True, name="meter")
        self._thread.start()

    def stop(self) -> None:
        """Take the last reading and end the thread.

        Raises
        ------
        MeterRejected
            If a reading failed on the way, or the driver does not come back from one.
        """
        self.halt()
        if self._error is not None:
            msg = f"The meter stopped answering: {self._error}."
            raise MeterRejected(msg) from self._error
        self._sample_or_refuse()

    def halt(self) -> None:
        """End the thread without another reading."""
        self._stop.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(LONGEST_WAIT_S)
            if thread.is_alive():
                raise MeterRejected("The meter's driver does not come back from a reading.")

    def integral(self, begin: float | None = None, end: float | None = None) -> float:
        """Return the readings integrated over time by the trapezoidal rule, between two moments if they are given."""
        times, values = np.array(self.samples).T
        return integral(
            times,
            values,
            times[0] if begin is None else begin,
            times[-1] if end is None else end,
        )


def integral(times: np.ndarray, values: np.ndarray, begin: float, end: float) -> float:
    """Integral of readings between two moments, linear between readings and level beyond them.

    Parameters
    ----------
    times, values : array, shape (n,)
        Readings at ascending moments. [s], [unit]
    begin, end : float
        Moments. [s]

    Returns
    -------
    float
        Integral. [unit s]

    Examples
    --------
    >>> integral(np.array([0.0, 2.0]), np.array([100.0, 200.0]), 0.5, 1.5)
    150.0
    """
    inside = (times > begin) & (times < end)
    moments = np.concatenate([[begin], times[inside], [end]])
    return float(np.trapezoid(np.interp(moments, times, values), moments))
