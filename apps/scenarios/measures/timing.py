"""Run what can wait in the hours, and at the sites, whose electricity is cleanest."""

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
from lca.engine import Inventory

MEASURE = Measure(
    key="timing",
    label="Run when electricity is clean",
    phase=INFRASTRUCTURE,
    says="A share of all electricity is used in other hours, at the intensity that a schedule reaches over that of running at once.",
    options=(
        Option(name="share", label="share of electricity whose work can wait", least=0.0, most=1.0),
        Option(name="ratio", label="intensity of the schedule over that of running at once", least=0.0, most=1.5),
        Option(name="source", label="where share and ratio come from", is_text=True),
    ),
    evidence=(
        Evidence(
            source="hourly intensities of one's own grid (the page Where and when, or whatif shift)",
            conditions="a schedule that could be known: the best one knows the future, “by yesterday” does not",
        ),
    ),
)  # fmt: skip


def change(inventory: Inventory, given: Given, setting: Setting) -> Change:  # noqa: ARG001  one shape for all
    """Lower the carbon of every zone by what a schedule saves on the share that waits; water and minerals stay."""
    share, over, source = float(given["share"]), float(given["ratio"]), str(given["source"])
    carbon, _ = electricity(inventory)
    left = 1 - share * (1 - over)
    how = f"{share:.0%} of it at {over:g} of the intensity"
    return Change(
        overrides={item.name: mixed(item, left * item.value, how, source) for item in carbon},
        notes=(
            "Water, minerals and primary energy of electricity keep their yearly factors: no hourly ones are known.",
            "What pauses and moves take is in the ratio; machines that wait longer are not counted.",
        ),
    )
