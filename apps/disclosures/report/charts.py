"""Charts as SVG, from Vega-Lite specifications: one definition for the page and the PDF.

Every chart is a picture with a title and a description in words; the data stands in a table beside it.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

import altair as alt
import vl_convert
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.accounts.presentation import STAGE_COLOURS, STAGES, percent, sig3
from apps.disclosures.report import fonts

INK, SOFT, RULE, ACCENT = "#191b20", "#50535b", "#dcdcd5", "#882255"
ON_LIGHT = "#1b1d22"  # labels inside bars: unlike the ink of axes, pages leave it as it is
ON_DARK = {"hardware", "training"}
WIDTH = 520
LABELLED_SHARE = 0.06
LOG_ABOVE = 20.0
LONGEST_LABEL = 40

_INNER_ARIA = re.compile(r' (?:role|aria-[a-z]+|class|pointer-events)="[^"]*"')
_UNSEEN = re.compile(
    r'<path d="(?:M0,0h0v0h0Z)?"[^>]*/>|<path [^>]*stroke-width="0"[^>]*/>|<rect [^>]*fill="rgba\(0,0,0,0\)"/>'
    r'|<text [^>]*opacity="0"[^>]*>[^<]*</text>| opacity="1"'
)
_ROOT = re.compile(r"<svg [^>]*?width=\"([\d.]+)\" height=\"([\d.]+)\" viewBox=\"([^\"]*)\">")

for folder in fonts.FOLDERS:
    vl_convert.register_font_directory(str(folder))


def stage_shares(rows: Sequence[Mapping[str, Any]], *, title: str, words: str) -> SafeString:
    """Draw one 100 % bar per impact, cut by life-cycle stage; ``rows`` hold impact, stage, share."""
    data = [
        {
            "impact": row["impact"],
            "stage": _(STAGES[row["stage"]]),
            "share": row["share"],
            "start": row["start"],
            "middle": row["start"] + row["share"] / 2,
            "order": list(STAGES).index(row["stage"]),
            "text": f"{row['share'] * 100:.0f} %" if row["share"] >= LABELLED_SHARE else "",
            "ink": "#ffffff" if row["stage"] in ON_DARK else ON_LIGHT,
            "hint": f"{row['impact']}, {_(STAGES[row['stage']])}: {percent(row['share'])}",
        }
        for row in rows
    ]
    impacts = list(dict.fromkeys(row["impact"] for row in data))
    used = [stage for stage in STAGES if any(row["stage"] == stage for row in rows)]
    base = alt.Chart(alt.InlineData(values=data)).encode(
        y=alt.Y("impact:N", sort=impacts, title=None, axis=axis_of_words()),
    )
    bars = (
        base.mark_bar(height=24, stroke="#ffffff", strokeWidth=1.2)
        .encode(
            x=alt.X("share:Q", stack="zero", title=None, axis=_share_axis()),
            color=alt.Color(
                "stage:N",
                scale=alt.Scale(
                    domain=[_(STAGES[s]) for s in used], range=[STAGE_COLOURS[s] for s in used]
                ),
                legend=legend(),
            ),
            order=alt.Order("order:Q"),
            tooltip="hint:N",
            opacity=faded(picked := chosen("stage")),
        )
        .add_params(picked)
    )
    labels = base.mark_text(fontSize=11, fontWeight=500).encode(
        x="middle:Q", text="text:N", color=alt.Color("ink:N", scale=None)
    )
    return svg((bars + labels).properties(width=WIDTH, height=alt.Step(38)), title, words)


def intervals(
    rows: Sequence[Mapping[str, Any]], *, unit: str, title: str, words: str
) -> SafeString:
    """Draw P5 to P95 as a bar and the deterministic value as a line, one row each."""
    data = [
        {
            **row,
            "hint": f"{row['label']}: {sig3(row['nominal'])} [{sig3(row['low'])}–{sig3(row['high'])}] {unit}",
        }
        for row in rows
    ]
    order = [row["label"] for row in data]
    scale = alt.Scale(type="log", nice=True) if _is_wide(data) else alt.Scale(zero=True, nice=True)
    base = alt.Chart(alt.InlineData(values=data)).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=axis_of_words())
    )
    axis = alt.Axis(
        title=unit,
        domain=False,
        ticks=False,
        grid=True,
        tickCount=4,
        format=",.3~r",
        labelFlush=True,
    )
    line = base.mark_bar(height=7, cornerRadius=0).encode(
        x=alt.X("low:Q", scale=scale, axis=axis),
        x2="high:Q",
        color=alt.Color("colour:N", scale=None),
        tooltip="hint:N",
    )
    value = base.mark_tick(height=17, thickness=2, color=INK, opacity=1).encode(
        x=alt.X("nominal:Q", scale=scale), tooltip="hint:N"
    )
    return svg((line + value).properties(width=WIDTH, height=alt.Step(26)), title, words)


def shares(rows: Sequence[Mapping[str, Any]], *, title: str, words: str) -> SafeString:
    """Draw plain horizontal bars of shares, largest first."""
    data = [
        {
            "label": _short(row["label"]),
            "share": row["share"],
            "text": f"{row['share'] * 100:.0f} %",
            "hint": f"{row['label']}: {percent(row['share'])}",
        }
        for row in rows
    ]
    order = [row["label"] for row in data]
    base = alt.Chart(alt.InlineData(values=data)).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=axis_of_words()),
        x=alt.X("share:Q", title=None, axis=None),
    )
    bars = base.mark_bar(height=12, color=ACCENT).encode(tooltip="hint:N")
    labels = base.mark_text(align="left", dx=6, fontSize=11, color=INK).encode(text="text:N")
    return svg((bars + labels).properties(width=WIDTH, height=alt.Step(24)), title, words)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1]}…"


def _is_wide(rows: Sequence[Mapping[str, Any]]) -> bool:
    lows = [row["low"] for row in rows]
    return bool(lows) and min(lows) > 0 and max(row["high"] for row in rows) / min(lows) > LOG_ABOVE


def axis_of_words() -> alt.Axis:
    """An axis of names."""
    return alt.Axis(
        domain=False, ticks=False, labelLimit=230, labelPadding=10, labelColor=INK, labelFontSize=12
    )


def _share_axis() -> alt.Axis:
    return alt.Axis(format="%", tickCount=5, grid=False, domain=False, ticks=False, labelFlush=True)


def chosen(field: str) -> alt.Parameter:
    """What a reader picks in the legend, where the chart is drawn by a browser."""
    return alt.selection_point(name="picked", fields=[field], bind="legend")


def faded(picked: alt.Parameter) -> Any:
    """Full where picked, or where nothing is."""
    return alt.condition(picked, alt.value(1), alt.value(0.2))


def legend() -> alt.Legend:
    """A legend above the drawing."""
    return alt.Legend(
        title=None,
        orient="top",
        direction="horizontal",
        symbolType="square",
        symbolSize=110,
        labelFontSize=12,
        labelColor=INK,
        columnPadding=16,
        offset=12,
    )


class Drawing(SafeString):
    """A chart as SVG that remembers its specification, from which a browser draws it again to be pointed at."""

    key: str = ""
    specification: str = ""


def svg(chart: alt.LayerChart | alt.Chart, title: str, words: str) -> SafeString:
    """The chart as SVG with its words."""
    styled = chart.configure(font="Inter", background="rgba(0,0,0,0)", padding=4)
    styled = styled.configure_view(strokeWidth=0).configure_axis(
        labelColor=SOFT,
        titleColor=SOFT,
        labelFontSize=11,
        titleFontSize=11,
        titleFontWeight="normal",
        gridColor=RULE,
    )
    specification = styled.to_json(indent=None)
    key = hashlib.sha256(f"{title}{specification}".encode()).hexdigest()[:12]
    drawing = Drawing(_described(specification, title, words, _locale(), key))
    drawing.key, drawing.specification = key, specification
    return drawing


def _locale() -> Literal["fr-FR", "en-US"]:
    """How numbers of axes are written in the language of the page."""
    return "fr-FR" if (get_language() or "").startswith("fr") else "en-US"


@lru_cache(maxsize=128)
def _described(
    specification: str, title: str, words: str, locale: Literal["fr-FR", "en-US"], key: str
) -> SafeString:
    made = vl_convert.vegalite_to_svg(specification, format_locale=locale)
    drawing = _UNSEEN.sub("", _INNER_ARIA.sub("", made))
    root = _ROOT.search(drawing)
    if root is None:
        return mark_safe("")
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" data-chart="{key}" width="{root[1]}" '
        f'height="{root[2]}" viewBox="{root[3]}"><title>{escape(title)}. {escape(words)}</title>'
    )
    return mark_safe(head + drawing[root.end() :])  # noqa: S308  # Vega escapes its texts
