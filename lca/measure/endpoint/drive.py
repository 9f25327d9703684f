"""Sends a trace to a server at a fixed concurrency, in metered windows, and sums up what the answers cost."""

import itertools
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from lca.measure.conditions import Watch
from lca.measure.document import PROBE_VERSION, Document, described, sampling
from lca.measure.endpoint.client import Answer, Endpoint
from lca.measure.endpoint.results import summarise
from lca.measure.endpoint.trace import Request, digest
from lca.measure.errors import (
    Cancelled,
    InvalidRequest,
    MeterRejected,
    MeterUnavailable,
)
from lca.measure.meter import Meter, checked_energy_j
from lca.measure.statistics import LEAST_WINDOWS

SCHEMA_ID = "cradle-endpoint/1.0"
IDLE_WINDOWS = 2
STEP_S = 0.05


@dataclass(frozen=True, kw_only=True)
class Load:
    """How a trace is sent.

    Parameters
    ----------
    requests : list of Request
        All that are metered.
    warmup : list of Request
        Sent before, unmetered.
    concurrency : int
        Requests under way at a time: the next is sent when one is answered. [1]
    windows : int
        Parts into which the trace is cut, metered apart so that there is an interval; at each end of a part fewer requests
        are under way. [1]
    idle_s : float
        Duration of each of the two idle windows, server up and at rest. [s]
    """

    requests: list[Request]
    warmup: list[Request]
    concurrency: int
    windows: int
    idle_s: float

    def __post_init__(self) -> None:
        if self.windows < LEAST_WINDOWS or len(self.requests) < self.windows * self.concurrency:
            msg = (
                f"{len(self.requests)} requests in {self.windows} windows at a concurrency of {self.concurrency} never fill it: "
                f"take at least {LEAST_WINDOWS} windows, and windows x concurrency requests."
            )
            raise InvalidRequest(msg)
        if self.concurrency < 1:
            raise InvalidRequest("--concurrency must be at least 1.")

    def parts(self) -> list[list[Request]]:
        """Return the trace in as many equal parts as there are windows."""
        cuts = np.linspace(0, len(self.requests), self.windows + 1).astype(int)
        return [self.requests[a:b] for a, b in itertools.pairwise(cuts)]


