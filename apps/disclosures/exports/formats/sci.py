"""Software Carbon Intensity for AI: a consumer and a provider score, never added together.

After the Green Software Foundation's SCI for AI specification in public review (sci-ai, commit 4b7c0f7); no market-based
figure has a part in it.
"""

from collections.abc import Mapping
from typing import Any

from apps.disclosures.exports.facts import Facts, dumped

NAME = "sci-ai.json"
TITLE = "SCI for AI, consumer and provider"
MEDIA_TYPE = "application/json"
IS_PUBLIC = True
SPECIFICATION = "https://github.com/Green-Software-Foundation/sci-ai/blob/4b7c0f7/SPEC.md"
PROVIDER_STAGES = ("development", "training")


def missing(document: Mapping[str, Any]) -> str:
    facts = Facts(document=document, sha256="")
    if _consumer(facts) or _provider(facts):
        return ""
    return "It needs requests or tokens served, or the tokens, compute or parameters of training."


def make(facts: Facts) -> bytes:
    """Both scores with components, coefficients and how each was come by."""
    particulars = facts.particulars
    return dumped(
        {
            "specification": SPECIFICATION,
            "status": "in public review",
            **facts.identity(),
            "application": {
                "name": facts.system["name"],
                "version": particulars.get("model_version") or None,
                "description": facts.system.get("description") or None,
                "url": facts.system.get("website") or None,
            },
            "organisation": {"name": facts.publisher},
            "accountable": {
                "organisation": facts.publisher,
                "person": particulars.get("accountable_person") or None,
                "contact": particulars.get("contact") or None,
            },
            "measured": {
                "date": facts.meta["frozen_at"],
                "from": facts.scope.get("period_start"),
                "to": facts.scope.get("period_end"),
            },
            "scores": {"consumer": _consumer(facts), "provider": _provider(facts)},
            "coefficients": _coefficients(facts),
            "electricity": "location-based; market-based figures are excluded by the specification",
            "idle_and_provisioned_energy": "inside E where declared",
        }
    )


def _consumer(facts: Facts) -> list[dict[str, Any]]:
    """Inference, operational and embodied, over each unit that was counted."""
    deployments = facts.document["deployments"]
    known = all(row.get("requests") for row in deployments)
    requests = sum(row["requests"] for row in deployments) if known else 0
    units = {"request": requests, "token": _served(deployments) if known else 0}
    return _scores(
        facts,
        ("inference",),
        units,
        "API and inference; what else is inside is told in the boundary",
    )


def _served(deployments: list[Mapping[str, Any]]) -> float:
    """Tokens in and out; 0 where a deployment does not say."""
    if any(row.get(key) is None for row in deployments for key in ("tokens_in", "tokens_out")):
        return 0.0
    return float(
        sum((row["tokens_in"] + row["tokens_out"]) * row["requests"] for row in deployments)
    )


def _provider(facts: Facts) -> list[dict[str, Any]]:
    """Development and training over tokens, compute and parameters."""
    params = facts.system.get("params_total_b")
    units = {
        "training token": facts.particulars.get("training_tokens"),
        "FLOP": facts.particulars.get("training_flop"),
        "billion parameters": params,
    }
    return _scores(
        facts,
        PROVIDER_STAGES,
        units,
        "development and training, failed and experimental runs included",
    )


def _scores(
    facts: Facts, stages: tuple[str, ...], units: Mapping[str, Any], boundary: str
) -> list[dict[str, Any]]:
    parts = []
    for stage in stages:
        operational = facts.stage(stage, "gwp_location")
        whole = facts.with_hardware(stage, "gwp_location")
        if operational is None:
            continue
        parts.append(_part(f"{stage}, operational (O)", operational["nominal"]))
        if whole is not None:
            parts.append(_part(f"{stage}, embodied (M)", whole["nominal"] - operational["nominal"]))
    total = sum(part["kg_co2e"] for part in parts)
    if not parts:
        return []
    return [
        {
            "score": total * 1000 / amount,
            "unit": f"g CO2e per {unit}",
            "functional_unit": unit,
            "functional_units": amount,
            "kg_co2e": total,
            "gross_or_effective": "gross",
            "boundary": boundary,
            "components": parts,
        }
        for unit, amount in units.items()
        if amount
    ]


def _part(name: str, kg: float) -> dict[str, Any]:
    return {"name": name, "kg_co2e": kg, "method": "om"}


def _coefficients(facts: Facts) -> list[dict[str, Any]]:
    """Every parameter with its source; those of market-based figures are left out."""
    words = {
        "measured": "measured",
        "supplied": "sourced",
        "default": "sourced",
        "modelled": "modeled",
    }
    rows = facts.document["inventory"]["parameters"]
    market = {
        name
        for flow in facts.document["inventory"]["flows"]
        for name, _ in flow["factors"].get("gwp_market", [])
    }
    used = {
        name
        for flow in facts.document["inventory"]["flows"]
        for key, terms in flow["factors"].items()
        if key != "gwp_market"
        for name, _ in terms
    }
    return [
        {
            "name": row["name"],
            "description": row["label"],
            "value": row["value"],
            "unit": row["unit"],
            "source": row["source"] or row["evidence"],
            "methodology": words[row["provenance"]],
        }
        for row in rows
        if row["name"] not in market - used
    ]
