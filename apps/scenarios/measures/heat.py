"""Give heat away: reported beside the footprint, never taken off it."""

from apps.scenarios.measure import (
    INFRASTRUCTURE,
    Change,
    Effect,
    Evidence,
    Given,
    Measure,
    Option,
    given_by,
)
from apps.scenarios.setting import Setting
from lca.engine import Inventory

MEASURE = Measure(
    key="heat",
    label="Give heat away",
    phase=INFRASTRUCTURE,
    says="Heat that others use is reported, and changes no total: whose saving it is depends on what they would have burnt.",
    options=(
        Option(name="kwh", label="heat delivered a year", unit="kWh", least=0.0, most=1e12),
        Option(name="source", label="who metered it", is_text=True),
    ),
    evidence=(
        Evidence(
            source="the receiver's meter",
            conditions="a credit for what is displaced would belong outside the boundary, and is not computed",
        ),
    ),
)


def change(inventory: Inventory, given: Given, setting: Setting) -> Change:  # noqa: ARG001  one shape for all
    """Change nothing; tell what is delivered."""
    return Change(
        effects=(
            Effect(
                on="heat delivered",
                says="reported, not netted",
                provenance=given_by(str(given["source"])).provenance,
                value=float(given["kwh"]),
                unit="kWh/year",
            ),
        ),
    )
