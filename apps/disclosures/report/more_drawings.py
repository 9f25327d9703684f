"""The report's further charts, each from its table and with its words."""

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.accounts import presentation
from apps.accounts.presentation import STAGES
from apps.disclosures.publication import HEADLINES
from apps.disclosures.report import boundary_map, charts, more_charts, more_tables, tables
from apps.disclosures.report.language import term

Json = Mapping[str, Any]
NONE = SafeString("")
COLOURS = {
    "electricity": "#44aa99",
    "cooling_overhead": "#88ccee",
    "embodied": "#332288",
    "water_on_site": "#117733",
    "water_off_site": "#88ccee",
    "building": "#999933",
    "upstream": "#ddcc77",
}
WATER = {"water_on_site": "#117733", "water_off_site": "#44aa99", "embodied": "#332288"}
DARK_SCORE = 4


def all_charts(report: Any, least_share: float) -> dict[str, Any]:
    """Every chart by the name that templates call it."""
    document = report.document
    parts = [term(name.replace("_", " ")) for name in document["result"]["by_component"]]
    return {
        "map_chart": boundary_map.boundary_map(report.stage_list, parts),
        "sankey_chart": sankey(document, least_share),
        "component_chart": components(document),
        "water_chart": water(document),
        "use_chart": uses(document),
        "ladder_charts": [
            ladder(row, document["per_use"].get("marginal"))
            for row in document.get("boundaries", [])
        ],
        "tornado_charts": [
            {"key": key, "chart": tornado(document, key), "rows": rows}
            for key, rows in document.get("one_at_a_time", {}).items()
            if rows
        ],
        "scenario_chart": scenarios(document),
        "quality_chart": quality(document),
        "trend_chart": trend(document),
    }


def _scale(value: float, unit: str) -> tuple[float, str]:
    size, shown = presentation.scaled(value, unit)
    return size, presentation.unit_text(shown)


def sankey(document: Json, least_share: float) -> SafeString:
    """Electricity from sites to stages to parts."""
    total = document["result"]["totals"].get("electricity")
    rows = more_tables.electricity(document)
    return boundary_map.energy_flow(rows, total, least_share) if total else NONE


def components(document: Json) -> SafeString:
    """Absolute climate change by stage and component."""
    total = document["result"]["totals"].get("gwp_location")
    found = [row for row in more_tables.components(document) if row["cells"][0]]
    if not total or not found:
        return NONE
    size, unit = _scale(total["nominal"], total["unit"])
    rows = [
        {
            "label": _(STAGES[row["stage"]]),
            "part": term(row["component"].replace("_", " ")),
            "value": row["cells"][0]["nominal"] / size,
            "order": more_tables.COMPONENTS.index(row["component"]),
        }
        for row in found
    ]
    words = " ".join(
        f"{row['label']}, {row['part']}: {presentation.sig3(row['value'])} {unit}." for row in rows
    )
    colours = {term(key.replace("_", " ")): colour for key, colour in COLOURS.items()}
    title = f"{_('Climate change by stage and component')}, {unit}"
    return more_charts.stacked(rows, unit=unit, colours=colours, title=title, words=words)


def water(document: Json) -> SafeString:
    """Water on site, off site and embodied, one on top of the other."""
    found = [row for row in tables.water(document)["rows"] if row["stat"]]
    total = document["result"]["totals"].get("water")
    if not found or not total:
        return NONE
    size, unit = _scale(total["nominal"], total["unit"])
    rows, start = [], 0.0
    for row in found:
        end = start + row["stat"]["nominal"] / size
        rows.append(
            {
                "label": _(row["label"]).split(":")[0].strip(),
                "start": start,
                "end": end,
                "right": end,
                "colour": WATER[row["key"]],
                "text": presentation.sig3(row["stat"]["nominal"] / size),
            }
        )
        start = end
    rows.append(
        {
            "label": _("Total"),
            "start": 0.0,
            "end": start,
            "right": start,
            "colour": charts.SOFT,
            "text": presentation.sig3(start),
        }
    )
    words = " ".join(f"{row['label']}: {row['text']} {unit}." for row in rows)
    title = f"{_('Water by origin')}, {unit}"
    return more_charts.floating(rows, unit=unit, title=title, words=words)


