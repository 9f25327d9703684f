"""An ML-BOM fragment: energy by activity, with the emissions of that energy (CycloneDX 1.7, environmentalConsiderations).

Offsets have a field there; it is never filled.
"""

from collections.abc import Mapping
from typing import Any

from apps.disclosures.exports.facts import ELECTRIC, Facts, dumped, plain

NAME = "cyclonedx.json"
TITLE = "CycloneDX 1.7 ML-BOM"
MEDIA_TYPE = "application/vnd.cyclonedx+json; version=1.7"
IS_PUBLIC = True
ACTIVITIES = {"development": "design", "training": "training", "inference": "inference"}


def missing(document: Mapping[str, Any]) -> str:
    by_stage = document["result"]["by_stage"]
    has = any("electricity" in by_stage.get(stage, {}) for stage in ELECTRIC)
    return "" if has else "It holds energy by activity, and none is declared."


def make(facts: Facts) -> bytes:
    """One component, with one entry of energy for each stage that uses electricity."""
    entries = [_entry(facts, stage) for stage in ELECTRIC if facts.stage(stage, "electricity")]
    return dumped(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.7",
            "serialNumber": f"urn:uuid:{facts.meta['uuid']}",
            "version": facts.meta["number"],
            "metadata": {"timestamp": facts.moment.isoformat()},
            "components": [
                {
                    "type": "machine-learning-model",
                    "bom-ref": facts.system.get("slug") or "model",
                    "name": facts.system["name"],
                    "version": facts.particulars.get("model_version") or "not declared",
                    "publisher": facts.publisher,
                    "modelCard": {
                        "considerations": {
                            "environmentalConsiderations": {
                                "energyConsumptions": entries,
                                "properties": _properties(
                                    {
                                        "disclosureUri": facts.address,
                                        "disclosureId": facts.meta["uuid"],
                                        "disclosureVersion": str(facts.meta["number"]),
                                        "sha256": facts.sha256,
                                    }
                                ),
                            }
                        }
                    },
                }
            ],
        }
    )


def _entry(facts: Facts, stage: str) -> dict[str, Any]:
    energy, carbon = facts.stage(stage, "electricity"), facts.stage(stage, "gwp_location")
    amount = {"value": (energy or {"nominal": 0})["nominal"], "unit": "kWh"}
    entry: dict[str, Any] = {
        "activity": ACTIVITIES[stage],
        "energyProviders": _providers(facts, stage, amount),
        "activityEnergyCost": amount,
    }
    if carbon:
        entry["co2CostEquivalent"] = {"value": carbon["nominal"] / 1000, "unit": "tCO2eq"}
    return entry | {"properties": _properties(_more(facts, stage, carbon))}


def _more(facts: Facts, stage: str, carbon: Mapping[str, Any] | None) -> dict[str, str]:
    found = {"method": "location-based, electricity alone"}
    if carbon:
        found |= {"co2_t_p5": plain(carbon["p05"] / 1000), "co2_t_p95": plain(carbon["p95"] / 1000)}
    if water := facts.stage(stage, "water"):
        found["waterConsumption_m3"] = plain(water["nominal"] / 1000)
    if adpe := facts.stage(stage, "adpe"):
        found["adpe_kgSbEq"] = plain(adpe["nominal"])
    return found


def _providers(facts: Facts, stage: str, amount: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sites' grids; how much came from which site is not told apart, so one stands for all."""
    rows = facts.document["deployments"] if stage == "inference" else facts.runs(stage)
    places = ", ".join(facts.places(rows)) or "not declared"
    return [
        {
            "description": f"Grid of {places}",
            "organization": {"name": "Grid mix"},
            "energySource": "unknown",
            "energyProvided": amount,
        }
    ]


def _properties(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": f"aifootprint:{key}", "value": value} for key, value in values.items()]
