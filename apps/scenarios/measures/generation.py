"""Generate on site: a share of the electricity comes from one's own plant, with its own life-cycle carbon and water."""

from apps.scenarios.measure import (
    INFRASTRUCTURE,
    Change,
    Evidence,
    Given,
    Measure,
    Option,
    electricity,
    mixed,
)
from apps.scenarios.setting import Setting
from lca.engine import Inventory, Parameter

MEASURE = Measure(
    key="generation",
    label="Generate on site",
    phase=INFRASTRUCTURE,
    says="A share of all electricity comes from one's own plant, at its life-cycle factors; the rest from the grid as before.",
    options=(
        Option(name="share", label="share of electricity generated on site", least=0.0, most=1.0),
        Option(name="kg", label="its life-cycle carbon", unit="kg CO2e/kWh", least=0.0, most=2.0),
        Option(name="litres", label="its water consumption", unit="L/kWh", least=0.0, most=100.0),
        Option(name="source", label="where its factors come from", is_text=True),
    ),
    evidence=(
        Evidence(
            source="one's own plant",
            conditions="only what is used as it is generated; what is sold and bought back is grid electricity",
        ),
    ),
)


def change(inventory: Inventory, given: Given, setting: Setting) -> Change:  # noqa: ARG001  one shape for all
    """Mix the plant's factors into those of every zone; minerals and primary energy of the plant are not declared, so they stay the grid's."""
    share, source = float(given["share"]), str(given["source"])
    carbon, water = electricity(inventory)

    def generated(item: Parameter, own: float) -> Parameter:
        value = (1 - share) * item.value + share * own
        return mixed(item, value, f"{share:.0%} generated on site", f"generated on site: {source}")

    return Change(
        overrides={
            **{item.name: generated(item, float(given["kg"])) for item in carbon},
            **{item.name: generated(item, float(given["litres"])) for item in water},
        },
        notes=("Minerals and primary energy of the plant are not declared; those of the grid stay.",),
    )  # fmt: skip
