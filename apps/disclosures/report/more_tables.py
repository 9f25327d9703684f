"""Tables behind the report's further charts, from the snapshot's document alone."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from apps.accounts.presentation import STAGES, percent
from apps.disclosures.publication import HEADLINES, headlines
from apps.disclosures.report.language import term
from lca.engine import Component, assess, from_document

Json = Mapping[str, Any]
Rows = list[dict[str, Any]]
SCORES = (
    noop("reliability"),
    noop("completeness"),
    noop("temporal"),
    noop("geographical"),
    noop("technological"),
)
MOST_RATED = 10
COMPONENTS = tuple(component.value for component in Component)
SCOPES = (
    (
        noop("Electricity of computing"),
        noop("Scope 2"),
        noop("Scope 3, category 1"),
        noop("Scope 3, category 1"),
    ),
    (
        noop("Embodied hardware"),
        noop("Scope 3, category 2"),
        noop("inside category 1"),
        noop("inside category 1"),
    ),
    (
        noop("Upstream models"),
        noop("Scope 3, category 1"),
        noop("Scope 3, category 1"),
        noop("inside category 1"),
    ),
    (
        noop("Network & devices"),
        noop("Scope 3, category 11, contested"),
        noop("Scope 3, category 11, contested"),
        noop("own scope 2 and 3"),
    ),
    (
        noop("End of life"),
        noop("Scope 3, category 5"),
        noop("inside category 1"),
        noop("inside category 1"),
    ),
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
            place = (places.get(flow["process"], _("other")), _(STAGES[flow["stage"]]), _part(flow))
            found[place] = found.get(place, 0.0) + stat["nominal"]
    return [
        {"site": site, "stage": stage, "part": part, "kwh": kwh}
        for (site, stage, part), kwh in found.items()
    ]


def _part(flow: Json) -> str:
    if flow["component"] == "cooling_overhead":
        return _("Cooling and overhead")
    if ".idle." in flow["name"]:
        return _("Idle capacity")
    if ".hosts." in flow["name"]:
        return _("Hosts")
    return _("Accelerators") if ".accelerators." in flow["name"] else _("Servers")


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
            "label": _(label),
            "value": sums[label] if label in declared else None,
            "own": _(own),
            "cloud": _(cloud),
            "customer": _(customer),
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
            "label": term(row["label"]),
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
            _("EU AI Act, Annex XI, 2(d)"),
            _("Training compute and time"),
            _("Restricted form"),
            bool(said.get("training_flop")),
        ),
        (
            _("EU AI Act, Annex XI, 2(e)"),
            _("Energy of training"),
            _("Results by life-cycle stage"),
            "electricity" in by_stage.get("training", {}),
        ),
        (
            _("Model documentation form"),
            _("Benchmarked inference compute"),
            _("Restricted form"),
            bool(said.get("inference_flop")),
        ),
        (
            _("Delegated Regulation (EU) 2024/1364"),
            _("PUE and WUE of sites"),
            _("What was declared"),
            has_sites,
        ),
        (
            "ESRS E1",
            _("Energy, and emissions by scope"),
            _("Results by life-cycle stage"),
            "gwp_location" in document["result"]["totals"],
        ),
        ("ESRS E3", _("Water consumption"), _("Water"), "water" in document["result"]["totals"]),
        (
            "SCI for AI",
            _("Consumer and provider scores"),
            _("Export"),
            bool(document["deployments"]) or bool(said.get("training_tokens")),
        ),
        (
            "AFNOR SPEC 2314",
            _("Why AI, and why this model"),
            _("Goal, functional unit and boundary"),
            bool(said.get("purpose")),
        ),
        (
            "ITU-T L.1801",
            _("Training and inference apart"),
            _("Results by life-cycle stage"),
            {"training", "inference"} <= set(by_stage),
        ),
        ("ISO 14044, 5.2", _("Third-party report"), _("The whole report"), True),
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
    gap_words = ngettext(
        "{gaps} gap inside the boundary, listed under gaps and limits; none is counted as zero.",
        "{gaps} gaps inside the boundary, listed under gaps and limits; none is counted as zero.",
        gaps,
    )
    consistent = _(
        "All factors come from one release, {release}, or are named with their own source; every flow uses the same "
        "electricity method."
    )
    rests = _("{measured} of climate change rests on measured amounts, {default} on defaults.")
    moved = _("“{parameter}” causes {share} of the variance of climate change.")
    findings = (
        (_("Completeness"), gap_words.format(gaps=gaps)),
        (_("Consistency"), consistent.format(release=document["factor_release"]["label"])),
        (
            _("Sensitivity"),
            moved.format(parameter=term(top["label"]), share=percent(top["variance_share"]))
            if top
            else _("No parameter has an uncertainty."),
        ),
        (
            _("Evidence"),
            rests.format(
                measured=percent(shares.get("measured", 0) or 0),
                default=percent(shares.get("default", 0) or 0),
            ),
        ),
    )
    return [{"check": check, "finding": finding} for check, finding in findings]
