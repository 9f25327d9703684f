"""What is missing, and how much it could matter: gaps sized by published studies, defaults by variance."""

from typing import Any

from apps.assessments.inventory.records import Records
from lca.engine import Category, Component, Gap, Inventory, Provenance, Result, Stage

SHOWN_DEFAULTS = 6
NOTABLE = 0.02
THOUSAND = 1000
SECTIONS = {
    "site": "sites",
    "zone": "sites",
    "contract": "contracts",
    "hardware": "hardware",
    "accelerator": "hardware",
    "host": "hardware",
    "default": "hardware",
    "run": "runs",
    "deployment": "deployments",
    "ecologits": "deployments",
    "system": "scope",
    "assessment": "scope",
    "upstream": "upstream",
}
STAGE_SECTIONS = {
    Stage.HARDWARE: "hardware",
    Stage.DEVELOPMENT: "runs",
    Stage.TRAINING: "runs",
    Stage.INFERENCE: "deployments",
    Stage.NETWORK_DEVICES: "scope",
    Stage.END_OF_LIFE: "scope",
}
CATEGORY_SECTIONS: dict[Category | None, str] = {
    Category.GWP_MARKET: "contracts",
    Category.WATER_WITHOUT_HYDROPOWER: "sites",
    Category.WATER_SCARCITY: "sites",
}


def missing(records: Records, inventory: Inventory, result: Result) -> list[dict[str, Any]]:
    """Gaps first, then the defaults whose spread widens the climate interval most.

    Each item has ``what``, ``why``, ``how_much``, ``remedy`` and ``section`` (where to mend it).
    """
    gaps = [_gap(gap, records, result) for gap in inventory.gaps]
    return [*gaps, *_defaults(inventory, result)]


def plain(value: float) -> str:
    """Three significant digits without an exponent, for a sentence."""
    digits = float(f"{value:.3g}")
    return f"{digits:,.0f}" if abs(digits) >= THOUSAND else f"{digits:.10g}"


def _gap(gap: Gap, records: Records, result: Result) -> dict[str, Any]:
    section = CATEGORY_SECTIONS.get(gap.category, STAGE_SECTIONS[gap.stage])
    return {
        "kind": "gap",
        "what": gap.reason,
        "why": f"{gap.stage.label}{f', {gap.process}' if gap.process else ''}",
        "how_much": _size(gap, records, result),
        "remedy": gap.remedy,
        "section": section,
    }


def _size(gap: Gap, records: Records, result: Result) -> str:
    if gap.process or gap.category:
        return ""
    if gap.component is Component.BUILDING:
        return _building(records, result)
    if gap.stage is Stage.DEVELOPMENT:
        return _development(records, result)
    key = {Stage.HARDWARE: "hardware_share_gwp", Stage.NETWORK_DEVICES: "end_user_share_gwp"}.get(
        gap.stage
    )
    if key is None:
        return ""
    factor = records.default(key)
    return f"Was about {factor.value:.0%} of climate change in the study by {factor.source.citation.split(' (')[0]}."


def _development(records: Records, result: Result) -> str:
    factor, training = (
        records.default("development_per_training"),
        result.stat(Category.GWP_LOCATION, "stage", "training"),
    )
    ratio = (
        f"{factor.value:g} to {factor.high or factor.value:g} times training in published studies"
    )
    if training is None:
        return f"Development was {ratio}."
    tonnes = training.nominal / 1000
    low, high = tonnes * factor.value, tonnes * (factor.high or factor.value)
    return f"Could add {plain(low)} to {plain(high)} t CO2e: development was {ratio}."


def _building(records: Records, result: Result) -> str:
    electricity = result.stat(Category.ELECTRICITY)
    if electricity is None:
        return ""
    kg = electricity.nominal * records.default("building_kg_co2e_per_kwh").value
    total = result.stat(Category.GWP_LOCATION)
    share = f" ({kg / total.nominal:.1%} of the total)" if total and total.nominal else ""
    return f"Could add about {plain(kg)} kg CO2e{share}."


def _defaults(inventory: Inventory, result: Result) -> list[dict[str, Any]]:
    parameters = {item.name: item for item in inventory.parameters}
    items = []
    for row in result.sensitivity.get(Category.GWP_LOCATION, ())[:SHOWN_DEFAULTS]:
        parameter = parameters[row.parameter]
        if parameter.provenance is not Provenance.DEFAULT or row.variance_share < NOTABLE:
            continue
        items.append(
            {
                "kind": "default",
                "what": f"{parameter.title} is a default: {plain(parameter.value)} {parameter.unit if parameter.unit != '1' else ''}".strip(),
                "why": parameter.source,
                "how_much": f"Causes {row.variance_share:.0%} of the spread of climate change.",
                "remedy": "Give your own value; the interval narrows.",
                "section": SECTIONS.get(parameter.name.split(".", 1)[0], "scope"),
            }
        )
    return items
