"""Upstream models: the inherited share of what a base model cost, as its publisher states it."""

from apps.assessments.inventory.draft import Draft, Terms, supplied
from apps.assessments.models import UpstreamModel
from lca.engine import Category, Component, Flow, Stage

FIGURES = {
    Category.GWP_LOCATION: ("kg_co2e", "kg CO2e"),
    Category.WATER: ("water_l", "L"),
    Category.ADPE: ("kg_sb_eq", "kg Sb eq"),
    Category.PRIMARY_ENERGY: ("mj", "MJ"),
    Category.ELECTRICITY: ("energy_kwh", "kWh"),
}


def upstream_flow(draft: Draft, row: UpstreamModel) -> None:
    """Add the inherited burden; a category that the publisher does not state is a gap."""
    name = f"upstream.{draft.records.key(row)}"
    share = supplied(
        f"{name}.share",
        row.share_inherited,
        "1",
        label=f"Share inherited from {row.name}",
        symbol="a",
        source=row.source,
    )
    factors: dict[Category, Terms] = {}
    for category, (field, unit) in FIGURES.items():
        value = getattr(row, field)
        if value is None:
            draft.gap(
                Stage.TRAINING,
                f"{category.label} of {row.name} is not stated by its publisher.",
                remedy="Give the published figure.",
                process=row.name,
                component=Component.UPSTREAM,
                category=category,
            )
            continue
        label = f"{category.label}, {row.name}"
        factors[category] = {
            draft.add(
                supplied(
                    f"{name}.{field}", value, unit, label=label, symbol="I_base", source=row.source
                )
            ): 1
        }
    if Category.GWP_LOCATION in factors and draft.records.has_contract:
        factors[Category.GWP_MARKET] = factors[Category.GWP_LOCATION]
    if factors:
        draft.flows.append(
            Flow(
                name=name,
                label=f"{row.name}, inherited share",
                stage=Stage.TRAINING,
                process=row.name,
                component=Component.UPSTREAM,
                unit="1",
                terms={draft.add(share): 1},
                factors=factors,
            )
        )
