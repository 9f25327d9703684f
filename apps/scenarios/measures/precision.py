"""Compress the model: quantise, prune, distil, or take a smaller one; energy from profiles of both, by phase and at a batch.

Low precision saves where work waits for arithmetic or for weights, and costs where it adds work. Measured pairs say which, and the
batch decides: no factor of somebody else's study is applied.
"""

from apps.scenarios.errors import BadInput
from apps.scenarios.measure import (
    MODEL,
    Change,
    Effect,
    Evidence,
    Given,
    Measure,
    Option,
    given_by,
    matching,
    needed,
    ratio_between,
)
from apps.scenarios.serving.profile import ServingProfile
from apps.scenarios.setting import Setting
from lca.engine import Inventory, Parameter

MEASURE = Measure(
    key="precision",
    label="Compress the model",
    phase=MODEL,
    says="Quantized, pruned, distilled or smaller: energy per token becomes that of another profile, at the batch that is served.",
    options=(
        Option(name="from", label="profile of the model as it is", is_text=True),
        Option(name="to", label="profile of the compressed model", is_text=True),
        Option(name="batch", label="requests served at a time", least=1.0, most=100_000.0),
        Option(
            name="accuracy", label="change of accuracy", unit="points", least=-100.0, most=100.0
        ),
        Option(
            name="accuracy_source",
            label="who measured the accuracy (python -m lca.measure accuracy does)",
            is_text=True,
        ),
    ),
    evidence=(
        Evidence(
            source="the two profiles; shipped ones are measured by ML.ENERGY v3, one's own by python -m lca.measure",
            conditions="the ratio holds at the batch and context at which both were measured",
        ),
        Evidence(
            source="QLoRA, FP4 with FP16 compute (NTU 2024, as the article reports it): 0.0095 to 0.0016 kg CO2 for 20 000 samples",
            conditions="5.9 times less; the time falls 2.7 times, where the text says ten; accuracy 98.58 to 98.60 %",
            is_claim=True,
        ),
        Evidence(
            source="BERT pruned and distilled, DistilBERT, TinyBERT (as the article reports them): 7.197 to 4.887, 3.364 and 0.629 kWh",
            conditions="32 %, 53 % and 91 % less; accuracy 96.15 to 95.90, 95.88 and 95.15 %",
            is_claim=True,
        ),
    ),
)


def change(inventory: Inventory, given: Given, setting: Setting) -> Change:
    """Multiply joules per token by the ratio of two profiles at a batch."""
    before, after = (setting.profile(str(given[name])) for name in ("from", "to"))
    batch = round(float(given["batch"]))
    if batch > min(before.room, after.room):
        msg = f"A batch of {batch}: {before.name} was measured up to {before.room}, {after.name} up to {after.room}."
        raise BadInput(msg, field="batch")
    decode = needed(matching(inventory, ".joules_decode", start="deployment."), "energy per generated token")  # fmt: skip
    prefill = matching(inventory, ".joules_prefill", start="deployment.")
    return Change(
        ratios={
            **dict.fromkeys((item.name for item in decode), _decode(before, after, batch)),
            **dict.fromkeys((item.name for item in prefill), _prefill(before, after)),
        },
        effects=(
            Effect(
                on="accuracy",
                says=f"as supplied: {given['accuracy_source']}",
                provenance=given_by("").provenance,
                value=float(given["accuracy"]),
                unit="points",
            ),
            Effect(
                on="latency",
                says=f"time between tokens at a batch of {batch}",
                provenance=before.origins["decode"].provenance,
                value=1e3 * (after.step_s[batch] - before.step_s[batch]),
                unit="ms",
            ),
        ),
        notes=tuple(dict.fromkeys([*before.notes, *after.notes])),
    )


def _decode(before: ServingProfile, after: ServingProfile, batch: int) -> Parameter:
    joules = [each.step_s[batch] * each.step_w[batch] for each in (before, after)]
    return ratio_between(
        MEASURE.key, "decode", joules[1] / joules[0], (before, after), f"at a batch of {batch}"
    )


def _prefill(before: ServingProfile, after: ServingProfile) -> Parameter:
    joules = [each.prefill_s_per_token * each.prefill_w for each in (before, after)]
    return ratio_between(
        MEASURE.key, "prefill", joules[1] / joules[0], (before, after), "a prompt token"
    )
