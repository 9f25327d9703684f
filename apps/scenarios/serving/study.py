"""Compare policies on one trace: joules, footprint with paired intervals, waiting, and what is said in the literature."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from apps.scenarios.errors import BadInput
from apps.scenarios.quantity import front
from apps.scenarios.request import Site, footprint, inventory, valued
from apps.scenarios.serving.policy import Policy, fewest, usual
from apps.scenarios.serving.profile import ServingProfile
from apps.scenarios.serving.simulator import Outcome, serve
from apps.scenarios.serving.trace import Trace
from lca.engine import DEFAULT_SEED

BASELINE = "as they come"
ONE = "one at a time"
SHAPED = "shaped"
STUDY = "Delavande, Pierrard and Luccioni, arXiv 2601.22362"
MOST_POLICIES = 24


@dataclass(frozen=True, kw_only=True)
class Study:
    """Outcomes of every policy on one trace, the baseline's name, and the site that values them."""

    outcomes: tuple[Outcome, ...]
    baseline: str
    site: Site
    seed: int

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON."""
        first = self.outcomes[0]
        named = {outcome.policy.name: outcome for outcome in self.outcomes}
        ordered = {self.baseline: named[self.baseline], **named}
        inventories = {name: inventory(each.energy, self.site) for name, each in ordered.items()}
        results = valued(inventories, self.seed)
        return {
            "trace": first.trace.summary(),
            "profile": _profile(
                first.profile if not first.policy.cap else named[self.baseline].profile
            ),
            "site": self.site.to_dict(),
            "baseline": self.baseline,
            "policies": [
                {**outcome.to_dict(), "footprint": footprint(results[name], results[self.baseline])}
                for name, outcome in named.items()
            ],
            "claims": claims(named),
        }


def _profile(profile: ServingProfile) -> dict[str, object]:
    return {
        "name": profile.name,
        "measured_up_to_batch": profile.room,
        "memory_tokens": profile.memory_tokens if math.isfinite(profile.memory_tokens) else None,
        "steps": steps(profile),
        "figures": {name: item.to_dict() for name, item in profile.quantities().items()},
        "validity": list(profile.notes),
    }


def steps(profile: ServingProfile) -> list[dict[str, float]]:
    """Return time between tokens [ms] and energy of a token [J] at each doubling of the batch, and at the largest."""
    doublings = [2**power for power in range(20)]
    batches = [*(each for each in doublings if 1.5 * each <= profile.room), profile.room]
    return [
        {
            "batch": batch,
            "step_ms": 1e3 * profile.step_s[batch],
            "token_j": profile.step_s[batch] * profile.step_w[batch] / batch,
        }
        for batch in batches
    ]


def study(
    trace: Trace,
    profile: ServingProfile,
    site: Site,
    policies: Sequence[Policy] = (),
    *,
    replicas: int | None = None,
    baseline: str = BASELINE,
    seed: int = DEFAULT_SEED,
) -> Study:
    """Simulate every policy on a trace.

    ``replicas`` holds for each policy that names no number; without it, each takes the fewest that keep up.

    Raises
    ------
    BadInput
        Where a policy cannot be simulated, or the baseline is not among them.
    """
    chosen = list(policies) or usual(profile, trace)
    names = [policy.name for policy in chosen]
    if len(chosen) > MOST_POLICIES or len(set(names)) < len(names) or baseline not in names:
        msg = f"At most {MOST_POLICIES} policies, of different names, with the baseline “{baseline}” among them."
        raise BadInput(msg, field="policy")
    outcomes = tuple(serve(trace, profile, _with_replicas(policy, replicas)) for policy in chosen)
    return Study(outcomes=outcomes, baseline=baseline, site=site, seed=seed)


def _with_replicas(policy: Policy, replicas: int | None) -> Policy:
    given = replicas if policy.replicas is None else policy.replicas
    return replace(policy, replicas=given)


def claims(named: dict[str, Outcome]) -> list[dict[str, object]]:
    """Return what others claim of batching and timing, beside what this trace and profile give."""
    base = named.get(BASELINE)
    if base is None:
        return []
    profile = base.profile
    alone = profile.step_s[1] * profile.step_w[1]
    full = profile.step_s[profile.room] * profile.step_w[profile.room] / profile.room
    found: list[dict[str, object]] = [
        {
            "claim": "batching saves energy, most of all in decoding, which waits for memory",
            "source": STUDY,
            "found": alone / full,
            "reads": f"a token decoded alone takes {alone / full:.3g} times the energy of one in a batch of {profile.room}",
        }
    ]
    if ONE in named:
        ratio = named[ONE].energy.total / base.energy.total
        found.append(
            {
                "claim": "up to 100 times less energy a request",
                "source": STUDY,
                "found": ratio,
                "reads": (
                    f"one request at a time on machines of its own takes {ratio:.3g} times what continuous batching takes "
                    f"at a mean batch of {base.mean_batch:.3g}; the largest factor needs a full batch against none, in decoding alone"
                ),
            }
        )
    if SHAPED in named:
        ratio = base.energy.total / named[SHAPED].energy.total
        found.append(
            {
                "claim": "the saving comes from when requests arrive (arrival shaping)",
                "source": STUDY,
                "found": ratio,
                "reads": (
                    f"with batching on in both, even spacing changes energy by a factor of {ratio:.3g}: "
                    "most of the saving is that of the batch, not of the spacing"
                ),
            }
        )
    return found


def sweep(
    trace: Trace, profile: ServingProfile, replicas: int | None = None
) -> list[dict[str, object]]:
    """Return energy against waiting for limits of 1, 2, 4, ... requests at a time and three windows, with the Pareto front."""
    rooms = [room for room in (2**power for power in range(20)) if room < profile.room]
    policies = [
        Policy(
            name=f"at most {room}, {window:g} s",
            room=room,
            window_s=window,
            replicas=fewest(profile, trace, room) if replicas is None else replicas,
        )
        for room in [*rooms, profile.room]
        for window in (0.0, 1.0, 10.0)
    ]
    outcomes = [serve(trace, profile, policy) for policy in policies]
    late = [outcome.latencies()["last_token_s"]["p95"] for outcome in outcomes]
    costs = [(outcome.energy.total, wait) for outcome, wait in zip(outcomes, late, strict=True)]
    return [
        {
            "policy": outcome.policy.name,
            "replicas": outcome.replicas,
            "energy_per_request_j": energy,
            "last_token_p95_s": wait,
            "falls_behind": outcome.falls_behind,
            "on_front": best,
        }
        for outcome, (energy, wait), best in zip(outcomes, costs, front(costs), strict=True)
    ]
