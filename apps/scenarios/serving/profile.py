"""How fast a server of one model steps and what it draws, by batch: the measured side of the simulation.

Boundary: the accelerators of one replica. Host, cooling and electricity are factors of the place, applied afterwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from apps.scenarios.errors import BadInput
from apps.scenarios.quantity import Origin, Quantity


@dataclass(frozen=True, kw_only=True)
class PowerCap:
    """What a lower power limit did: steps take ``slower`` times as long and draw ``power`` times as much."""

    name: str
    slower: float
    power: float
    origin: Origin

    def __post_init__(self) -> None:
        if not (self.slower >= 1 and 0 < self.power <= 1):
            msg = "A power cap makes steps slower (a factor of 1 or more) and draws less (a factor above 0, at most 1)."
            raise BadInput(msg, field="cap")


@dataclass(frozen=True, kw_only=True)
class ServingProfile:
    """One replica: ``step_s[b]`` [s] and ``step_w[b]`` [W] of a decoding step with *b* requests, b from 0 to the limit.

    Prefill takes ``prefill_s + prefill_s_per_token x tokens`` [s] at ``prefill_w``; ``context_s`` [s] is added to a step
    for each token of context in the batch. ``memory_tokens`` is how many tokens of context have room for keys and values at a
    time; infinite where it is not known. ``idle_w`` is drawn with the model loaded and nothing to do. ``origins`` says for
    ``decode``, ``prefill`` and ``idle`` where they come from. ``notes`` limit where the profile is valid.
    """

    name: str
    step_s: tuple[float, ...]
    step_w: tuple[float, ...]
    prefill_s_per_token: float
    prefill_w: float
    idle_w: float
    prefill_s: float = 0.0
    context_s: float = 0.0
    memory_tokens: float = np.inf
    origins: Mapping[str, Origin]
    notes: tuple[str, ...] = ()
    caps: tuple[PowerCap, ...] = field(default=())

    def __post_init__(self) -> None:
        if len(self.step_s) != len(self.step_w) or not self.room:
            msg = f"The profile {self.name} needs a step time and a power for each batch from 0 up."
            raise BadInput(msg, field="profile")
        above = [*self.step_s[1:], *self.step_w[1:], self.prefill_w]
        least = [self.idle_w, self.prefill_s, self.prefill_s_per_token, self.context_s]
        if not (all(0 < value < np.inf for value in above) and all(0 <= v < np.inf for v in least)):
            msg = f"The profile {self.name} has a time or a power that is negative, nought or not a number."
            raise BadInput(msg, field="profile")

        if not self.memory_tokens >= 1:
            msg = f"The profile {self.name} has no memory for a single token of context."
            raise BadInput(msg, field="memory_tokens")

    @property
    def room(self) -> int:
        """Requests that can be served at a time."""
        return len(self.step_s) - 1

    def capped(self, cap: PowerCap) -> "ServingProfile":
        """Return the profile under a lower power limit: prefill, too, is slower and draws less."""
        return replace(
            self,
            step_s=tuple(cap.slower * value for value in self.step_s),
            step_w=tuple(cap.power * value for value in self.step_w),
            prefill_s=cap.slower * self.prefill_s,
            prefill_s_per_token=cap.slower * self.prefill_s_per_token,
            prefill_w=cap.power * self.prefill_w,
            context_s=cap.slower * self.context_s,
        )

    def quantities(self) -> dict[str, Quantity]:
        """Return the profile's figures for a reader: decoding alone and at the limit, prefill, idle."""
        most = self.room
        return {
            "decode, 1 request": self._stated("decode", self.step_s[1] * self.step_w[1], "J/token"),
            f"decode, {most} requests": self._stated(
                "decode", self.step_s[most] * self.step_w[most] / most, "J/token"
            ),
            "prefill": self._stated(
                "prefill", self.prefill_s_per_token * self.prefill_w, "J/token"
            ),
            "idle": self._stated("idle", self.idle_w, "W"),
        }

    def _stated(self, name: str, value: float, unit: str) -> Quantity:
        return self.origins[name].quantity(value, unit)


def by_batch(batches: Sequence[float], values: Sequence[float], floor: float) -> tuple[float, ...]:
    """Return a value for each whole batch from 0 to the largest, from measured ones.

    Linear between measurements; below the smallest, along the line through the two smallest, not under ``floor``. Index 0
    is never used in a step and repeats 1.
    """
    order = np.argsort(batches)
    x, y = np.asarray(batches, float)[order], np.asarray(values, float)[order]
    whole = np.arange(1, int(x[-1]) + 1, dtype=float)
    inside = np.interp(whole, x, y)
    slope = max(0.0, (y[1] - y[0]) / (x[1] - x[0])) if len(x) > 1 else 0.0
    line = np.maximum(y[0] - slope * (x[0] - whole), floor)
    full = np.where(whole < x[0], line, inside)
    return (float(full[0]), *full.tolist())
