"""Measured tasks as BoAmps reports (schema 1.1.0): one file for each run or deployment whose energy was measured.

``powerConsumption`` is kWh there, despite its name.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid5

from apps.disclosures.exports.archive import packed
from apps.disclosures.exports.facts import MEASURED, Facts, dumped

NAME = "boamps.zip"
TITLE = "BoAmps reports of measured tasks"
MEDIA_TYPE = "application/zip"
IS_PUBLIC = True
MODEL = "https://github.com/Boavizta/BoAmps/tree/3bfefec8446ee196d1723c0e35859eb7762da3c9/model"
STAGES = {
    "data_processing": "preprocessing",
    "final_training": "training",
    "fine_tuning": "finetuning",
}
SPREADS = ((0.10, "high"), (0.25, "medium"))
KWH = 3.6e6


def missing(document: Mapping[str, Any]) -> str:
    has = any(_measured(document))
    return "" if has else "It holds measured tasks, and none is declared."


def make(facts: Facts) -> bytes:
    """A zip of one JSON for each task."""
    files = {
        f"{number:04d}.json": dumped(_report(facts, row, stage))
        for number, (row, stage) in enumerate(_measured(facts.document), start=1)
    }
    return packed(files)


def _measured(document: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    for run in document["runs"]:
        if run["energy_provenance"] == MEASURED and run["energy_kwh"]:
            yield run, STAGES.get(run["category"], run["category"])
    for row in document["deployments"]:
        if row["requests"] and row["energy_provenance"] == MEASURED and _joules(row) is not None:
            yield row, "inference"


def _joules(row: Mapping[str, Any]) -> float | None:
    """Energy of one request, from the joules of its tokens."""
    out, into = row.get("joules_per_output_token"), row.get("joules_per_input_token")
    if out is None or row.get("tokens_out") is None:
        return None
    return float(out * row["tokens_out"] + (into or 0) * (row.get("tokens_in") or 0))


def _kwh(row: Mapping[str, Any]) -> float:
    if row.get("energy_kwh"):
        return float(row["energy_kwh"])
    return (_joules(row) or 0.0) * float(row["requests"]) / KWH


def _report(facts: Facts, row: Mapping[str, Any], stage: str) -> dict[str, Any]:
    measured: dict[str, Any] = {
        "measurementMethod": row.get("source") or "not declared",
        "powerConsumption": _kwh(row),
    }
    if row.get("started_at"):
        measured["measurementDateTime"] = row["started_at"][:19].replace("T", " ")
    return {
        "header": {
            "licensing": facts.particulars.get("licence") or "not declared",
            "formatVersion": "1.1.0",
            "formatVersionSpecificationUri": MODEL,
            "reportId": str(uuid5(UUID(facts.meta["uuid"]), row["uuid"])),
            "reportDatetime": facts.moment.strftime("%Y-%m-%d %H:%M:%S"),
            "reportStatus": _status(facts),
            "publisher": {
                "name": facts.publisher,
                "projectName": facts.system["name"],
                "confidentialityLevel": "public",
            },
        },
        "task": _task(facts, row, stage),
        "measures": [measured],
        "infrastructure": _infrastructure(facts, row),
        **_environment(facts, row),
        **_quality(facts, stage),
    }


def _status(facts: Facts) -> str:
    if not facts.is_published:
        return "draft"
    return "corrective" if facts.publication["kind"] == "correction" else "final"


def _task(facts: Facts, row: Mapping[str, Any], stage: str) -> dict[str, Any]:
    algorithm: dict[str, Any] = {
        "algorithmType": "llm",
        "foundationModelName": facts.system["name"],
    }
    if facts.system.get("params_total_b") is not None:
        algorithm["parametersNumber"] = facts.system["params_total_b"]
    task: dict[str, Any] = {
        "taskStage": stage,
        "taskFamily": f"{facts.system['modality']}Generation",
        "algorithms": [algorithm],
        "dataset": _datasets(row),
        "taskDescription": (
            f"{row['name']}; energy at the boundary “{row['energy_scope']}”. Disclosure {facts.meta['uuid']}, version "
            f"{facts.meta['number']}, {facts.address}, SHA-256 {facts.sha256}"
        ),
    }
    return task | ({"nbRequest": row["requests"]} if row.get("requests") else {})


def _datasets(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    pairs = (("input", row.get("tokens_in")), ("output", row.get("tokens_out")))
    found = [
        {
            "dataUsage": usage,
            "dataType": "token",
            "dataQuantity": tokens * (row.get("requests") or 1),
        }
        for usage, tokens in pairs
        if tokens is not None
    ]
    return found or [{"dataUsage": "input", "dataType": "token"}]


def _infrastructure(facts: Facts, row: Mapping[str, Any]) -> dict[str, Any]:
    machine, site = facts.machine(row["hardware"]), facts.site(row["site"])
    count, name = machine.get("count"), machine.get("accelerator_name") or row["hardware"]
    component: dict[str, Any] = {
        "componentName": (name or "not declared") + ("" if count else ", count not declared"),
        "componentType": "gpu",
        "nbComponent": count or 1,
    }
    cloud = site.get("cloud_region")
    return {
        "infraType": "publicCloud" if cloud else "other",
        **({"cloudService": cloud} if cloud else {}),
        "components": [component],
    }


def _environment(facts: Facts, row: Mapping[str, Any]) -> dict[str, Any]:
    site = facts.site(row["site"])
    country = site.get("zone_name")
    grams = site.get("grid_kg_co2e_per_kwh")
    if not country:
        return {}
    carbon = {"powerSourceCarbonIntensity": grams * 1000} if grams is not None else {}
    return {"environment": {"country": country, **carbon}}


def _quality(facts: Facts, stage: str) -> dict[str, str]:
    """By the width of the stage's electricity: half the 90 % interval over the value."""
    key = "inference" if stage == "inference" else "training"
    stat = facts.stage(key, "electricity") or facts.stage("development", "electricity")
    if not stat or not stat["nominal"]:
        return {}
    spread = (stat["p95"] - stat["p05"]) / 2 / abs(stat["nominal"])
    return {"quality": next((word for limit, word in SPREADS if spread <= limit), "low")}
