"""Serve a trace under a policy, and add up what it took: seconds by batch, joules, waiting."""

from dataclasses import dataclass

import numpy as np

from apps.scenarios.errors import BadInput
from apps.scenarios.request import Energy
from apps.scenarios.serving.policy import Policy, fewest
from apps.scenarios.serving.profile import ServingProfile
from apps.scenarios.serving.replica import Replica
from apps.scenarios.serving.trace import Times, Trace

PERCENTILES = (50, 90, 95, 99)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What serving a trace took.

    ``first`` and ``last`` [s] are when each request got its first and its last token,
    shape (requests,); ``decode_s`` [s] is machine time by batch, shape (room + 1,); the rest is machine time [s].
    """

    policy: Policy
    profile: ServingProfile
    trace: Trace
    replicas: int
    first: Times
    last: Times
    decode_s: Times
    prefill_s: float
    idle_s: float
    waking_s: float
    off_s: float
    wakes: int

    @property
    def energy(self) -> Energy:
        """Joules of the accelerators per request."""
        profile, many = self.profile, len(self.trace)
        power = np.asarray(profile.step_w[: len(self.decode_s)])
        joules = {
            "decode": float(self.decode_s @ power),
            "prefill": self.prefill_s * profile.prefill_w,
            "idle": (self.idle_s + self.waking_s) * profile.idle_w,
        }
        return Energy(
            joules={name: value / many for name, value in joules.items()}, origins=profile.origins
        )

    @property
    def machine_s(self) -> float:
        """Machine time from the first arrival to the last token [s], off or on."""
        return (
            float(self.decode_s.sum()) + self.prefill_s + self.idle_s + self.waking_s + self.off_s
        )

    @property
    def utilisation(self) -> float:
        """Share of the machine time in which something was served."""
        return (float(self.decode_s.sum()) + self.prefill_s) / self.machine_s

    @property
    def mean_batch(self) -> float:
        """Requests in a step, by time."""
        busy = float(self.decode_s.sum())
        return float(self.decode_s @ np.arange(len(self.decode_s))) / busy if busy else 0.0

    @property
    def falls_behind(self) -> bool:
        """True where work was left a tenth of the trace's length after the last arrival."""
        end = float(self.trace.arrival[-1])
        longest = float((self.trace.generated.max() - 1) * self.profile.step_s[-1])
        return float(self.last.max()) > 1.1 * end + longest + self.policy.window_s

    def latencies(self) -> dict[str, dict[str, float]]:
        """Percentiles and mean [s] of time to the first token, time to the last, and time between tokens."""
        arrival = self.trace.arrival
        between = (self.last - self.first) / np.maximum(self.trace.generated - 1, 1)
        found = {
            "first_token_s": self.first - arrival,
            "last_token_s": self.last - arrival,
            "between_tokens_s": between[self.trace.generated > 1],
        }
        return {name: _percentiles(values) for name, values in found.items() if len(values)}

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON without a site's factors."""
        energy = self.energy
        return {
            "policy": self.policy.name,
            "says": self.policy.says,
            "replicas": self.replicas,
            "energy_per_request_j": energy.total,
            "energy_by_phase_j": dict(energy.joules),
            "energy_per_generated_token_j": energy.total / float(self.trace.generated.mean()),
            "utilisation": self.utilisation,
            "mean_batch": self.mean_batch,
            "share_of_time_off": self.off_s / self.machine_s,
            "wakes": self.wakes,
            "falls_behind": self.falls_behind,
            "latency": self.latencies(),
        }


def _percentiles(values: Times) -> dict[str, float]:
    cuts = np.percentile(values, PERCENTILES)
    named = {f"p{cut}": float(value) for cut, value in zip(PERCENTILES, cuts, strict=True)}
    return {"mean": float(values.mean()), **named}


def serve(trace: Trace, profile: ServingProfile, policy: Policy) -> Outcome:
    """Simulate a trace under a policy.

    Replicas that take turns get every n-th request. Filled ones get a request at the first replica that has not its fill,
    else at the one with the least to do. Every replica is counted from the first arrival to the last token of all.

    Raises
    ------
    BadInput
        Where a policy cannot be, or a single request has more tokens than memory.
    """
    working = policy.on(profile)
    if (longest := int(trace.context.max())) > working.memory_tokens:
        msg = f"A request has {longest} tokens, and {working.name} has memory for {working.memory_tokens:g}."
        raise BadInput(msg, field="memory_tokens")
    room = policy.room or working.room
    count = policy.replicas or fewest(working, trace, room)
    first, last = [0.0] * len(trace), [0.0] * len(trace)
    arrivals = policy.released(trace.arrival).tolist()
    shared = {
        "arrivals": arrivals,
        "prompts": trace.prompt.tolist(),
        "lengths": trace.generated.tolist(),
        "sizes": trace.context.tolist(),
        "first": first,
        "last": last,
        "room": room,
        "off_after_s": policy.off_after_s,
        "wake_s": policy.wake_s,
    }
    replicas = [Replica(working, **shared) for _ in range(count)]
    if policy.fill:
        _fill(replicas, arrivals, policy.fill)
    else:
        _take_turns(replicas, len(trace))
    end = max(replica.clock for replica in replicas)
    for replica in replicas:
        replica.rest(end)
    return _outcome(policy, working, trace, replicas, (first, last))


def _take_turns(replicas: list[Replica], requests: int) -> None:
    for place, replica in enumerate(replicas):
        replica.requests = list(range(place, requests, len(replicas)))
        replica.advance()


def _fill(replicas: list[Replica], arrivals: list[float], most: int) -> None:
    for request, at in enumerate(arrivals):
        chosen = None
        for replica in replicas:
            replica.advance(at)
            if chosen is None and replica.load < most:
                chosen = replica
        chosen = chosen or min(replicas, key=lambda each: each.load)
        chosen.requests.append(request)
    for replica in replicas:
        replica.advance()


def _outcome(
    policy: Policy,
    profile: ServingProfile,
    trace: Trace,
    replicas: list[Replica],
    times: tuple[list[float], list[float]],
) -> Outcome:
    first, last = times
    return Outcome(
        policy=policy,
        profile=profile,
        trace=trace,
        replicas=len(replicas),
        first=np.array(first),
        last=np.array(last),
        decode_s=np.sum([replica.decode_s for replica in replicas], axis=0),
        prefill_s=sum(replica.prefill_s for replica in replicas),
        idle_s=sum(replica.idle_s for replica in replicas),
        waking_s=sum(replica.waking_s for replica in replicas),
        off_s=sum(replica.off_s for replica in replicas),
        wakes=sum(replica.wakes for replica in replicas),
    )
