"""Shorter answers: fewer generated tokens a request."""

from apps.scenarios.measure import (
    SERVING,
    Change,
    Effect,
    Evidence,
    Given,
    Measure,
    Option,
    given_by,
    matching,
    needed,
    ratio,
)
from apps.scenarios.setting import Setting
from lca.engine import Inventory

MEASURE = Measure(
    key="answers",
    label="Shorter answers",
    phase=SERVING,
    says="Generated tokens a request fall; prompts stay.",
    options=(
        Option(name="share", label="generated tokens that remain", least=0.01, most=1.0),
        Option(name="source", label="how that is known", is_text=True),
    ),
    evidence=(
        Evidence(
            source="one's own trial",
            conditions="whether a shorter answer serves as well is for users to say",
        ),
    ),
)


def change(inventory: Inventory, given: Given, setting: Setting) -> Change:  # noqa: ARG001  one shape for all
    """Multiply generated tokens a request by a share."""
    found = needed(matching(inventory, ".tokens_out", start="deployment."), "generated tokens a request")  # fmt: skip
    origin = given_by(str(given["source"]))
    left = ratio(
        MEASURE.key, "tokens", float(given["share"]), origin, "Generated tokens that remain"
    )
    return Change(
        ratios=dict.fromkeys((item.name for item in found), left),
        effects=(
            Effect(on="quality", says="for users to say", provenance=origin.provenance),
            Effect(
                on="latency", says="answers end sooner by as much", provenance=origin.provenance
            ),
        ),
    )
