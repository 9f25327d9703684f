"""Energy of training and inference in SPDX 3.0.1, AI profile."""

from collections.abc import Mapping
from typing import Any

from apps.disclosures.exports.facts import Facts, dumped, plain

NAME = "spdx.json"
TITLE = "SPDX 3.0.1, AI profile"
MEDIA_TYPE = "application/spdx+json"
IS_PUBLIC = True
CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
STAGES = {
    "training": "ai_trainingEnergyConsumption",
    "inference": "ai_inferenceEnergyConsumption",
}


def missing(document: Mapping[str, Any]) -> str:
    by_stage = document["result"]["by_stage"]
    has = any("electricity" in by_stage.get(stage, {}) for stage in STAGES)
    return "" if has else "It holds the energy of training and inference, and neither is declared."


def make(facts: Facts) -> bytes:
    """A document with one AI package; fine-tuned models tell their training as fine-tuning."""
    base = f"{facts.address}spdx#"
    info = "_:creation"
    element = {"creationInfo": info}
    package = {
        "type": "ai_AIPackage",
        "spdxId": f"{base}model",
        **element,
        "name": facts.system["name"],
        "software_packageVersion": facts.particulars.get("model_version") or "not declared",
        "suppliedBy": f"{base}publisher",
        "software_downloadLocation": facts.system.get("website") or facts.address,
        "software_primaryPurpose": "model",
        "releaseTime": _released(facts),
        "comment": (
            f"Disclosure {facts.meta['uuid']}, version {facts.meta['number']}, {facts.address}, SHA-256 {facts.sha256}. "
            "Electricity of the facility, location-based figures there."
        ),
        "ai_energyConsumption": _consumption(facts),
    }
    kept = {key: value for key, value in package.items() if value is not None}
    return dumped(
        {
            "@context": CONTEXT,
            "@graph": [
                {
                    "type": "CreationInfo",
                    "@id": info,
                    "specVersion": "3.0.1",
                    "created": facts.moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "createdBy": [f"{base}publisher"],
                },
                {
                    "type": "Organization",
                    "spdxId": f"{base}publisher",
                    **element,
                    "name": facts.publisher,
                },
                {
                    "type": "SpdxDocument",
                    "spdxId": f"{base}document",
                    **element,
                    "name": f"Energy of {facts.system['name']}",
                    "profileConformance": ["core", "software", "ai"],
                    "rootElement": [f"{base}model"],
                    "element": [f"{base}publisher", f"{base}model"],
                },
                kept,
            ],
        }
    )


def _released(facts: Facts) -> str | None:
    day = facts.system.get("released_on")
    return f"{day}T00:00:00Z" if day else None


def _consumption(facts: Facts) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "ai_EnergyConsumption"}
    for stage, key in STAGES.items():
        if stat := facts.stage(stage, "electricity"):
            tuned = stage == "training" and facts.document["upstream"]
            found["ai_finetuningEnergyConsumption" if tuned else key] = [
                {
                    "type": "ai_EnergyConsumptionDescription",
                    "ai_energyQuantity": plain(stat["nominal"]),
                    "ai_energyUnit": "kilowattHour",
                }
            ]
    return found
