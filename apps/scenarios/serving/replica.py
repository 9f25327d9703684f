"""One replica of a server that batches continuously: an event loop over admissions, finishes and stretches of equal steps.

Between two events the batch is the same, so a stretch of steps is one line of arithmetic, however many tokens it makes.
"""

import math
from collections.abc import Sequence
from heapq import heappop, heappush

from apps.scenarios.serving.profile import ServingProfile

NEVER = math.inf


class Replica:
    """A server: requests wait, are prefilled together as soon as there is room, then decode one token a step each.

    A step of a batch of *b* with *S* tokens of context takes ``step_s[b] + context_s x S``. Prefill stops decoding and
    makes the first token. A request is let in once memory has room for its prompt and its whole answer, in order: none is
    ever put out again. A replica that has had nothing to do for ``off_after_s`` is off; it wakes for the next request.

    Times are in s from the start of the trace. ``decode_s[b]``, ``prefill_s``, ``idle_s``, ``waking_s`` and ``off_s`` add
    up to ``clock``; energy follows from them and the profile.
    """

    __slots__ = (
        "_active", "_arrivals", "_context", "_finish_at", "_first", "_free", "_head", "_last", "_lengths", "_profile",
        "_prompts", "_room", "_sizes", "_step", "clock", "decode_s", "idle_s", "off_after_s", "off_s", "prefill_s",
        "requests", "wake_s", "wakes", "waking_s",
    )  # fmt: skip

    def __init__(
        self,
        profile: ServingProfile,
        *,
        arrivals: Sequence[float],
        prompts: Sequence[int],
        lengths: Sequence[int],
        sizes: Sequence[int],
        first: list[float],
        last: list[float],
        room: int,
        off_after_s: float = NEVER,
        wake_s: float = 0.0,
    ) -> None:
        self._profile = profile
        self._arrivals, self._prompts, self._lengths, self._sizes = arrivals, prompts, lengths, sizes  # fmt: skip
        self._first, self._last = first, last
        self._room = room
        self._active = self._head = self._step = self._context = 0
        self._free = profile.memory_tokens
        self._finish_at: list[int] = []
        self.requests: list[int] = []
        self.off_after_s, self.wake_s = off_after_s, wake_s
        self.clock = 0.0
        self.decode_s = [0.0] * (room + 1)
        self.prefill_s = self.idle_s = self.off_s = self.waking_s = 0.0
        self.wakes = 0

    @property
    def load(self) -> int:
        """Requests that wait or are served."""
        return self._active + len(self.requests) - self._head

    def advance(self, until: float = NEVER) -> None:  # noqa: C901, PLR0912, PLR0915  one loop: with a call for each admission it took a third more time
        """Serve ``requests``, in order, until none is left or the first end of a step that is not before ``until``."""
        requests, arrivals, prompts, lengths, sizes = self.requests, self._arrivals, self._prompts, self._lengths, self._sizes  # fmt: skip
        first, last, decode_s, finish_at = self._first, self._last, self.decode_s, self._finish_at
        step_s, context_s = self._profile.step_s, self._profile.context_s
        prefill_s, prefill_s_per_token = self._profile.prefill_s, self._profile.prefill_s_per_token
        clock, active, step, context = self.clock, self._active, self._step, self._context
        many, room, end, free, head = len(arrivals), self._room, len(requests), self._free, self._head  # fmt: skip
        at, size = self._next(end)
        while clock < until:
            horizon = NEVER
            if active < room and size <= free:
                if not active and clock < at < NEVER:
                    clock = self._wake(clock, at)
                if at <= clock:  # prefill all that have arrived and find room
                    start, tokens = head, 0
                    while at <= clock and size <= free and active < room:
                        request = requests[head]
                        free -= size
                        active += 1
                        tokens += prompts[request]
                        heappush(finish_at, (step + lengths[request] - 1) * many + request)
                        head += 1
                        at, size = (arrivals[requests[head]], sizes[requests[head]]) if head < end else (NEVER, 0)  # fmt: skip
                    spent = prefill_s + prefill_s_per_token * tokens
                    self.prefill_s += spent
                    clock += spent
                    context += tokens + head - start
                    for request in requests[start:head]:
                        first[request] = clock
                    continue
                horizon = at if at < until else until  # noqa: FURB136  a call of min is a sixth of the whole loop
            if not active:
                break
            base = step_s[active] + context_s * context
            steps = finish_at[0] // many - step
            growth = 0.5 * context_s * active
            span = horizon - clock
            spent = steps * (base + growth * (steps - 1))
            if spent > span:
                steps = _steps_until(span, base, growth)
                spent = steps * (base + growth * (steps - 1))
            decode_s[active] += spent
            clock += spent
            step += steps
            context += active * steps
            past = (step + 1) * many
            while finish_at and finish_at[0] < past:
                request = heappop(finish_at) % many
                last[request] = clock
                active -= 1
                context -= sizes[request]
                free += sizes[request]
        self._active, self._step, self._context, self.clock = active, step, context, clock
        self._free, self._head = free, head

    def _next(self, end: int) -> tuple[float, int]:
        """Return when the next of the first ``end`` requests comes and its tokens; never, and none, after the last."""
        if self._head >= end:
            return NEVER, 0
        request = self.requests[self._head]
        return self._arrivals[request], self._sizes[request]

    def rest(self, until: float) -> None:
        """Count the time after the last work as idle and, past the time-out, off."""
        if until > self.clock:
            self._pause(until - self.clock)
            self.clock = until

    def _wake(self, clock: float, until: float) -> float:
        """Rest until a request comes; return when it can be served."""
        if not self._pause(until - clock):
            return until
        self.waking_s += self.wake_s
        self.wakes += 1
        return until + self.wake_s

    def _pause(self, gap: float) -> bool:
        """Count a time without work; true where the replica is off at its end."""
        idle = min(gap, self.off_after_s)
        self.idle_s += idle
        self.off_s += gap - idle
        return gap > idle


def _steps_until(span: float, base: float, growth: float) -> int:
    """Return the least number of steps, each ``2 growth`` longer than the one before, that fill a span of time."""
    if growth == 0.0:
        return math.ceil(span / base)
    half = base - growth
    return math.ceil((math.sqrt(half * half + 4 * growth * span) - half) / (2 * growth))
