"""Take second-hand hardware: its first life bears most of its making."""

from apps.scenarios.measure import (
    INFRASTRUCTURE,
    Change,
    Effect,
    Evidence,
    Given,
    Measure,
    Option,
    given_by,
    needed,
    ratio,
)
from apps.scenarios.setting import Setting
from lca.engine import Inventory, Parameter, Provenance, Stage

MEASURE = Measure(
    key="reuse",
    label="Take second-hand hardware",
    phase=INFRASTRUCTURE,
    says="A share of the hardware has had a first life; of its making, the second life bears what an allocation says.",
    options=(
        Option(name="share", label="share that is second-hand", least=0.0, most=1.0),
        Option(
            name="carried", label="part of its making that the second life bears", least=0.0, most=1.0
        ),
        Option(name="source", label="where share and part come from", is_text=True),
    ),
    evidence=(
        Evidence(
            source="ISO 14044:2006, 4.3.4.3 (allocation for reuse and recycling)",
            conditions="the rule is stated, and holds for hardware that is passed on as well: by cut-off the first life bears the making, the second one refurbishment alone",
        ),
    ),
)  # fmt: skip


def change(inventory: Inventory, given: Given, setting: Setting) -> Change:  # noqa: ARG001  one shape for all
    """Multiply every embodied impact of hardware by what is left of it."""
    share, carried = float(given["share"]), float(given["carried"])
    found = needed(_made(inventory), "embodied impact of hardware")
    origin = given_by(str(given["source"]))
    label = f"{share:.0%} of hardware second-hand, bearing {carried:.0%} of its making"
    left = ratio(MEASURE.key, "embodied", 1 - share * (1 - carried), origin, label)
    return Change(
        ratios=dict.fromkeys((item.name for item in found), left),
        effects=(
            Effect(
                on="energy",
                says="older hardware does less for its electricity than new hardware would; that is not counted here",
                provenance=Provenance.DEFAULT,
            ),
        ),
        notes=("It saves something only where it stands in for hardware that would have been made.",),
    )  # fmt: skip


def _made(inventory: Inventory) -> list[Parameter]:
    """Return what hardware's making is counted by, of accelerators and hosts."""
    flows = (flow for flow in inventory.flows if flow.stage is Stage.HARDWARE)
    names = {name for flow in flows for terms in flow.factors.values() for name, _ in terms}
    return [item for item in inventory.parameters if item.name in names]