def uses(document: Json) -> SafeString:
    """What one fully loaded use is made of, by stage, as shares."""
    parts = more_tables.use_parts(document)
    rows, words = [], []
    for place, key in enumerate(HEADLINES):
        cells = [
            (row["stage"], row["cells"][place]["nominal"]) for row in parts if row["cells"][place]
        ]
        total, start, said = sum(value for _, value in cells), 0.0, []
        if not total:
            continue
        for stage, value in cells:
            share = value / total
            rows.append({"impact": short(key), "stage": stage, "share": share, "start": start})
            said.append(f"{_(STAGES[stage]).lower()} {presentation.percent(share)}")
            start += share
        words.append(f"{short(key)}: {', '.join(said)}.")
    if not rows:
        return NONE
    title = _("What one fully loaded use is made of")
    return charts.stage_shares(rows, title=title, words=" ".join(words))


def short(key: str) -> str:
    """Short name of an impact."""
    return {
        "gwp_location": _("Climate change"),
        "water": _("Water"),
        "adpe": _("Minerals and metals"),
    }[key]


def ladder(row: Json, per_use: Json | None) -> dict[str, Any]:
    """One deployment's request from the chip to the life cycle."""
    rungs = [rung for rung in row["rungs"] if rung["figures"].get("gwp_location")]
    kept = {
        "deployment": row["deployment"],
        "rungs": row["rungs"],
        "spread": row["electricity_kwh_spread"],
    }
    if not rungs:
        return {**kept, "chart": NONE, "spread_chart": NONE}
    widest = rungs[-1]["figures"]["gwp_location"]
    size, unit = _scale(widest["nominal"], widest["unit"].split("/")[0])
    drawn = [
        {
            "label": term(rung["label"]),
            "start": 0.0,
            "end": rung["figures"]["gwp_location"]["nominal"] / size,
            "right": rung["figures"]["gwp_location"]["nominal"] / size,
            "colour": charts.ACCENT,
            "text": presentation.sig3(rung["figures"]["gwp_location"]["nominal"] / size),
        }
        for rung in rungs
    ]
    words = " ".join(f"{item['label']}: {item['text']} {unit}." for item in drawn)
    title = f"{_('Climate change of one request by boundary')}, {row['deployment']}, {unit}"
    chart = more_charts.floating(drawn, unit=unit, title=title, words=words)
    return {**kept, "chart": chart, "spread_chart": spread(row, per_use)}


def spread(row: Json, per_use: Json | None) -> SafeString:
    """How the requests of a trace differ: median and mean between P5 and P95, with the functional unit as a line."""
    found, unit_of_use = row["electricity_kwh_spread"], (per_use or {}).get("electricity")
    if not found or not unit_of_use:
        return NONE
    size, unit = _scale(found["mean"], "kWh")
    ends = {"low": found["p05"] / size, "high": found["p95"] / size}
    rows = [
        {"label": label, "value": found[key] / size, **ends}
        for key, label in (("p50", _("Median")), ("mean", _("Mean")))
    ]
    base = unit_of_use["nominal"] / size
    words = " ".join(
        f"{item['label']}: {presentation.sig3(item['value'])} {unit}." for item in rows
    )
    words += f" {_('Functional unit')}: {presentation.sig3(base)} {unit}."
    title = f"{_('Electricity of one request, from P5 to P95')}, {row['deployment']}, {unit}"
    return more_charts.dots(rows, unit=unit, base=base, title=title, words=words)


