"""Tables behind the report's further charts, from the snapshot's document alone."""

from collections.abc import Mapping
from typing import Any

from apps.accounts.presentation import STAGES
from apps.disclosures.publication import HEADLINES, headlines
from lca.engine import Component, assess, from_document

Json = Mapping[str, Any]
Rows = list[dict[str, Any]]
SCORES = ("reliability", "completeness", "temporal", "geographical", "technological")
MOST_RATED = 10
COMPONENTS = tuple(component.value for component in Component)
SCOPES = (
    ("Electricity of computing", "Scope 2", "Scope 3, category 1", "Scope 3, category 1"),
    ("Embodied hardware", "Scope 3, category 2", "inside category 1", "inside category 1"),
    ("Upstream models", "Scope 3, category 1", "Scope 3, category 1", "inside category 1"),
    (
        "Network & devices",
        "Scope 3, category 11, contested",
        "Scope 3, category 11, contested",
        "own scope 2 and 3",
    ),
    ("End of life", "Scope 3, category 5", "inside category 1", "inside category 1"),
)
UPSTREAM = "upstream"


def components(document: Json) -> Rows:
    """Stage x component: flows of each headline summed, nominal; ``None`` where none has a part in it."""
    sums: dict[tuple[str, str], dict[str, float]] = {}
    for flow in document["result"]["flows"]:
        mine = sums.setdefault((flow["stage"], flow["component"]), {})
        for key in HEADLINES:
            if key in flow["impacts"]:
                mine[key] = mine.get(key, 0.0) + flow["impacts"][key]["nominal"]
    totals = document["result"]["totals"]
    return [
        {
            "stage": stage,
            "component": component,
            "cells": [
                {"nominal": cells[key], "unit": totals[key]["unit"]} if key in cells else None
                for key in HEADLINES
            ],
        }
        for stage in STAGES
        for component in COMPONENTS
        if (cells := sums.get((stage, component)))
    ]


def electricity(document: Json) -> Rows:
    """Kilowatt-hours by site, stage and part."""
    places = {row["name"]: row["site"] for row in [*document["runs"], *document["deployments"]]}
    found: dict[tuple[str, str, str], float] = {}
    for flow in document["result"]["flows"]:
        stat = flow["impacts"].get("electricity")
        if stat:
            place = (places.get(flow["process"], "other"), STAGES[flow["stage"]], _part(flow))
            found[place] = found.get(place, 0.0) + stat["nominal"]
    return [
        {"site": site, "stage": stage, "part": part, "kwh": kwh}
        for (site, stage, part), kwh in found.items()
    ]


def _part(flow: Json) -> str:
    if flow["component"] == "cooling_overhead":
        return "Cooling and overhead"
    if ".idle." in flow["name"]:
        return "Idle capacity"
    if ".hosts." in flow["name"]:
        return "Hosts"
    return "Accelerators" if ".accelerators." in flow["name"] else "Servers"


def use_parts(document: Json) -> Rows:
    """What one fully loaded use is made of: each stage's headlines, nominal, as statistics without a spread."""
    given = document["per_use"].get("inventories", {}).get("fully_loaded")
    if not given:
        return []
    table = assess(from_document(given), draws=2, by=("stage",)).table("stage")
    return [
        {"stage": stage, "cells": [_plain(table[stage].get(key)) for key in HEADLINES]}
        for stage in STAGES
        if stage in table
    ]


def _plain(stat: Any) -> dict[str, Any] | None:
    """A statistic of the engine per use, its deterministic value alone."""
    return {"nominal": stat.nominal, "unit": stat.unit.split("/")[0]} if stat else None


def scopes(document: Json) -> Rows:
    """Climate change by line, and the scope that each reader puts it in."""
    sums = dict.fromkeys((row[0] for row in SCOPES), 0.0)
    declared = set()
    for flow in document["result"]["flows"]:
        stat = flow["impacts"].get("gwp_location")
        if stat:
            line = _line(flow)
            sums[line] += stat["nominal"]
            declared.add(line)
    return [
        {
            "label": label,
            "value": sums[label] if label in declared else None,
            "own": own,
            "cloud": cloud,
            "customer": customer,
        }
        for label, own, cloud, customer in SCOPES
    ]


