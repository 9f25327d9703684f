"""Serve more requests at a time: a step's energy is shared by more of them."""

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
from apps.scenarios.setting import Setting
from lca.engine import Inventory

MEASURE = Measure(
    key="batching",
    label="Serve larger batches",
    phase=SERVING,
    says="Decoding energy per token becomes that of another batch of a measured profile; prefill gains nothing.",
    options=(
        Option(name="profile", label="serving profile", is_text=True),
        Option(name="from", label="mean batch today", least=1.0, most=100_000.0),
        Option(name="to", label="mean batch then", least=1.0, most=100_000.0),
    ),
    evidence=(
        Evidence(
            source="the profile; shipped ones are measured by ML.ENERGY v3",
            conditions="batches must fill: whatif serve says what a trace of requests allows",
        ),
        Evidence(
            source="Delavande, Pierrard and Luccioni, arXiv 2601.22362: up to 100 times less energy a request",
            conditions="one request at a time against a full batch, in decoding; 8.5 times on a production trace (whatif serve)",
            is_claim=True,
        ),
    ),
)


def change(inventory: Inventory, given: Given, setting: Setting) -> Change:
    """Multiply joules per generated token by the ratio of two batches of one profile."""
    profile = setting.profile(str(given["profile"]))
    before, after = round(float(given["from"])), round(float(given["to"]))
    if max(before, after) > profile.room:
        msg = f"{profile.name} was measured up to a batch of {profile.room}."
        raise BadInput(msg, field="to")
    joules = [profile.step_s[each] * profile.step_w[each] / each for each in (before, after)]
    label = f"Decode energy at a batch of {after} over {before}, {profile.name}"
    found = needed(matching(inventory, ".joules_decode", start="deployment."), "energy per generated token")  # fmt: skip
    shared = ratio(MEASURE.key, "decode", joules[1] / joules[0], profile.origins["decode"], label)
    return Change(
        ratios=dict.fromkeys((item.name for item in found), shared),
        effects=(
            Effect(
                on="latency",
                says="time between tokens",
                provenance=profile.origins["decode"].provenance,
                value=1e3 * (profile.step_s[after] - profile.step_s[before]),
                unit="ms",
            ),
        ),
        notes=profile.notes,
    )
