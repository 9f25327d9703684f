"""More charts from Vega-Lite specifications: stacked, floating, dots, heat and trend."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt
from django.utils.safestring import SafeString

from apps.accounts.presentation import sig3
from apps.disclosures.report.charts import (
    ACCENT,
    INK,
    SOFT,
    WIDTH,
    axis_of_words,
    chosen,
    faded,
    legend,
    svg,
)

Rows = Sequence[Mapping[str, Any]]


def stacked(
    rows: Rows, *, unit: str, colours: Mapping[str, str], title: str, words: str
) -> SafeString:
    """Draw one absolute bar per label, cut by part; ``rows`` hold label, part, value."""
    parts = [part for part in colours if any(row["part"] == part for row in rows)]
    chart = (
        alt.Chart(_hinted(rows, lambda row: f"{row['part']}: {sig3(row['value'])} {unit}"))
        .mark_bar(height=20, stroke="#ffffff", strokeWidth=1)
        .encode(
            y=alt.Y("label:N", sort=_labels(rows), title=None, axis=axis_of_words()),
            x=alt.X("value:Q", stack="zero", title=unit, axis=_numbers()),
            color=alt.Color(
                "part:N",
                scale=alt.Scale(domain=parts, range=[colours[part] for part in parts]),
                legend=legend(),
                sort=parts,
            ),
            order=alt.Order("order:Q"),
            tooltip="hint:N",
            opacity=faded(picked := chosen("part")),
        )
        .add_params(picked)
    )
    return svg(chart.properties(width=WIDTH, height=alt.Step(34)), title, words)


def floating(rows: Rows, *, unit: str, title: str, words: str) -> SafeString:
    """Draw bars from ``start`` to ``end``, as of a waterfall or a tornado, with a text beside each."""
    ends = _hinted(rows, lambda row: f"{sig3(row['start'])}–{sig3(row['end'])} {unit}")
    base = alt.Chart(ends).encode(
        y=alt.Y("label:N", sort=_labels(rows), title=None, axis=axis_of_words()),
        tooltip="hint:N",
    )
    bars = base.mark_bar(height=13).encode(
        x=alt.X("start:Q", title=unit, axis=_numbers(), scale=alt.Scale(zero=False, nice=True)),
        x2="end:Q",
        color=alt.Color("colour:N", scale=None),
    )
    texts = base.mark_text(align="left", dx=5, fontSize=10, color=INK).encode(
        x="right:Q", text="text:N"
    )
    return svg((bars + texts).properties(width=WIDTH - 40, height=alt.Step(24)), title, words)


def dots(rows: Rows, *, unit: str, base: float, title: str, words: str) -> SafeString:
    """Draw a dot with its interval per label, and the base as a line."""
    scale = alt.Scale(zero=False, nice=True)
    chart = alt.Chart(_hinted(rows, lambda row: _with_ends(row, unit))).encode(
        y=alt.Y("label:N", sort=_labels(rows), title=None, axis=axis_of_words()),
        tooltip="hint:N",
    )
    spread = chart.mark_rule(strokeWidth=2, color=SOFT).encode(
        x=alt.X("low:Q", scale=scale, title=unit, axis=_numbers()), x2="high:Q"
    )
    points = chart.mark_point(filled=True, size=70, color=ACCENT, opacity=1).encode(
        x=alt.X("value:Q", scale=scale)
    )
    line = (
        alt.Chart(alt.InlineData(values=[{"base": base}]))
        .mark_rule(strokeDash=[4, 3], color=INK)
        .encode(x=alt.X("base:Q", scale=scale))
    )
    return svg((line + spread + points).properties(width=WIDTH, height=alt.Step(26)), title, words)


def heat(rows: Rows, *, title: str, words: str) -> SafeString:
    """Draw a cell per label and column, dark where the score is bad; the score stands in it."""
    columns = list(dict.fromkeys(row["column"] for row in rows))
    base = alt.Chart(_hinted(rows, lambda row: f"{row['column']}: {row['text']}")).encode(
        y=alt.Y("label:N", sort=_labels(rows), title=None, axis=axis_of_words()),
        tooltip="hint:N",
        x=alt.X(
            "column:N",
            sort=columns,
            title=None,
            axis=alt.Axis(orient="top", labelAngle=0, domain=False, ticks=False),
        ),
    )
    cells = base.mark_rect(stroke="#ffffff", strokeWidth=2).encode(
        color=alt.Color(
            "score:Q",
            scale=alt.Scale(domain=[1, 5], range=["#f0eef4", "#332288"]),
            legend=None,
        )
    )
    texts = base.mark_text(fontSize=11, fontWeight=500).encode(
        text="text:N", color=alt.Color("ink:N", scale=None)
    )
    both = (cells + texts).resolve_scale(color="independent")
    return svg(both.properties(width=WIDTH, height=alt.Step(26)), title, words)


def trend(rows: Rows, *, unit: str, title: str, words: str) -> SafeString:
    """Draw a value per report with its interval; restated ones are hollow."""
    base = alt.Chart(_hinted(rows, lambda row: _with_ends(row, unit))).encode(
        tooltip="hint:N",
        x=alt.X(
            "label:N", sort=_labels(rows), title=None, axis=alt.Axis(labelAngle=0, domain=False)
        ),
    )
    spread = base.mark_rule(color=SOFT, strokeWidth=2).encode(
        y=alt.Y("low:Q", title=unit, axis=_numbers()), y2="high:Q"
    )
    points = base.mark_point(size=90, strokeWidth=2, color=ACCENT, opacity=1).encode(
        y="value:Q", fill=alt.Fill("fill:N", scale=None)
    )
    return svg((spread + points).properties(width=WIDTH, height=180), title, words)


def _hinted(rows: Rows, said: Callable[[Mapping[str, Any]], str]) -> alt.InlineData:
    """The rows with what a browser shows of one that is pointed at."""
    return alt.InlineData(values=[{**row, "hint": f"{row['label']}: {said(row)}"} for row in rows])


def _with_ends(row: Mapping[str, Any], unit: str) -> str:
    return f"{sig3(row['value'])} [{sig3(row['low'])}–{sig3(row['high'])}] {unit}"


def _labels(rows: Rows) -> list[Any]:
    return list(dict.fromkeys(row["label"] for row in rows))


def _numbers() -> alt.Axis:
    return alt.Axis(
        domain=False, ticks=False, grid=True, tickCount=5, format=",.3~r", labelFlush=True
    )
