"""Use hardware more fully, or share it: more of its life is spent at work."""

from apps.scenarios.measure import (
    INFRASTRUCTURE,
    Change,
    Effect,
    Evidence,
    Given,
    Measure,
    Option,
    matching,
    needed,
)
from apps.scenarios.setting import Setting
from lca.engine import Inventory, Provenance

MEASURE = Measure(
    key="utilisation",
    label="Use and share hardware more fully",
    phase=INFRASTRUCTURE,
    says="Busy hours over service life of all hardware; embodied impacts are spread over the hours in which it works.",
    options=(Option(name="share", label="busy share of the service life", least=0.01, most=1.0),),
    evidence=(
        Evidence(
            source="factor library: 0.5 to 0.85 is usual",
            conditions="for hardware declared by busy hours; reserved hours hold idle time already",
        ),
    ),
)


def change(inventory: Inventory, given: Given, setting: Setting) -> Change:  # noqa: ARG001  one shape for all
    """Set the utilisation of all hardware."""
    share = float(given["share"])
    found = needed(matching(inventory, ".utilisation", start="hardware."), "hardware with a utilisation")  # fmt: skip
    return Change(
        overrides={item.name: share for item in found},
        effects=(
            Effect(
                on="latency",
                says="queues grow as machines come near to being always busy; whatif serve says by how much",
                provenance=Provenance.MODELLED,
            ),
        ),
    )