class Driver:
    """Drives one server under one meter.

    Parameters
    ----------
    endpoint : Endpoint
        The server.
    meter : Meter
        Of the device that the server runs on; it must count what other programs draw.
    watch : Watch
        Tells what else went on.
    should_stop : callable
        Asked between requests; true cancels.

    Raises
    ------
    MeterUnavailable
        If the meter sees this process alone.
    """

    def __init__(
        self, endpoint: Endpoint, meter: Meter, watch: Watch, should_stop: Callable[[], bool]
    ) -> None:
        if not meter.description.counts_others:
            msg = (
                f"The meter {meter.description.name} sees this process alone, and the work is done in the server's. "
                "Choose one that reads the device."
            )
            raise MeterUnavailable(msg)
        self._endpoint = endpoint
        self._meter = meter
        self._watch = watch
        self._should_stop = should_stop
        self.windows: list[dict[str, Any]] = []
        self.answers: list[Answer] = []

    def run(self, load: Load, say: Callable[[str], None]) -> None:
        """Take idle windows, warm up, then send the trace part by part.

        Raises
        ------
        Cancelled
            When told to stop.
        MeterRejected
            If the meter returns what cannot be, or no request of a window was answered.
        """
        for repeat in range(IDLE_WINDOWS):
            say(f"idle {repeat + 1}/{IDLE_WINDOWS}")
            self._window("idle", repeat, lambda: self._rest(load.idle_s))
        self._send(load.warmup, load.concurrency)
        for repeat, part in enumerate(load.parts()):
            say(f"window {repeat + 1}/{load.windows}: {len(part)} requests")
            answers = self._window("serve", repeat, lambda p=part: self._send(p, load.concurrency))  # type: ignore[misc]  # mypy infers no default's type
            self.answers += answers
            self._count(answers)

    def _window(self, phase: str, repeat: int, work: Callable[[], list[Answer]]) -> list[Answer]:
        self._watch.begin()
        self._meter.begin()
        started = time.perf_counter()
        answers = work()
        duration_s = time.perf_counter() - started
        tokens = sum(answer.completion_tokens for answer in answers)
        name = self._meter.description.name
        energy_j = checked_energy_j(self._meter.end(), meter=name, phase=phase, tokens=tokens)
        conditions, disturbed = self._watch.end()
        self.windows.append(
            {
                "phase": phase,
                "repeat": repeat,
                "duration_s": duration_s,
                "energy_j": energy_j,
                "conditions": conditions,
                "disturbed": disturbed,
            }
        )
        return answers

    def _count(self, answers: Sequence[Answer]) -> None:
        answered = [answer for answer in answers if answer.error is None]
        if not answered or not sum(answer.completion_tokens for answer in answered):
            kinds = ", ".join(sorted({str(answer.error) for answer in answers}))
            msg = f"No request of a window was answered ({kinds}). Is the server up, and does it tell usage when it streams?"
            raise MeterRejected(msg)
        self.windows[-1] |= {
            "requests": len(answered),
            "errors": len(answers) - len(answered),
            "prompt_tokens": sum(answer.prompt_tokens for answer in answered),
            "completion_tokens": sum(answer.completion_tokens for answer in answered),
        }

    def _rest(self, seconds: float) -> list[Answer]:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._check()
            time.sleep(min(STEP_S, left))
        return []

    def _send(self, requests: Sequence[Request], concurrency: int) -> list[Answer]:
        def ask(request: Request) -> Answer:
            self._check()
            return self._endpoint.ask(request)

        with ThreadPoolExecutor(concurrency) as pool:
            try:
                return list(pool.map(ask, requests))
            except Cancelled:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _check(self) -> None:
        if self._should_stop():
            raise Cancelled("The measurement was cancelled; nothing was recorded.")


def latencies(answers: Sequence[Answer]) -> Document:
    """Return the middle and the 95 % quantile of the times to the first token and to the end, in seconds."""
    answered = [answer for answer in answers if answer.error is None]
    first = [answer.first_token_s for answer in answered if answer.first_token_s is not None]
    whole = [answer.duration_s for answer in answered]
    return {
        name: {"p50": float(np.quantile(values, 0.5)), "p95": float(np.quantile(values, 0.95))}
        for name, values in (("first_token_s", first), ("duration_s", whole))
        if values
    }


def document(
    driver: Driver,
    load: Load,
    meter: Meter,
    *,
    model: str,
    trace: str,
    environment: Mapping[str, object],
    duration_s: float,
) -> Document:
    """Put the document together; neither the server's address nor a prompt stands in it."""
    description = meter.description
    kinds = Counter(answer.error for answer in driver.answers if answer.error is not None)
    return {
        "schema": SCHEMA_ID,
        "probe_version": PROBE_VERSION,
        "created_at": datetime.now(UTC).replace(microsecond=0).isoformat(),
        "duration_s": duration_s,
        "request": {
            "model": model,
            "trace": trace,
            "trace_sha256": digest(load.requests),
            "requests": len(load.requests),
            "warmup": len(load.warmup),
            "concurrency": load.concurrency,
            "windows": load.windows,
        },
        "environment": dict(environment),
        "meter": described(description),
        "sampling": sampling(meter.cost(), duration_s),
        "windows": driver.windows,
        "answers": [asdict(answer) for answer in driver.answers],
        "errors": dict(kinds),
        "latency": latencies(driver.answers),
        "results": summarise(
            driver.windows,
            meter_share=description.uncertainty.share,
            is_modelled=description.is_modelled,
        ),
    }
