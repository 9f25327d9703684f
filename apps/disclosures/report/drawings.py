"""A report's charts, each with its words, and the cover's drawing."""

import math
from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from apps.accounts import presentation
from apps.accounts.presentation import STAGES, stage_segments
from apps.disclosures.report import charts
from apps.disclosures.report.language import term

Json = Mapping[str, Any]
IN_CHART = {
    "gwp_location": noop("Climate change"),
    "water": noop("Water"),
    "adpe": noop("Minerals and metals"),
    "primary_energy": noop("Primary energy"),
    "electricity": noop("Electricity"),
}
COVER = ("gwp_location", "water", "adpe", "primary_energy")
SHOWN = 8


def stage_shares(result: Json) -> SafeString:
    """Share of each stage in each impact."""
    rows, words = [], []
    for category, name in IN_CHART.items():
        impact, start, parts = _(name), 0.0, []
        for segment in stage_segments(result["by_stage"], category):
            rows.append(
                {
                    "impact": impact,
                    "stage": segment["key"],
                    "share": segment["share"],
                    "start": start,
                }
            )
            start += segment["share"]
            parts.append(f"{_(segment['label']).lower()} {presentation.percent(segment['share'])}")
        if parts:
            words.append(f"{impact}: {', '.join(parts)}.")
    title = _("Share of each life-cycle stage in each impact")
    return charts.stage_shares(rows, title=title, words=" ".join(words)) if rows else SafeString("")


def stage_intervals(result: Json, category: str = "gwp_location") -> SafeString:
    """90 % interval of the total and of each stage."""
    total = result["totals"].get(category)
    if not total:
        return SafeString("")
    size, unit = presentation.scaled(total["nominal"], total["unit"])
    rows = [_interval_row(_("Total"), total, size, charts.SOFT)]
    for key, label in STAGES.items():
        stat = result["by_stage"].get(key, {}).get(category)
        if stat:
            rows.append(_interval_row(_(label), stat, size, presentation.STAGE_COLOURS[key]))
    unit = presentation.unit_text(unit)
    sentence = _("{label}: {value}, from {low} to {high} {unit}.")
    words = " ".join(
        sentence.format(
            label=row["label"],
            value=presentation.sig3(row["nominal"]),
            low=presentation.sig3(row["low"]),
            high=presentation.sig3(row["high"]),
            unit=unit,
        )
        for row in rows
    )
    title = f"{_('90 % intervals by stage')}, {unit}"
    return charts.intervals(rows, unit=unit, title=title, words=words)


def _interval_row(label: str, stat: Json, size: float, colour: str) -> dict[str, Any]:
    return {
        "label": label,
        "low": stat["p05"] / size,
        "high": stat["p95"] / size,
        "nominal": stat["nominal"] / size,
        "colour": colour,
    }


def variance(result: Json, category: str = "gwp_location") -> SafeString:
    """Parameters that cause the spread of a total."""
    found = result["sensitivity"].get(category, [])
    rows = [
        {"label": term(row["label"]), "share": row["variance_share"]}
        for row in sorted(found, key=lambda row: -row["variance_share"])[:SHOWN]
        if row["variance_share"] >= 0.005  # noqa: PLR2004  # less prints as 0 %
    ]
    if not rows:
        return SafeString("")
    words = " ".join(f"{row['label']}: {presentation.percent(row['share'])}." for row in rows)
    title = _("Share of the climate interval's width that each parameter causes")
    return charts.shares(rows, title=title, words=words)


def cover(result: Json) -> SafeString:
    """The cover's cradle: one half ring per impact, cut by life-cycle stage as the results are."""
    rings = [key for key in COVER if key in result["totals"]]
    arcs = [
        arc
        for place, category in enumerate(rings)
        for arc in _ring(stage_segments(result["by_stage"], category), 300 - 62 * place)
    ]
    drawn = format_html_join("", '<path d="{}" fill="none" stroke="{}" stroke-width="44" />', arcs)
    names = ", ".join(_(IN_CHART[key]).lower() for key in rings)
    words = _(
        "Half rings, from outside {names}, cut by life-cycle stage; the figures are in section 2."
    ).format(names=names)
    return format_html(
        '<svg class="cover__drawing" role="img" viewBox="-330 -20 660 350" width="660" height="350">'
        "<title>{}</title>{}</svg>",
        words,
        drawn,
    )


def _ring(segments: list[dict[str, Any]], radius: float) -> list[tuple[str, str]]:
    """Arcs of one half ring, left to right along the bottom."""
    result, angle, gap = [], math.pi, 0.008
    for segment in segments:
        sweep = segment["share"] * math.pi
        if sweep > 3 * gap:
            result.append(
                (
                    _arc(radius, angle - gap / 2, angle - sweep + gap / 2),
                    presentation.STAGE_COLOURS[segment["key"]],
                )
            )
        angle -= sweep
    return result


def _arc(radius: float, start: float, end: float) -> str:
    """SVG path from one angle to another, counter-clockwise below the horizon."""
    (x0, y0), (x1, y1) = (
        (radius * math.cos(angle), radius * math.sin(angle)) for angle in (start, end)
    )
    return f"M{x0:.2f},{y0:.2f}A{radius:g},{radius:g} 0 0 0 {x1:.2f},{y1:.2f}"