def _line(flow: Json) -> str:
    by_stage = {"network_devices": "Network & devices", "end_of_life": "End of life"}
    if flow["stage"] in by_stage:
        return by_stage[flow["stage"]]
    if flow["component"] == UPSTREAM:
        return "Upstream models"
    return (
        "Embodied hardware"
        if flow["component"] in {"embodied", "building"}
        else "Electricity of computing"
    )


def rated(document: Json) -> Rows:
    """Scores of the parameters that matter most to climate change; a missing score is ``None``."""
    known = {row["name"]: row for row in document["inventory"]["parameters"]}
    ranked = document["result"]["sensitivity"].get("gwp_location", [])
    rows = sorted(ranked, key=lambda row: -abs(row["elasticity"]))[:MOST_RATED]
    return [
        {
            "label": row["label"],
            "scores": [(known[row["parameter"]].get("pedigree") or {}).get(key) for key in SCORES],
            "provenance": known[row["parameter"]]["provenance"],
        }
        for row in rows
        if row["parameter"] in known
    ]


def versions(document: Json) -> Rows:
    """The reports before, oldest first, and this one."""
    publication = document.get("publication") or {}
    own = {
        "number": document["meta"]["number"],
        "published_at": publication.get("published_at"),
        "kind": publication.get("kind", ""),
        "is_restatement": publication.get("is_restatement", False),
        **headlines(document),
    }
    return [*publication.get("history", []), own]


def crosswalk(document: Json) -> Rows:
    """Where a law or standard finds its answer, and whether it is there."""
    said = document.get("disclosure") or {}
    by_stage = document["result"]["by_stage"]
    has_sites = any(site["pue"] is not None for site in document["sites"])
    rows = (
        (
            "EU AI Act, Annex XI, 2(d)",
            "Training compute and time",
            "Restricted form",
            bool(said.get("training_flop")),
        ),
        (
            "EU AI Act, Annex XI, 2(e)",
            "Energy of training",
            "Results by life-cycle stage",
            "electricity" in by_stage.get("training", {}),
        ),
        (
            "Model documentation form",
            "Benchmarked inference compute",
            "Restricted form",
            bool(said.get("inference_flop")),
        ),
        (
            "Delegated Regulation (EU) 2024/1364",
            "PUE and WUE of sites",
            "What was declared",
            has_sites,
        ),
        (
            "ESRS E1",
            "Energy, and emissions by scope",
            "Results by life-cycle stage",
            "gwp_location" in document["result"]["totals"],
        ),
        ("ESRS E3", "Water consumption", "Water", "water" in document["result"]["totals"]),
        (
            "SCI for AI",
            "Consumer and provider scores",
            "Export",
            bool(document["deployments"]) or bool(said.get("training_tokens")),
        ),
        (
            "AFNOR SPEC 2314",
            "Why AI, and why this model",
            "Goal, functional unit and boundary",
            bool(said.get("purpose")),
        ),
        (
            "ITU-T L.1801",
            "Training and inference apart",
            "Results by life-cycle stage",
            {"training", "inference"} <= set(by_stage),
        ),
        ("ISO 14044, 5.2", "Third-party report", "The whole report", True),
    )
    return [
        {"law": law, "asks": asks, "place": place, "is_answered": answered}
        for law, asks, place, answered in rows
    ]


def checks(document: Json) -> Rows:
    """Completeness, consistency and sensitivity, as facts of this result."""
    result = document["result"]
    gaps, shares = len(result["gaps"]), result["provenance_shares"].get("gwp_location", {})
    top = max(
        result["sensitivity"].get("gwp_location", []),
        key=lambda row: row["variance_share"],
        default=None,
    )
    releases = document["factor_release"]["label"]
    return [
        {
            "check": "Completeness",
            "finding": f"{gaps} gap{'s' if gaps != 1 else ''} inside the boundary, listed under gaps and limits; none is counted as zero.",
        },
        {
            "check": "Consistency",
            "finding": f"All factors come from one release, {releases}, or are named with their own source; every flow uses the same electricity method.",
        },
        {
            "check": "Sensitivity",
            "finding": f"“{top['label']}” causes {top['variance_share']:.0%} of the variance of climate change."
            if top
            else "No parameter has an uncertainty.",
        },
        {
            "check": "Evidence",
            "finding": f"{shares.get('measured', 0) or 0:.0%} of climate change rests on measured amounts, {shares.get('default', 0) or 0:.0%} on defaults.",
        },
    ]
