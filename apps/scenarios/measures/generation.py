"""Generate on site: a share of the electricity comes from one's own plant, with its own life-cycle carbon and water."""

from apps.scenarios.measure import (
    INFRASTRUCTURE,
    Change,
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
    share, origin = float(given["share"]), given_by(str(given["source"]))
    carbon = needed(matching(inventory, ".gwp", start="zone."), "electricity of a zone")
    water = matching(inventory, ".ewif", start="zone.")

    def mixed(item: Parameter, own: float) -> Parameter:
        value = (1 - share) + share * own / item.value if item.value else 1.0
        kind = item.name.removeprefix("zone.")
        return ratio(
            MEASURE.key, kind, value, origin, f"{item.label}, {share:.0%} generated on site"
        )

    return Change(
        ratios={
            **{item.name: mixed(item, float(given["kg"])) for item in carbon},
            **{item.name: mixed(item, float(given["litres"])) for item in water},
        },
        notes=("Minerals and primary energy of the plant are not declared; those of the grid stay.",),
    )  # fmt: skip
