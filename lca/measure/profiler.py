"""Measures idle, prefill and decode apart, each in windows long enough for the meter."""

import math
import time
from collections.abc import Callable
from typing import Protocol, cast

import torch
from transformers import DynamicCache, PreTrainedModel

from lca.measure.conditions import Watch
from lca.measure.control import Control
from lca.measure.errors import MeterRejected
from lca.measure.meter import Meter, checked_energy_j
from lca.measure.results import Phase, Window
from lca.measure.spec import ProbeSpec
from lca.measure.statistics import LEAST_WINDOWS
from lca.measure.stopping import Rule, Stopped, half_width_share

IDLE_STEP_S = 0.05
IDLE_WINDOWS = 2
MOST_DISTURBED = (
    20  # windows of one phase that are dropped before the machine is given up as too busy
)


class _Output(Protocol):
    logits: torch.Tensor
    past_key_values: DynamicCache


class Profiler:
    """Runs a loaded model under a meter.

    Parameters
    ----------
    model : PreTrainedModel
        On its device, in evaluation mode.
    vocabulary : int
        Number of tokens the prompt is drawn from. [1]
    spec : ProbeSpec
        Batch, tokens, repeats and durations.
    meter : Meter
        Counts the energy.
    watch : Watch
        Tells what else went on during a window.
    control : Control
        Asked at every token whether to go on.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        vocabulary: int,
        spec: ProbeSpec,
        *,
        meter: Meter,
        watch: Watch,
        control: Control,
    ) -> None:
        self._model = model
        self._spec = spec
        self._meter = meter
        self._watch = watch
        self._control = control
        self._window_s = spec.window_s or meter.description.window_s
        generator = torch.Generator().manual_seed(spec.seed)
        shape = (spec.batch_size, spec.prompt_tokens)
        self._prompt = torch.randint(vocabulary, shape, generator=generator).to(model.device)
        self.windows: list[Window] = []
        self.discarded: list[Window] = []
        self.stopped: dict[str, Stopped] = {}

    def measure(self) -> list[Window]:
        """Take all windows: idle first, then prefill, then decode.

        Raises
        ------
        Cancelled, TimeLimitReached
            When told to stop, or when time is up.
        MeterRejected
            When the meter returns what cannot be.
        """
        with torch.inference_mode():
            self._measure_idle()
            self._control.enter("warm-up")
            prefill_s, decode_s = self._warm_up()
            least_s = LEAST_WINDOWS * (self._window_time(prefill_s) + self._window_time(decode_s))
            self._control.require_time_for(least_s, "Measuring both phases")
            self._control.finish("prefill")
            begun = time.monotonic()
            end = self._control.started + (self._spec.budget_s or math.inf)
            batch = self._spec.batch_size
            tokens = batch * self._spec.prompt_tokens
            self._repeat("prefill", self._prefill, tokens, prefill_s, (begun + end) / 2)
            output = self._prefill()
            tokens = batch * self._spec.output_tokens
            self._repeat("decode", lambda: self._decode(output), tokens, decode_s, end)
        return self.windows

    def _measure_idle(self) -> None:
        self._control.enter("idle")
        for repeat in range(IDLE_WINDOWS):
            while not self._keep(self._window("idle", repeat, 0, 0, self._rest)):
                self._control.check()
        self._control.finish("idle")

    def _rest(self) -> None:
        end = time.monotonic() + max(self._spec.idle_s, self._window_s)
        while (left := end - time.monotonic()) > 0:
            self._control.check()
            time.sleep(min(IDLE_STEP_S, left))

    def _warm_up(self) -> tuple[float, float]:
        """Run both phases unmeasured for one window's time, and return how long the last pass of each took, in seconds."""
        prefill_s = decode_s = 0.0
        passes, begun = 0, time.perf_counter()
        while passes < self._spec.warmup or time.perf_counter() - begun < self._window_s:
            started = time.perf_counter()
            output = self._prefill()
            self._synchronise()
            middle = time.perf_counter()
            self._decode(output)
            self._synchronise()
            prefill_s, decode_s = middle - started, time.perf_counter() - middle
            passes += 1
        return prefill_s, decode_s

    def _repeat(
        self,
        phase: Phase,
        work: Callable[[], object],
        tokens: int,
        pass_s: float,
        deadline: float,
    ) -> None:
        iterations = self._passes(pass_s)
        window_s = iterations * pass_s
        rule, values = Rule(self._spec, deadline), list[float]()

        def run() -> None:
            for _ in range(iterations):
                work()

        while (reason := rule.reason(values)) is None:
            if not self._control.has_time_for(window_s):
                if len(values) < LEAST_WINDOWS:
                    self._control.require_time_for(window_s, f"The next {phase} window")
                reason = "budget"
                break
            window = self._window(phase, len(values), iterations, tokens * iterations, run)
            window_s = window["duration_s"]
            if self._keep(window):
                values.append(window["energy_j"] / window["tokens"])
                self._report(phase, len(values))
        self._control.done = max(self._control.done, self._after(phase))
        self._control.enter(phase)
        self.stopped[phase] = Stopped(
            reason=reason,
            half_width_share=half_width_share(values),
            windows=len(values),
            discarded=sum(window["phase"] == phase for window in self.discarded),
        )

    def _passes(self, pass_s: float) -> int:
        """Return how many passes fill a window."""
        return max(1, math.ceil(self._window_s / max(pass_s, 1e-6)))

    def _window_time(self, pass_s: float) -> float:
        return self._passes(pass_s) * pass_s

    def _after(self, phase: Phase) -> int:
        """Return how many steps are done when a phase is: as many as it has repeats, however many windows it took."""
        return self._control.total - (self._spec.repeats if phase == "prefill" else 0)

    def _report(self, phase: Phase, count: int) -> None:
        if count < self._spec.repeats:
            self._control.finish(phase)
        else:
            self._control.enter(phase)

    def _keep(self, window: Window) -> bool:
        """Keep a window, or set it aside if others disturbed it.

        Raises
        ------
        MeterRejected
            If too many were.
        """
        said = window.get("disturbed", [])
        if not said or self._spec.allow_shared:
            self.windows.append(window)
            return True
        self.discarded.append(window)
        phase = window["phase"]
        if sum(other["phase"] == phase for other in self.discarded) >= MOST_DISTURBED:
            msg = (
                f"{MOST_DISTURBED} {phase} windows were disturbed, the last because {'; '.join(said)}. Let the machine rest, or "
                "pass --allow-shared to keep such windows, marked."
            )
            raise MeterRejected(msg)
        return False

    def _window(
        self, phase: Phase, repeat: int, iterations: int, tokens: int, work: Callable[[], None]
    ) -> Window:
        self._synchronise()
        self._watch.begin()
        self._meter.begin()
        started = time.perf_counter()
        work()
        self._synchronise()
        duration_s = time.perf_counter() - started
        name = self._meter.description.name
        energy_j = checked_energy_j(self._meter.end(), meter=name, phase=phase, tokens=tokens)
        conditions, disturbed = self._watch.end()
        window = Window(
            phase=phase,
            repeat=repeat,
            iterations=iterations,
            tokens=tokens,
            duration_s=duration_s,
            energy_j=energy_j,
            conditions=conditions,
        )
        if disturbed:
            window["disturbed"] = disturbed
        return window

    def _prefill(self) -> _Output:
        self._control.check()
        output = self._model(input_ids=self._prompt, use_cache=True, logits_to_keep=1)
        return cast("_Output", output)

    def _decode(self, start: _Output) -> None:
        """Write ``output_tokens`` greedily after the prompt, then take the cache back to the prompt's end."""
        cache = start.past_key_values
        token = start.logits[:, -1:].argmax(-1)
        for _ in range(self._spec.output_tokens):
            self._control.check()
            output = self._model(
                input_ids=token, past_key_values=cache, use_cache=True, logits_to_keep=1
            )
            token = output.logits[:, -1:].argmax(-1)
        cache.crop(-self._spec.output_tokens)

    def _synchronise(self) -> None:
        if self._model.device.type == "cuda":
            torch.cuda.synchronize(self._model.device)
