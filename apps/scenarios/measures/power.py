"""Lose less on the way to the servers: high-voltage direct current, fewer conversions, storage beside the racks."""

from apps.scenarios.measure import (
    INFRASTRUCTURE,
    Change,
    Evidence,
    Given,
    Measure,
    Option,
    matching,
    needed,
)
from apps.scenarios.setting import Setting
from lca.engine import Inventory

MEASURE = Measure(
    key="power",
    label="Lose less in power distribution",
    phase=INFRASTRUCTURE,
    says="A share of what the data centre takes beyond its servers (PUE - 1) is no longer lost.",
    options=(
        Option(name="share", label="share of the overhead that is saved", least=0.0, most=1.0),
        Option(name="source", label="who measured it, where", is_text=True),
    ),
    evidence=(
        Evidence(
            source="Chindata, NEXT: 800 V direct current, integrated storage, 50 % faster installation (its maker)",
            conditions="no efficiency is published, so none is taken; give what was measured on site",
            is_claim=True,
        ),
    ),
)


def change(inventory: Inventory, given: Given, setting: Setting) -> Change:  # noqa: ARG001  one shape for all
    """Lower the PUE of every site by a share of what exceeds 1."""
    sites = needed(matching(inventory, ".pue", start="site."), "PUE of a site")
    share = float(given["share"])
    return Change(
        overrides={item.name: 1 + (item.value - 1) * (1 - share) for item in sites},
        notes=(f"As supplied: {given['source']}.",),
    )