def tornado(document: Json, key: str) -> SafeString:
    """How far a total moves when one parameter goes from P5 to P95."""
    total = document["result"]["totals"][key]
    size, unit = _scale(total["nominal"], total["unit"])
    rows = [
        {
            "label": _cut(term(row["label"])),
            "start": min(row["at_low"], row["at_high"]) / size,
            "end": max(row["at_low"], row["at_high"]) / size,
            "right": max(row["at_low"], row["at_high"]) / size,
            "colour": charts.ACCENT,
            "text": f"{presentation.sig3(row['low'])} – {presentation.sig3(row['high'])}",
        }
        for row in document["one_at_a_time"][key]
    ]
    to = _("to")
    words = " ".join(
        f"{row['label']}: {presentation.sig3(row['start'])} {to} {presentation.sig3(row['end'])} {unit}."
        for row in rows
    )
    title = f"{short(key)} {_('with one parameter at P5 and at P95')}, {unit}"
    return more_charts.floating(rows, unit=unit, title=title, words=words)


def scenarios(document: Json, key: str = "gwp_location") -> SafeString:
    """Total of each scenario beside the declared one."""
    total = document["result"]["totals"].get(key)
    found = [row for row in document.get("scenarios", []) if row.get("totals", {}).get(key)]
    if not total or not found:
        return NONE
    size, unit = _scale(total["nominal"], total["unit"])
    market = document["result"]["totals"].get("gwp_market")
    listed = [(_("As declared"), total)]
    if market and key == "gwp_location":
        listed.append((_("Market-based electricity"), market))
    listed += [(term(row["label"]), row["totals"][key]) for row in found]
    rows = [
        {
            "label": label,
            "value": stat["nominal"] / size,
            "low": stat["p05"] / size,
            "high": stat["p95"] / size,
        }
        for label, stat in listed
    ]
    words = " ".join(f"{row['label']}: {presentation.sig3(row['value'])} {unit}." for row in rows)
    title = f"{_('Climate change in each scenario')}, {unit}"
    return more_charts.dots(rows, unit=unit, base=total["nominal"] / size, title=title, words=words)


def quality(document: Json) -> SafeString:
    """Scores of the parameters that matter most."""
    rows = [
        {
            "label": _cut(term(row["label"])),
            "column": term(name),
            "score": score,
            "text": str(score),
            "ink": "#ffffff" if score >= DARK_SCORE else charts.ON_LIGHT,
        }
        for row in more_tables.rated(document)
        for name, score in zip(more_tables.SCORES, row["scores"], strict=True)
        if score is not None
    ]
    if not rows:
        return NONE
    words = " ".join(f"{row['label']}, {row['column']}: {row['text']}." for row in rows)
    return more_charts.heat(
        rows, title=_("Data quality of the parameters that matter most"), words=words
    )


def trend(document: Json, key: str = "gwp_location") -> SafeString:
    """Climate change from report to report; nothing before the second."""
    found = [row for row in more_tables.versions(document) if row["totals"].get(key)]
    if len(found) < 2:  # noqa: PLR2004  # one point is no trend
        return NONE
    size, unit = _scale(found[-1]["totals"][key]["nominal"], found[-1]["totals"][key]["unit"])
    rows = [
        {
            "label": f"{_('Report')} {row['number']}",
            "value": row["totals"][key]["nominal"] / size,
            "low": row["totals"][key]["p05"] / size,
            "high": row["totals"][key]["p95"] / size,
            "fill": "#ffffff" if row["is_restatement"] else charts.ACCENT,
        }
        for row in found
    ]
    words = " ".join(f"{row['label']}: {presentation.sig3(row['value'])} {unit}." for row in rows)
    return more_charts.trend(
        rows, unit=unit, title=f"{_('Climate change from report to report')}, {unit}", words=words
    )


def _cut(text: str) -> str:
    return text if len(text) <= charts.LONGEST_LABEL else f"{text[: charts.LONGEST_LABEL - 1]}…"
