"""Recover waste water: a share of what cooling takes on site is cleaned and used again, at the electricity that this takes."""

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

LITRES = 1000.0
MEASURE = Measure(
    key="wastewater",
    label="Recover waste water",
    phase=INFRASTRUCTURE,
    says="A share of the water of every site is used again; cleaning it takes electricity, which adds to the PUE.",
    options=(
        Option(name="share", label="share of the site's water that is recovered", least=0.0, most=1.0),
        Option(name="kwh", label="electricity to clean it", unit="kWh/m3", least=0.0, most=50.0),
        Option(name="source", label="who measured it, where", is_text=True),
    ),
    evidence=(
        Evidence(
            source="the site's own meters of water and of the treatment",
            conditions="what evaporates cannot be recovered: only what is drained, and what is condensed",
        ),
    ),
)  # fmt: skip


def change(inventory: Inventory, given: Given, setting: Setting) -> Change:  # noqa: ARG001  one shape for all
    """Lower the WUE of every site by a share, and raise its PUE by the electricity of cleaning that water."""
    share, kwh = float(given["share"]), float(given["kwh"])
    sites = needed(matching(inventory, ".wue", start="site."), "WUE of a site")
    pues = {item.name: item.value for item in matching(inventory, ".pue", start="site.")}
    raised = {}
    for item in sites:
        pue = f"{item.name.removesuffix('.wue')}.pue"
        if pue in pues:
            raised[pue] = pues[pue] + item.value * share * kwh / LITRES
    return Change(
        overrides={**{item.name: item.value * (1 - share) for item in sites}, **raised},
        notes=(f"As supplied: {given['source']}. Electricity that a meter of the whole facility counted holds no treatment.",),
    )  # fmt: skip
