"""Compute and energy items of the EU's Model Documentation Form for general-purpose AI (AI Act, Annex XI, section 1, 2(d)-(e)).

For the AI Office and national authorities; not for downstream providers or the public, so it is no public file.
"""

from collections.abc import Mapping
from typing import Any

from apps.disclosures.exports.facts import Facts, dumped, significant

NAME = "eu-gpai-form.json"
TITLE = "EU model documentation form: compute and energy"
MEDIA_TYPE = "application/json"
IS_PUBLIC = False
NOT_DECLARED = "N/A"
BANDS = ((30, "< 1 month"), (91, "1-3 months"), (183, "3-6 months"))
READERS = ["AI Office", "national competent authorities"]
NO_RULE = "In the absence of a delegated act under Article 53(5):"
STAGES = ("development", "training")


def missing(document: Mapping[str, Any]) -> str:
    has = document["result"]["by_stage"].get("training", {}).get("electricity")
    return "" if has else "It holds the energy of training, and none is declared."


def make(facts: Facts) -> bytes:
    """Each item with value, unit, methodology and who may see it."""
    said = facts.particulars
    return dumped(
        {
            "form": "Model Documentation Form, Code of Practice for General-Purpose AI",
            "legal_basis": "Regulation (EU) 2024/1689, Article 53(1)(a), Annex XI, section 1, 2(d) and (e)",
            "restricted_to": READERS,
            "confidentiality": "Article 78",
            **facts.identity(),
            "general": {
                "date": facts.meta["frozen_at"][:10],
                "provider": facts.publisher,
                "model": facts.system["name"],
                "version": said.get("model_version") or NOT_DECLARED,
                "authenticity": said.get("model_hash") or NOT_DECLARED,
                "released_on": facts.system.get("released_on") or NOT_DECLARED,
                "dependencies": [row["name"] for row in facts.document["upstream"]],
                "parameters_billion": _rounded(facts.system.get("params_total_b")),
            },
            "training_time": _time(facts),
            "training_compute": {
                "value": _rounded(said.get("training_flop")),
                "unit": "FLOP",
                "methodology": said.get("compute_method") or NOT_DECLARED,
                "available_to": READERS,
            },
            "training_energy": _energy(facts),
            "inference_compute": {
                "value": _rounded(said.get("inference_flop")),
                "unit": "FLOP",
                "methodology": said.get("compute_method") or NOT_DECLARED,
                "available_to": READERS,
            },
        }
    )


def _time(facts: Facts) -> dict[str, Any]:
    days = facts.particulars.get("training_days")
    hours = sum(run["gpu_hours"] or 0 for run in facts.runs("training"))
    band = next((band for limit, band in BANDS if days is not None and days < limit), "> 6 months")
    return {
        "band": band if days is not None else NOT_DECLARED,
        "wall_clock_days": significant(days, 2) if days is not None else NOT_DECLARED,
        "hardware_days": significant(hours / 24, 2) if hours else NOT_DECLARED,
        "available_to": READERS,
    }


def _energy(facts: Facts) -> dict[str, Any]:
    stat = facts.stage("training", "electricity") or {}
    development = facts.stage("development", "electricity")
    measured = [
        run
        for run in facts.runs("training")
        if run["energy_provenance"] == "measured" and run["energy_kwh"]
    ]
    share = f"{len(measured)} of {len(facts.runs('training'))} declared training runs have measured energy"
    return {
        "value": significant(stat["nominal"] / 1000, 3),
        "unit": "MWh",
        "interval_90": [significant(stat[key] / 1000, 3) for key in ("p05", "p95")],
        "measured_or_estimated": "measured"
        if len(measured) == len(facts.runs("training"))
        else "estimated",
        "boundary": "facility: accelerators, hosts and the data centre's overhead by PUE",
        "development_energy_mwh": significant(development["nominal"] / 1000, 3)
        if development
        else NOT_DECLARED,
        "methodology": (
            f"{NO_RULE} {share}; the others are GPU-hours × mean power × node overhead × PUE. Failed and experimental runs "
            f"are counted in development, apart. Every parameter and its source: {facts.address}"
        ),
        "available_to": READERS,
    }


def _rounded(value: float | None) -> float | str:
    return significant(value, 2) if value is not None else NOT_DECLARED
