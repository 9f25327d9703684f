"""The report's tables, as rows of statistics; every one from the snapshot's document alone."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from apps.accounts.presentation import STAGES, given
from apps.assessments.models import EwifBasis, WueBasis
from apps.disclosures.report.language import term
from apps.scenarios.drawings import of_roadmap
from apps.scenarios.presentation import by_phase
from lca.engine import Category, Parameter, from_document, trace
from lca.engine.distributions import to_dict

Json = Mapping[str, Any]
Rows = list[dict[str, Any]]
TOP = 6
RANGES = {"beta_pert": "PERT", "triangular": noop("triangular"), "uniform": noop("uniform")}
NO_PART = {("hardware", "electricity")}  # embodied electricity is inside primary energy
ELECTRIC = {"electricity", "cooling_overhead"}
FORMULA_CATEGORIES = ("gwp_location", "water", "adpe")
WATER_DETAILS = [category for category in Category if category.detail_of is Category.WATER]
ACTIVITIES = ("development", "training", "inference")
WATER_PARTS = {
    "water_on_site": noop("On site: evaporated in cooling"),
    "water_off_site": noop("Off site: evaporated for electricity"),
    "embodied": noop("Embodied: used in making the hardware"),
}


def categories(document: Json) -> list[str]:
    """Impact categories with a declared flow, in reporting order; JSON keeps none. Details stand elsewhere."""
    totals = document["result"]["totals"]
    return [c.value for c in Category if c.value in totals and c.detail_of is None]


def stages(document: Json) -> Rows:
    """Stage x impact: absolute figures and shares of each category's total."""
    result, columns = document["result"], categories(document)
    totals, table = result["totals"], result["by_stage"]
    return [
        {
            "key": key,
            "label": label,
            "cells": [
                {
                    "category": category,
                    "stat": stat,
                    "share": _share(stat, totals[category]),
                    "is_gap": stat is None and _has_gap(result["gaps"], key, category),
                }
                for category in columns
                for stat in [table[key].get(category)]
            ],
        }
        for key, label in STAGES.items()
        if key in table
    ]


def _has_gap(gaps: Rows, stage: str, category: str) -> bool:
    """Whether something of this kind is known to be missing; else the stage has no part in the impact."""
    if (stage, category) in NO_PART:
        return False
    return any(gap["stage"] == stage and gap["category"] in {None, category} for gap in gaps)


def _share(stat: Json | None, total: Json) -> float | None:
    if stat is None or not total["nominal"]:
        return None
    share: float = stat["nominal"] / total["nominal"]
    return share


def activities(document: Json) -> Rows:
    """Development against training, each as it ran and with the hardware that it wore out."""
    result = document["result"]
    by_stage, by_activity = result["by_stage"], result["by_activity"]
    return [
        {
            "key": key,
            "label": STAGES[key],
            "operation": by_stage.get(key, {}),
            "with_hardware": by_activity.get(key, {}),
        }
        for key in ACTIVITIES
        if key in by_stage or key in by_activity
    ]


def water(document: Json) -> dict[str, Any]:
    """Water on site, off site and embodied; a part without a flow is a gap, not zero."""
    table = document["result"]["by_component"]
    total = document["result"]["totals"].get("water")
    rows = []
    for key, label in WATER_PARTS.items():
        stat = table.get(key, {}).get("water")
        rows.append(
            {
                "key": key,
                "label": label,
                "stat": stat,
                "share": _share(stat, total) if total else None,
            }
        )
    known = sum(row["stat"]["nominal"] for row in rows if row["stat"])
    rest = (total["nominal"] - known) if total else 0.0
    return {
        "rows": rows,
        "total": total,
        "rest": rest if total and rest > 1e-9 * abs(total["nominal"]) else None,
        "details": water_details(document),
        "sites": water_factors(document),
    }


def water_details(document: Json) -> dict[str, Any] | None:
    """Water without hydropower's evaporation and by scarcity: each whole, or the reason why it is not given.

    ``None`` for a document made before there were such figures.
    """
    result = document["result"]
    reasons: dict[str, list[str]] = {}
    for gap in result["gaps"]:
        reasons.setdefault(gap["category"], []).append(gap["reason"])
    columns = [
        {
            "key": category.value,
            "label": category.label,
            "total": result["totals"].get(category.value),
            "reasons": reasons.get(category.value, []),
        }
        for category in WATER_DETAILS
    ]
    if not any(column["total"] or column["reasons"] for column in columns):
        return None
    given = [column for column in columns if column["total"]]
    rows = [
        {"label": label, "cells": [result["by_component"][key].get(c["key"]) for c in given]}
        for key, label in WATER_PARTS.items()
        if "water" in result["by_component"].get(key, {})
    ]
    return {"columns": columns, "given": given, "rows": rows}


def water_factors(document: Json) -> Rows:
    """Water factors that sites declare, as their publishers count them."""
    wue, ewif = dict(WueBasis.choices), dict(EwifBasis.choices)
    return [
        {
            "name": site["name"],
            "wue": site["wue_l_per_kwh"],
            "wue_counts": wue.get(site.get("wue_basis"), ""),
            "ewif": site["ewif_l_per_kwh"],
            "ewif_counts": ewif.get(site.get("ewif_hydropower", ""), ""),
        }
        for site in document["sites"]
        if site["wue_l_per_kwh"] is not None or site["ewif_l_per_kwh"] is not None
    ]


