"""A sweep: many points of one model, each a measurement document of its own, and an index of them. Loads torch."""

import gc
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from lca.measure.control import Control, Progress, too_long
from lca.measure.document import Document, described
from lca.measure.environment import describe_environment
from lca.measure.errors import Cancelled, MeasureError, TimeLimitReached
from lca.measure.meter import Device, Meter
from lca.measure.pace import Pace
from lca.measure.plan import INDEX, Plan, key_of
from lca.measure.run import control_of, measure, metered
from lca.measure.spec import ProbeSpec
from lca.measure.workloads.loader import LoadedModel, check_fits, load
from lca.measure.workloads.sources import label

SCHEMA_ID = "cradle-sweep/1.1"
LEAST_POINT_S = 5.0
"""Loading, resting and warming up take as long at least; with less left no point is begun."""

Report = Callable[[Progress], None]
Say = Callable[[str], None]
Write = Callable[[str, Document], str]


class Sweep:
    """Measures the points of a plan one after another and keeps the index up to date.

    Parameters
    ----------
    plan : Plan
        What to measure.
    write : callable
        Called with a file's name and its contents, for every point when it is measured and for the index after each;
        returns the file's SHA-256.
    say : callable
        Called with a line on what is not measured, and on what is loaded.
    report : callable
        Called with each step of progress: its phase says which run of how many, and what of it.
    should_stop : callable, optional
        Asked at every token; true cancels, and what was measured stays.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        write: Write,
        say: Say,
        report: Report,
        should_stop: Callable[[], bool] | None = None,
    ) -> None:
        self._plan = plan
        self._write = write
        self._say = say
        self._report = report
        self._should_stop = should_stop
        self._begun = time.monotonic()
        self._index: dict[str, Any] = {}
        self._points: list[Document] = []
        self._count = plan.count
        self._load_s = 0.0  # as long as the last precision took
        self._last: MeasureError | None = None
        self._pace = Pace()

    def run(self) -> list[Document]:
        """Measure all points that fit into memory and time, and return them as the index has them.

        Raises
        ------
        Cancelled
            When told to stop.
        MeasureError
            If not a single point could be measured: why the last one could not.
        """
        with metered(self._plan.base) as (device, meter):
            self._index = self._head(device, meter)
            for precision in self._plan.precisions:
                self._precision(self._plan.points(precision), device, meter)
        measured = any(point["status"] == "measured" for point in self._points)
        if self._last is not None and not (measured or self._plan.done):
            raise self._last
        return self._points

    def _head(self, device: Device, meter: Meter) -> dict[str, Any]:
        request = self._plan.to_dict()
        if self._plan.base.model is not None:
            request["model"] = label(self._plan.base)
        return {
            "schema": SCHEMA_ID,
            "created_at": datetime.now(UTC).replace(microsecond=0).isoformat(),
            "request": request,
            "environment": describe_environment(device, torch.get_num_threads()),
            "meter": described(meter.description),
        }

    def _precision(self, points: list[ProbeSpec], device: Device, meter: Meter) -> None:
        self._tell("loading", 0.0)
        fitting = [spec for spec in points if self._attempt(spec, lambda s: check_fits(s, device))]
        if not fitting:
            return
        self._load_and_measure(fitting, device, meter)
        gc.collect()
        if device.kind == "cuda":
            torch.cuda.empty_cache()

    def _load_and_measure(self, fitting: list[ProbeSpec], device: Device, meter: Meter) -> None:
        longest = max(fitting, key=lambda spec: spec.prompt_tokens + spec.output_tokens)
        self._pace = Pace()
        begun = time.monotonic()
        try:
            self._share_s()
            self._require("Loading the model", self._load_s)
            model = load(longest, device)
            self._load_s = time.monotonic() - begun
        except MeasureError as error:
            for spec in fitting:
                self._record(spec, error)
            return
        for spec in fitting:
            self._attempt(spec, lambda s: self._measure(s, device, meter, model))

    def _attempt(self, spec: ProbeSpec, work: Callable[[ProbeSpec], object]) -> bool:
        """Do ``work``, and record why it cannot be done if so; only a wish to stop goes further."""
        try:
            work(spec)
        except Cancelled:
            raise
        except MeasureError as error:
            self._record(spec, error)
            return False
        return True

    def _measure(self, spec: ProbeSpec, device: Device, meter: Meter, model: LoadedModel) -> None:
        share = self._share_s()
        window_s = spec.window_s or meter.description.window_s
        self._require("This point", self._pace.least_s(spec, window_s))
        limit_s = max(self._plan.time_limit_s - self._spent_s(), LEAST_POINT_S)
        spec = replace(spec, budget_s=share, time_limit_s=limit_s)
        document = measure(spec, device, meter, model, self._control(spec))
        name = f"{model.description['name']}-{key_of(spec.to_dict())}.json".replace("/", "_")
        sha256 = self._write(name, document)
        self._pace.note(spec, document)
        self._add(
            spec, {"status": "measured", "file": name, "sha256": sha256, **headline(document)}
        )

    def _require(self, what: str, seconds: float) -> None:
        if seconds > self._left_s():
            raise TimeLimitReached(too_long(what, seconds, self._left_s()))

    def _spent_s(self) -> float:
        return time.monotonic() - self._begun

    def _left_s(self) -> float:
        return max(0.0, self._plan.budget_s - self._spent_s())

    def _share_s(self) -> float:
        """Return the time for the next point: what is left, over the points that are left, in seconds.

        Raises
        ------
        TimeLimitReached
            If nothing worth starting is left.
        """
        left = self._left_s()
        if left < LEAST_POINT_S:
            msg = f"The budget of {self._plan.budget_s:g} s has {left:.0f} s left, too little for this point; it was not begun."
            raise TimeLimitReached(msg)
        return max(left / max(self._count - len(self._points), 1), LEAST_POINT_S)

    def _control(self, spec: ProbeSpec) -> Control:
        def show(progress: Progress) -> None:
            self._tell(progress.phase, progress.done / progress.total)

        return control_of(spec, show, self._should_stop, self._left_s())

    def _tell(self, phase: str, share: float) -> None:
        """Report how far the sweep has come, in steps of a hundredth of a run."""
        number = len(self._points) + 1
        self._report(
            Progress(
                phase=f"run {number} of {self._count}, {phase}",
                done=100 * (number - 1) + round(100 * share),
                total=100 * self._count,
                elapsed_s=self._spent_s(),
            )
        )

    def _record(self, spec: ProbeSpec, error: MeasureError) -> None:
        self._last = error
        self._say(f"not measured: {error}")
        self._add(spec, {"status": error.code, "message": str(error)})

    def _add(self, spec: ProbeSpec, outcome: Mapping[str, object]) -> None:
        where = {
            "precision": spec.precision,
            "batch_size": spec.batch_size,
            "prompt_tokens": spec.prompt_tokens,
            "output_tokens": spec.output_tokens,
        }
        self._points.append({**where, **outcome})
        self._index |= {
            "duration_s": self._spent_s(),
            "is_complete": len(self._points) == self._count,
            "points": self._points,
        }
        self._write(INDEX, self._index)


def headline(document: Mapping[str, Any]) -> Document:
    """Return what the index repeats of a point's document."""
    results = document["results"]
    return {
        "provenance": results["provenance"],
        "prefill_j_per_token": results["prefill"]["joules_per_token"],
        "decode_j_per_token": results["decode"]["joules_per_token"],
        "stopping": document["stopping"],
    }


def into(folder: Path, as_text: Callable[[object], str]) -> Write:
    """Return a function that writes files into ``folder``, whole or not at all."""

    def write(name: str, document: Document) -> str:
        data = as_text(document).encode()
        draft = folder / f".{name}.part"
        draft.write_bytes(data)
        draft.replace(folder / name)
        return hashlib.sha256(data).hexdigest()

    return write
