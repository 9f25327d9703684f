"""Store electricity: charge when the grid is clean, use it when it is not; what is lost on the way is paid for."""

from apps.scenarios.measure import (
    INFRASTRUCTURE,
    Change,
    Evidence,
    Given,
    Measure,
    Option,
    electricity,
    matching,
    mixed,
)
from apps.scenarios.setting import Setting
from lca.engine import Inventory, Parameter

MEASURE = Measure(
    key="storage",
    label="Store electricity",
    phase=INFRASTRUCTURE,
    says="A share of all electricity passes through storage, charged at the carbon and water of the hours in which it is charged.",
    options=(
        Option(name="share", label="share of electricity that passes through storage", least=0.0, most=1.0),
        Option(name="efficiency", label="what comes out of what goes in", least=0.3, most=1.0),
        Option(name="kg", label="carbon of the electricity that charges it", unit="kg CO2e/kWh", least=0.0, most=2.0),
        Option(name="litres", label="water of the electricity that charges it", unit="L/kWh", least=0.0, most=100.0),
        Option(name="source", label="where these come from", is_text=True),
    ),
    evidence=(
        Evidence(
            source="one's own storage and the hours in which it is charged",
            conditions="it saves only where charging is cleaner by more than the loss: at an efficiency of 0.85, below 85 % of the grid's mean",
        ),
    ),
)  # fmt: skip
SCALED = (".adpe", ".primary_energy")


def change(inventory: Inventory, given: Given, setting: Setting) -> Change:  # noqa: ARG001  one shape for all
    """Mix what storage gives into the carbon and water of every zone; minerals and primary energy grow by what is lost."""
    share, efficiency, source = float(given["share"]), float(given["efficiency"]), str(given["source"])  # fmt: skip
    carbon, water = electricity(inventory)

    def stored(item: Parameter, charged: float) -> Parameter:
        value = (1 - share) * item.value + share * charged / efficiency
        return mixed(item, value, f"{share:.0%} through storage", f"through storage: {source}")

    grown = 1 - share + share / efficiency
    return Change(
        overrides={
            **{item.name: stored(item, float(given["kg"])) for item in carbon},
            **{item.name: stored(item, float(given["litres"])) for item in water},
            **{item.name: item.value * grown for item in matching(inventory, *SCALED, start="zone.")},
        },
        notes=(
            "What is lost counts with its carbon, water, minerals and primary energy; the kilowatt-hours stay those that the data centre uses.",
            "Embodied impacts of the storage are not counted: declare it as hardware.",
        ),
    )  # fmt: skip
