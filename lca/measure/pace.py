"""How long a point of a sweep must take at least, told from the lighter points measured before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lca.measure.spec import ProbeSpec
from lca.measure.statistics import LEAST_WINDOWS

IDLE_WINDOWS = 2
PHASES = ("prefill", "decode")


@dataclass(frozen=True)
class _Seen:
    spec: ProbeSpec
    prefill_s: float
    step_s: float


@dataclass
class Pace:
    """Durations of a loaded model's passes. A heavier pass never takes less time than a lighter one."""

    _seen: list[_Seen] = field(default_factory=list)

    def note(self, spec: ProbeSpec, document: Mapping[str, Any]) -> None:
        """Remember how long a pass over the prompt and one written token took."""
        pass_s = [_fastest_pass_s(document, phase) for phase in PHASES]
        self._seen.append(_Seen(spec, pass_s[0], pass_s[1] / spec.output_tokens))

    def least_s(self, spec: ProbeSpec, window_s: float) -> float:
        """Return what a point takes at least: two windows of rest, a warm-up, and two windows of each phase.

        Prefill grows at least with the prompt's length; a written token takes no less after a longer prompt or in a larger
        batch. Zero passes are known before the first point was measured, and then only the windows count.

        Parameters
        ----------
        spec : ProbeSpec
            The point.
        window_s : float
            Shortest window of the meter. [s]

        Returns
        -------
        float
            Seconds.
        """
        lighter = [seen for seen in self._seen if _is_lighter(seen.spec, spec)]
        prefill_s = max((_grown(seen, spec) for seen in lighter), default=0.0)
        decode_s = spec.output_tokens * max((seen.step_s for seen in lighter), default=0.0)
        rest = IDLE_WINDOWS * max(spec.idle_s, window_s)
        warm_up = max(window_s, spec.warmup * (prefill_s + decode_s))
        windows = LEAST_WINDOWS * (max(window_s, prefill_s) + max(window_s, decode_s))
        return rest + warm_up + windows


def _grown(seen: _Seen, spec: ProbeSpec) -> float:
    return seen.prefill_s * spec.prompt_tokens / seen.spec.prompt_tokens


def _is_lighter(one: ProbeSpec, other: ProbeSpec) -> bool:
    return one.batch_size <= other.batch_size and one.prompt_tokens <= other.prompt_tokens


def _fastest_pass_s(document: Mapping[str, Any], phase: str) -> float:
    return min(
        float(window["duration_s"]) / int(window["iterations"])
        for window in document["windows"]
        if window["phase"] == phase
    )
