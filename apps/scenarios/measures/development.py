"""Waste fewer experiments: failed and repeated runs that need not be."""

from apps.scenarios.measure import (
    MODEL,
    Change,
    Evidence,
    Given,
    Measure,
    Option,
    given_by,
    needed,
    ratio,
)
from apps.scenarios.setting import Setting
from lca.engine import Inventory, Stage

MEASURE = Measure(
    key="development",
    label="Waste fewer experiments",
    phase=MODEL,
    says="A share of the runs of development is not made: hours, energy and hardware fall by it.",
    options=(
        Option(name="share", label="share of development that is saved", least=0.0, most=0.99),
        Option(name="source", label="how that is known", is_text=True),
    ),
    evidence=(
        Evidence(
            source="one's own ledger: failed and repeated runs, by the reasons recorded",
            conditions="holds for the next model, not for runs that were made",
        ),
        Evidence(
            source="Moshi 7B (as the article reports it): 4 % of GPU time was the final training",
            conditions="one model; the rest were early experiments, failed runs, debugging, ablations and components",
            is_claim=True,
        ),
    ),
)
AMOUNTS = (".gpu_hours", ".energy")


def change(inventory: Inventory, given: Given, setting: Setting) -> Change:  # noqa: ARG001  one shape for all
    """Multiply hours and energy of every run of development."""
    used = {
        name
        for flow in inventory.flows
        if (flow.activity or flow.stage) is Stage.DEVELOPMENT
        for name, _ in flow.terms
        if name.startswith("run.") and name.endswith(AMOUNTS)
    }
    found = needed(
        [item for item in inventory.parameters if item.name in used], "run of development"
    )
    origin = given_by(str(given["source"]))
    left = ratio(MEASURE.key, "runs", 1 - float(given["share"]), origin, "Runs of development that remain")  # fmt: skip
    return Change(ratios=dict.fromkeys((item.name for item in found), left))
