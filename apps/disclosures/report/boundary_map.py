"""The boundary map and the flow of electricity, drawn as SVG of our own."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from apps.accounts import presentation
from apps.accounts.presentation import STAGE_COLOURS, STAGES

Json = Mapping[str, Any]
WIDTH = 640
BOX, GAP = 96, 12
WORDS = {
    "included": noop("inside"),
    "excluded": noop("excluded"),
    "not declared": noop("not declared"),
}
DASHES = {"included": "", "excluded": "4 3", "not declared": "1 3"}
HIGH, NODE, PAD = 240, 14, 10
ROOMY = 8  # nodes of a column that fit; more make the drawing higher


def boundary_map(stages: Sequence[Json], parts: Sequence[str]) -> SafeString:
    """A box per life-cycle stage inside or outside the boundary; ``parts`` are the components counted."""
    boxes = format_html_join("", "{}", ((_box(row, place),) for place, row in enumerate(stages)))
    words = "; ".join(f"{row['label']}: {_(WORDS[row['status']])}" for row in stages)
    inside = sum(row["status"] == "included" for row in stages)
    return format_html(
        '<svg class="chart map" role="img" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} 128" width="{}" height="128">'
        "<title>{}</title>"
        '<rect x="1" y="1" width="{}" height="126" fill="none" stroke="#191b20" stroke-width="1.2" />{}'
        '<text x="12" y="118" font-family="Inter" font-size="11" fill="#50535b">{}: {}</text></svg>',
        WIDTH,
        WIDTH,
        _("System boundary: {inside} stages inside. {words}. Counted in them: {parts}.").format(
            inside=inside, words=words, parts=", ".join(parts)
        ),
        WIDTH - 2,
        boxes,
        _("Counted"),
        _cut(", ".join(parts), 100),
    )


def _box(row: Json, place: int) -> SafeString:
    x = 10 + place * (BOX + GAP - 4)
    status = row["status"]
    colour = STAGE_COLOURS[row["key"]] if status == "included" else "none"
    lines = _two_lines(row["label"])
    texts = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle" font-family="Inter" font-size="11" font-weight="600" fill="#191b20">{}</text>',
        ((x + BOX / 2, 52 + 14 * number, line) for number, line in enumerate(lines)),
    )
    return format_html(
        '<rect x="{}" y="16" width="{}" height="78" rx="3" fill="none" stroke="#50535b" stroke-dasharray="{}" />'
        '<rect x="{}" y="16" width="{}" height="8" fill="{}" />{}'
        '<text x="{}" y="86" text-anchor="middle" font-family="Inter" font-size="10" fill="#50535b">{}</text>',
        x,
        BOX,
        DASHES[status],
        x,
        BOX,
        colour,
        texts,
        x + BOX / 2,
        _(WORDS[status]),
    )


def _two_lines(label: str) -> list[str]:
    head, amp, tail = label.partition(" & ")
    return [f"{head} &", tail] if amp else [label]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def energy_flow(rows: Sequence[Json], total: Json, least_share: float) -> SafeString:
    """A Sankey of electricity: from sites to stages to what it ran; ``rows`` hold site, stage, part and kWh.

    Ribbons below ``least_share`` are left out, and how much that is stands in the words.
    """
    whole = sum(row["kwh"] for row in rows)
    if whole <= 0 or not any(row["kwh"] / whole >= least_share for row in rows):
        return SafeString("")
    kept = [row for row in rows if row["kwh"] / whole >= least_share]
    left = 1 - sum(row["kwh"] for row in kept) / whole
    columns = [_column(kept, key) for key in ("site", "stage", "part")]
    most = max(len(column) for column in columns)
    high = HIGH + 2 * PAD * max(0, most - ROOMY)
    scale = (high - PAD * most) / whole
    places = [_places(column, scale) for column in columns]
    ribbons = [
        (*path, f"{share / scale / whole:.4f}")
        for keys, sides, ends in (
            (("site", "stage"), places[:2], (130.0, 300.0)),
            (("stage", "part"), places[1:], (314.0, 484.0)),
        )
        for *path, share in _ribbons(_sums(kept, keys, scale), sides, ends)
    ]
    drawn = format_html_join(
        "", '<path d="{}" fill="{}" fill-opacity="0.45" data-share="{}" />', ribbons
    )
    nodes = format_html_join(
        "",
        "{}",
        (
            (_node(name, y, height, x, anchor),)
            for (x, anchor), column in zip(
                ((116, "end"), (300, "start"), (484, "start")), places, strict=True
            )
            for name, (y, height) in column.items()
        ),
    )
    words = "; ".join(
        f"{name} {presentation.percent(height / scale / whole)}"
        for column in places
        for name, (_, height) in column.items()
    )
    return format_html(
        '<svg class="chart sankey" role="img" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" width="{}" height="{}">'
        "<title>{}</title>{}{}</svg>",
        WIDTH,
        high + 24,
        WIDTH,
        high + 24,
        _(
            "Electricity from sites to stages to parts, {total} in all. {words}. Left out as too thin to draw: {left}."
        ).format(
            total=presentation.plain_figure(total),
            words=words,
            left=presentation.percent(max(left, 0.0)),
        ),
        drawn,
        nodes,
    )


def _column(rows: Sequence[Json], key: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for row in rows:
        found[row[key]] = found.get(row[key], 0.0) + row["kwh"]
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _places(column: Mapping[str, float], scale: float) -> dict[str, tuple[float, float]]:
    found, y = {}, 12.0
    for name, kwh in column.items():
        found[name] = (y, kwh * scale)
        y += kwh * scale + PAD
    return found


def _sums(
    rows: Sequence[Json], keys: tuple[str, str], scale: float
) -> dict[tuple[str, str], float]:
    """Height of the ribbon between each two nodes, highest first."""
    sums: dict[tuple[str, str], float] = {}
    for row in rows:
        pair = (row[keys[0]], row[keys[1]])
        sums[pair] = sums.get(pair, 0.0) + row["kwh"] * scale
    return dict(sorted(sums.items(), key=lambda item: -item[1]))


def _ribbons(
    heights: Mapping[tuple[str, str], float],
    sides: Sequence[Mapping[str, tuple[float, float]]],
    ends: tuple[float, float],
) -> list[tuple[str, str, float]]:
    """Path, colour and height of each ribbon."""
    (x0, x1), middle, found = ends, sum(ends) / 2, []
    free = [{name: y for name, (y, _) in side.items()} for side in sides]
    for (a, b), height in heights.items():
        y0, y1 = free[0][a], free[1][b]
        path = (
            f"M{x0:.1f},{y0:.1f}C{middle:.1f},{y0:.1f} {middle:.1f},{y1:.1f} {x1:.1f},{y1:.1f}"
            f"V{y1 + height:.1f}C{middle:.1f},{y1 + height:.1f} {middle:.1f},{y0 + height:.1f} {x0:.1f},{y0 + height:.1f}Z"
        )
        found.append((path, _colour(a, b), height))
        free[0][a] += height
        free[1][b] += height
    return found


def _colour(*names: str) -> str:
    """Colour of the stage among two nodes."""
    return next((STAGE_COLOURS[key] for key, text in STAGES.items() if _(text) in names), "#6a6d75")


def _node(name: str, y: float, height: float, x: float, anchor: str) -> SafeString:
    text = x - 6 if anchor == "end" else x + NODE + 6
    down = y + height / 2 + 4
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="#191b20" />'
        '<text x="{}" y="{}" text-anchor="{}" font-family="Inter" font-size="10.5" fill="#191b20">{}</text>',
        x,
        f"{y:.1f}",
        NODE,
        f"{max(height, 1):.1f}",
        text,
        f"{down:.1f}",
        anchor,
        _cut(name, 22),
    )
