"""Keep hardware longer: its making is spread over more years."""

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
    key="lifetime",
    label="Keep hardware longer",
    phase=INFRASTRUCTURE,
    says="The service life of all hardware; embodied impacts are spread over it.",
    options=(Option(name="years", label="service life", unit="years", least=0.5, most=20.0),),
    evidence=(
        Evidence(
            source="factor library: sources use 3 to 6 years",
            conditions="holds where the hardware would otherwise have been replaced, and not only written off",
        ),
    ),
)


def change(inventory: Inventory, given: Given, setting: Setting) -> Change:  # noqa: ARG001  one shape for all
    """Set the service life of all hardware."""
    years = float(given["years"])
    found = needed(matching(inventory, ".lifetime_years", start="hardware."), "hardware with a service life")  # fmt: skip
    return Change(
        overrides={item.name: years for item in found},
        effects=(
            Effect(
                on="energy",
                says="older hardware does less for its electricity than what would replace it; that is not counted here",
                provenance=Provenance.DEFAULT,
            ),
        ),
        notes=("The relative interval of the service life stays as declared.",),
    )