def inventory(document: Json) -> Rows:
    """Flows by stage, so that each table stays on its page."""
    flows = document["result"]["flows"]
    return [
        {"key": key, "label": label, "flows": found, "processes": processes(found)}
        for key, label in STAGES.items()
        if (found := [flow for flow in flows if flow["stage"] == key])
    ]


def processes(flows: Rows) -> Rows:
    """Flows of one stage summed by process: its electricity, or what it used, and its impacts."""
    found: dict[str, Rows] = {}
    for flow in flows:
        found.setdefault(flow["process"], []).append(flow)
    return [
        {
            "label": name,
            "amount": _amount(rows),
            "unit": rows[0]["unit"],
            "impacts": [_sum(rows, category) for category in FORMULA_CATEGORIES],
        }
        for name, rows in found.items()
    ]


def _amount(rows: Rows) -> float:
    electric = [row["amount"] for row in rows if row["component"] in ELECTRIC]
    return float(sum(electric) if electric else rows[0]["amount"])


def _sum(rows: Rows, category: str) -> dict[str, Any] | None:
    stats = [row["impacts"][category] for row in rows if category in row["impacts"]]
    if not stats:
        return None
    return {"nominal": sum(stat["nominal"] for stat in stats), "unit": stats[0]["unit"]}


def sensitivity(document: Json) -> Rows:
    """The parameters that move each headline total most."""
    found = document["result"]["sensitivity"]
    return [{"key": key, "rows": found[key][:TOP]} for key in FORMULA_CATEGORIES if found.get(key)]


def parameters(document: Json) -> Rows:
    """Every parameter with its spread and the number of its source."""
    number = {
        name: source["number"] for source in document["sources"] for name in source["parameters"]
    }
    model = from_document(document["inventory"])
    return [
        {**row, "source_number": number.get(item.name), "spread": uncertainty(item)}
        for row, item in zip(document["inventory"]["parameters"], model.parameters, strict=True)
    ]


def uncertainty(item: Parameter) -> str:
    """What a parameter is drawn from, in words, and whether its scores alone say so."""
    words = spread(to_dict(item.uncertainty))
    return words if item.uncertainty == item.distribution else f"{words}, {_('from scores')}"


def spread(distribution: Json) -> str:
    """A distribution in words: ``fixed``, ``log-normal, GSD 1.2``, ``triangular 0.9–1.1``."""
    name = distribution.get("name", "fixed")
    if "gsd" in distribution:
        return f"{_('log-normal')}, GSD {_short(distribution['gsd'])}"
    if "low" in distribution:
        return f"{_(RANGES.get(str(name), str(name)))} {_short(distribution['low'])}–{_short(distribution['high'])}"
    if "values" in distribution:
        observed = distribution["values"]
        return f"{len(observed)} {_('observed')}, {_short(min(observed))}–{_short(max(observed))}"
    if "sd" in distribution:
        return f"{_('normal')}, SD {_short(distribution['sd'])}"
    return _("fixed")


def _short(value: float) -> str:
    """A bound to three digits, without padding zeros."""
    return given(float(f"{value:.3g}"))


def formulas(document: Json) -> Rows:
    """Each distinct formula once, with the lines of the inventory that it computes, and the largest worked out."""
    model = from_document(document["inventory"])
    flows = {flow.name: flow for flow in model.flows}
    result = []
    for category in (*FORMULA_CATEGORIES, *WATER_DETAILS):
        groups: dict[str, list[Json]] = {}
        for row in document["result"]["flows"]:
            if category in row["formula"]:
                groups.setdefault(row["formula"][category], []).append(row)
        if groups:
            largest = max(
                (row for rows in groups.values() for row in rows),
                key=lambda row: abs(row["impacts"][category]["nominal"]),
            )
            result.append(
                {
                    "key": category,
                    "label": Category(category).label,
                    "groups": [
                        {"formula": text, "count": len(rows), "components": _components(rows)}
                        for text, rows in groups.items()
                    ],
                    "worked": trace(model, flows[largest["name"]], Category(category)),
                }
            )
    return result


def _components(rows: list[Json]) -> str:
    return ", ".join(dict.fromkeys(term(row["component"].replace("_", " ")) for row in rows))


def gaps(document: Json) -> Rows:
    """What is missing, with the size it could have; else the inventory's own gaps."""
    found: Rows = document.get("missing") or []
    rows = [row for row in found if row.get("kind", "gap") == "gap"]
    return rows or [
        {
            "what": gap["reason"],
            "why": STAGES[gap["stage"]],
            "how_much": "",
            "remedy": gap["remedy"],
        }
        for gap in document["result"]["gaps"]
    ]


def roadmap(document: Json) -> dict[str, Any]:
    """The roadmap by phase, and its drawings; nothing where there is none."""
    found = document.get("roadmap")
    if not found:
        return {}
    return {"roadmap_phases": by_phase(found["actions"]), "roadmap_drawings": of_roadmap(found)}
