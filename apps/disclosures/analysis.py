"""What a report says of its own result: scenarios, one parameter at a time, each deployment's boundaries, the roadmap."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from apps.assessments.inventory.ladder import ladder
from apps.assessments.models import Assessment, Deployment
from apps.disclosures.publication import HEADLINES
from apps.scenarios.services import reported
from lca.engine import Category, EngineError, Inventory, assess, difference, swings

TOP = 6
Overrides = dict[str, float]


@attrs.frozen(kw_only=True)
class Scenario:
    """A change of parameters, and what it asks."""

    key: str
    label: str
    overrides: Overrides


def analysis(
    assessment: Assessment, inventory: Inventory, result: Mapping[str, Any]
) -> dict[str, Any]:
    """Parts of a snapshot's document: its own scenarios before those that people put into the report; a roadmap if there is one."""
    own = reported(assessment, inventory)
    asked = scenarios(inventory, draws=assessment.draws, seed=assessment.seed)
    return {
        **own,
        "scenarios": [*asked, *own["scenarios"]],
        "one_at_a_time": {
            key: [attrs.asdict(swing) for swing in swings(inventory, key, _movers(result, key))]
            for key in HEADLINES
            if key in result["totals"]
        },
        "boundaries": [
            {"deployment": row.name, **ladder(assessment, row).to_dict()}
            for row in Deployment.objects.filter(assessment=assessment).select_related("hardware")
        ],
    }


def _movers(result: Mapping[str, Any], key: str) -> list[str]:
    """Parameters that cause most of a total's spread."""
    rows = sorted(result["sensitivity"].get(key, []), key=lambda row: -row["variance_share"])
    return [row["parameter"] for row in rows[:TOP] if row["variance_share"] > 0]


def scenarios(inventory: Inventory, *, draws: int, seed: int) -> list[dict[str, Any]]:
    """Each scenario's totals with the paired difference from the declared inventory."""
    baseline = assess(inventory, draws=draws, seed=seed, by=())
    found: list[dict[str, Any]] = []
    for scenario in _asked(inventory):
        try:
            variant = assess(
                inventory.override(scenario.overrides), draws=draws, seed=seed, like=baseline, by=()
            )
        except EngineError as error:
            found.append({"key": scenario.key, "label": scenario.label, "reason": str(error)})
            continue
        moved = difference(baseline, variant)
        found.append(
            {
                "key": scenario.key,
                "label": scenario.label,
                "reason": "",
                "overrides": dict(sorted(scenario.overrides.items())),
                "totals": {
                    key: stat.to_dict()
                    for key in HEADLINES
                    if (stat := variant.stat(key)) is not None
                },
                "differences": {
                    key: moved[Category(key)].to_dict()
                    for key in HEADLINES
                    if Category(key) in moved
                },
            }
        )
    return found


def _asked(inventory: Inventory) -> Iterator[Scenario]:
    """Scenarios that change something of this inventory."""
    values = {item.name: item.value for item in inventory.parameters}
    units = inventory.units()
    grids = {
        name
        for flow in inventory.flows
        for name, _ in flow.factors.get(Category.GWP_LOCATION, ())
        if name in values and units[name] == "kg CO2e/kWh"
    }
    rows = (
        (
            "grid_half",
            "Electricity with half the carbon",
            {name: values[name] / 2 for name in grids},
        ),
        (
            "pue_1_1",
            "PUE of 1.1 at every site",
            dict.fromkeys(_like(values, r"site\..+\.pue"), 1.1),
        ),
        (
            "lifetime_longer",
            "Hardware kept two years longer",
            {name: values[name] + 2 for name in _like(values, r"hardware\..+\.lifetime_years")},
        ),
        (
            "utilisation_half",
            "Hardware used half as much of its life",
            {name: values[name] / 2 for name in _like(values, r"hardware\..+\.utilisation")},
        ),
        (
            "embodied_double",
            "Twice the embodied impact of hardware",
            {name: 2 * values[name] for name in _like(values, r".+\.(?:host_share_)?embodied_.+")},
        ),
    )
    for key, label, overrides in rows:
        changed = {name: value for name, value in overrides.items() if value != values[name]}
        if changed:
            yield Scenario(key=key, label=label, overrides=changed)


def _like(values: Mapping[str, float], pattern: str) -> list[str]:
    return [name for name in values if re.fullmatch(pattern, name)]
