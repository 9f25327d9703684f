"""Policies: when requests are let in, to which replica they go, how many are served at a time, and at what power."""

import math
from dataclasses import dataclass

import numpy as np

from apps.scenarios.errors import BadInput
from apps.scenarios.serving.profile import PowerCap, ServingProfile
from apps.scenarios.serving.replica import NEVER
from apps.scenarios.serving.trace import Times, Trace

MOST_REPLICAS = 1024
HEADROOM = 0.8
"""Share of the time that machines may work where their number is not given: queues grow without bound near 1."""

FILL = 8
"""Consolidation fills a replica to an eighth of what it can serve at a time: beyond, tokens come slowly for little energy."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How a trace is served.

    ``window_s`` holds requests back to the end of their window; ``spacing_s`` lets one in at a time, that far apart at
    least. ``room`` limits the requests served at a time by a replica (none: what the profile was measured for). ``fill``
    sends requests to one replica until it has that many, then to the next; else they take turns. A replica without work is off after ``off_after_s`` and
    needs ``wake_s`` at idle power to serve again.
    """

    name: str
    replicas: int | None = None
    room: int | None = None
    window_s: float = 0.0
    spacing_s: float = 0.0
    fill: int | None = None
    off_after_s: float = NEVER
    wake_s: float = 0.0
    cap: PowerCap | None = None
    says: str = ""

    def __post_init__(self) -> None:
        spans = (self.window_s, self.spacing_s, self.off_after_s, self.wake_s)
        if any(math.isnan(span) or span < 0 for span in spans) or math.isinf(self.wake_s):
            msg = f"{self.name}: times are 0 s or more."
            raise BadInput(msg, field="policy")
        if self.replicas is not None and not 1 <= self.replicas <= MOST_REPLICAS:
            msg = f"{self.name}: 1 to {MOST_REPLICAS} replicas."
            raise BadInput(msg, field="replicas")
        if min(self.room or 1, self.fill or 1) < 1 or 0 in (self.room, self.fill):
            msg = f"{self.name}: at least 1 request at a time."
            raise BadInput(msg, field="room")

    def released(self, arrival: Times) -> Times:
        """Return when each request is let in, from when it arrived [s]; never before."""
        times = arrival
        if self.window_s > 0:
            times = np.maximum(times, np.ceil(times / self.window_s) * self.window_s)
        if self.spacing_s > 0:
            even = self.spacing_s * np.arange(len(times))
            times = np.maximum.accumulate(times - even) + even
        return times

    def on(self, profile: ServingProfile) -> ServingProfile:
        """Return the profile at this policy's power.

        Raises
        ------
        BadInput
            Where more requests are asked for at a time than were measured.
        """
        if self.room is not None and self.room > profile.room:
            msg = f"{self.name}: {self.room} requests at a time, and {profile.name} was measured up to {profile.room}."
            raise BadInput(msg, field="room")
        return profile.capped(self.cap) if self.cap else profile


def fewest(profile: ServingProfile, trace: Trace, room: int) -> int:
    """Return the fewest replicas that work at most 80 % of the time if every batch were full, by number or by memory."""
    span = float(trace.arrival[-1])
    room = int(max(1, min(room, profile.memory_tokens / float(trace.context.mean()))))
    steps = float((trace.generated - 1).sum()) * profile.step_s[room] / room
    prefill = (
        profile.prefill_s_per_token * float(trace.prompt.sum())
        + profile.prefill_s * len(trace) / room
    )
    if span <= 0:
        return 1
    return min(MOST_REPLICAS, max(1, math.ceil((steps + prefill) / (HEADROOM * span))))


def spacing(trace: Trace) -> float:
    """Return a spacing [s] a twentieth shorter than the mean time between requests, so that none waits for ever."""
    return 0.95 * float(trace.arrival[-1]) / max(1, len(trace) - 1)


def usual(profile: ServingProfile, trace: Trace) -> list[Policy]:
    """Return the policies that are compared where none are chosen."""
    return [
        Policy(
            name="one at a time",
            room=1,
            says="each replica serves a single request, as plain scripts do",
        ),
        Policy(name="as they come", says="continuous batching: requests join the running batch"),
        Policy(name="windowed, 1 s", window_s=1.0, says="let in once a second"),
        Policy(name="windowed, 10 s", window_s=10.0, says="let in every ten seconds"),
        Policy(name="shaped", spacing_s=spacing(trace), says="let in one by one, evenly spaced"),
        Policy(
            name="consolidated",
            fill=max(1, profile.room // FILL),
            off_after_s=60.0,
            wake_s=60.0,
            says=f"a replica gets {max(1, profile.room // FILL)} requests before the next gets one; off after a minute without work, a minute to wake",
        ),
        *(Policy(name=cap.name, cap=cap, says="at a lower power limit") for cap in profile.caps),
    ]
