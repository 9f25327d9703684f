"""A sweep: many points of one model, each a measurement document of its own, and an index of them. Loads torch."""

import gc
import hashlib
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from lca.measure.control import Control, Progress
from lca.measure.document import Document, described
from lca.measure.environment import describe_environment
from lca.measure.errors import Cancelled, MeasureError, TimeLimitReached
from lca.measure.meter import Device, Meter
from lca.measure.run import control_of, measure, metered
from lca.measure.spec import ProbeSpec
from lca.measure.workloads.loader import LoadedModel, check_fits, load

SCHEMA_ID = "cradle-sweep/1.0"
INDEX = "index.json"
LEAST_POINT_S = 5.0

Say = Callable[[str], None]
Write = Callable[[str, Document], str]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a sweep varies around ``base``; ``budget_s`` [s] is for all points together, loading included."""

    base: ProbeSpec
    batches: Sequence[int]
    prompts: Sequence[int]
    precisions: Sequence[str]
    budget_s: float

    def points(self, precision: str) -> list[ProbeSpec]:
        """Return the points of one precision, which share a loaded model."""
        return [
            replace(self.base, precision=precision, batch_size=batch, prompt_tokens=prompt)
            for batch, prompt in itertools.product(self.batches, self.prompts)
        ]

    @property
    def count(self) -> int:
        """Number of points."""
        return len(self.batches) * len(self.prompts) * len(self.precisions)


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
        Called with a line of progress.
    should_stop : callable, optional
        Asked at every token; true cancels, and what was measured stays.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        write: Write,
        say: Say,
        should_stop: Callable[[], bool] | None = None,
    ) -> None:
        self._plan = plan
        self._write = write
        self._say = say
        self._should_stop = should_stop
        self._begun = time.monotonic()
        self._index: dict[str, Any] = {}
        self._points: list[Document] = []
        self._last: MeasureError | None = None

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
        if self._last is not None and not any(p["status"] == "measured" for p in self._points):
            raise self._last
        return self._points

    def _head(self, device: Device, meter: Meter) -> dict[str, Any]:
        plan = self._plan
        return {
            "schema": SCHEMA_ID,
            "created_at": datetime.now(UTC).replace(microsecond=0).isoformat(),
            "request": {
                **plan.base.to_dict(),
                "batches": list(plan.batches),
                "prompts": list(plan.prompts),
                "precisions": list(plan.precisions),
                "sweep_budget_s": plan.budget_s,
            },
            "environment": describe_environment(device, torch.get_num_threads()),
            "meter": described(meter.description),
        }

    def _precision(self, points: list[ProbeSpec], device: Device, meter: Meter) -> None:
        fitting = [spec for spec in points if self._attempt(spec, lambda s: check_fits(s, device))]
        if not fitting:
            return
        self._load_and_measure(fitting, device, meter)
        gc.collect()
        if device.kind == "cuda":
            torch.cuda.empty_cache()

    def _load_and_measure(self, fitting: list[ProbeSpec], device: Device, meter: Meter) -> None:
        longest = max(fitting, key=lambda spec: spec.prompt_tokens)
        self._say(f"loading {longest.precision}")
        try:
            model = load(longest, device)
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
        spec = replace(spec, budget_s=share)
        document = measure(spec, device, meter, model, self._control(spec))
        name = f"{model.description['name']}-{spec.precision}-b{spec.batch_size}-p{spec.prompt_tokens}.json"
        name = name.replace("/", "_")
        sha256 = self._write(name, document)
        self._add(
            spec, {"status": "measured", "file": name, "sha256": sha256, **headline(document)}
        )

    def _share_s(self) -> float:
        """Return the time for the next point: what is left, over the points that are left, in seconds.

        Raises
        ------
        TimeLimitReached
            If nothing worth starting is left.
        """
        left = self._plan.budget_s - (time.monotonic() - self._begun)
        share = left / max(self._plan.count - len(self._points), 1)
        if share < LEAST_POINT_S:
            msg = f"The budget of {self._plan.budget_s:g} s has {max(left, 0):.0f} s left, too little for this point."
            raise TimeLimitReached(msg)
        return share

    def _control(self, spec: ProbeSpec) -> Control:
        where = f"{spec.precision} batch {spec.batch_size} prompt {spec.prompt_tokens}"

        def show(progress: Progress) -> None:
            done = f"{len(self._points) + 1}/{self._plan.count}"
            self._say(f"{done:>7}  {where:32} {progress.elapsed_s:6.1f} s  {progress.phase}")

        return control_of(spec, show, self._should_stop)

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
            "duration_s": time.monotonic() - self._begun,
            "is_complete": len(self._points) == self._plan.count,
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
