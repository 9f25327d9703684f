"""Serve by another policy: what arrives is drawn, served twice by a measured profile, and the energy of a request compared."""

from functools import lru_cache

from apps.scenarios.errors import BadInput
from apps.scenarios.measure import (
    SERVING,
    Change,
    Effect,
    Evidence,
    Given,
    Measure,
    Option,
    matching,
    needed,
    ratio,
)
from apps.scenarios.serving.policy import usual
from apps.scenarios.serving.profile import ServingProfile
from apps.scenarios.serving.simulator import Outcome, serve
from apps.scenarios.serving.trace import Shape, Trace, draw
from apps.scenarios.setting import Setting
from lca.engine import Inventory

FEWEST, MOST, HOUR_S = 5_000, 50_000, 3_600.0
ARRIVALS = {
    "poisson": "one by one, independently",
    "bursty": "in bursts: a tenth of the time ten times as many",
}
POLICIES = ("one at a time", "as they come", "windowed, 1 s", "windowed, 10 s", "shaped", "consolidated")  # fmt: skip
MEASURE = Measure(
    key="policy",
    label="Serve by another policy",
    phase=SERVING,
    says="An hour of requests (5 000 to 50 000) is drawn and served twice, before and after, on the fewest machines that keep up; idle power counts.",
    options=(
        Option(name="profile", label="serving profile", is_text=True),
        Option(name="from", label="policy today", is_text=True, choices=POLICIES, default="as they come"),
        Option(name="to", label="policy then", is_text=True, choices=POLICIES, default="consolidated"),
        Option(name="rate", label="requests that arrive", unit="1/s", least=0.001, most=1000.0),
        Option(name="process", label="how they arrive", is_text=True, choices=tuple(ARRIVALS), named=ARRIVALS, default="poisson"),
        Option(name="prompt", label="mean prompt", unit="token", least=1.0, most=100_000.0, default=500.0),
        Option(name="generated", label="mean answer", unit="token", least=1.0, most=20_000.0, default=250.0),
    ),
    evidence=(
        Evidence(
            source="a simulation on the profile; shipped ones are measured by ML.ENERGY v3",
            conditions="arrivals are drawn, not one's own: whatif serve takes a trace",
        ),
        Evidence(
            source="Delavande, Pierrard and Luccioni, arXiv 2601.22362: up to 100 times less energy a request by batching and timing",
            conditions="8.5 times on a production trace from one at a time; even spacing alone changes nothing (whatif serve)",
            is_claim=True,
        ),
    ),
)  # fmt: skip


def change(inventory: Inventory, given: Given, setting: Setting) -> Change:
    """Multiply joules per token of both phases by the ratio of two policies' energy per request."""
    found = needed(matching(inventory, ".joules_decode", ".joules_prefill", start="deployment."), "energy per token")  # fmt: skip
    profile = setting.profile(str(given["profile"]))
    rate = float(given["rate"])
    shape = Shape(process=str(given["process"]), rate=rate, requests=enough(rate), prompt=float(given["prompt"]), generated=float(given["generated"]))  # fmt: skip
    trace = _drawn(shape)
    before, after = (_served(profile, trace, str(given[key])) for key in ("from", "to"))
    saved = after.energy.total / before.energy.total
    label = f"Energy of a request, {given['to']} over {given['from']}, {profile.name}, {trace.name}"
    shared = ratio(MEASURE.key, "energy", saved, profile.origins["decode"], label)
    return Change(
        ratios=dict.fromkeys((item.name for item in found), shared),
        effects=(
            Effect(
                on="latency",
                says=f"until 95 % of requests have their last token; machines before: {before.replicas}, after: {after.replicas}",
                provenance=profile.origins["decode"].provenance,
                value=_wait(after) - _wait(before),
                unit="s",
            ),
        ),
        notes=(*profile.notes, "The interval holds the spread of the profile, not that of arrivals."),
    )  # fmt: skip


def enough(rate: float) -> int:
    """Return how many requests are drawn: an hour's, within bounds that a page can wait for."""
    return round(min(MOST, max(FEWEST, rate * HOUR_S)))


@lru_cache(maxsize=8)
def _drawn(shape: Shape) -> Trace:
    return draw(shape)


def _served(profile: ServingProfile, trace: Trace, name: str) -> Outcome:
    policy = next(each for each in usual(profile, trace) if each.name == name)
    outcome = serve(trace, profile, policy)
    if outcome.falls_behind:
        msg = f"“{name}” does not keep up with {trace.name} on {outcome.replicas} machines of {profile.name}."
        raise BadInput(msg, field="rate")
    return outcome


def _wait(outcome: Outcome) -> float:
    return outcome.latencies()["last_token_s"]["p95"]
