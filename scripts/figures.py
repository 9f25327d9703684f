"""Draw the figures of the what-if pages: ``python scripts/figures.py serve.json route.json stack.json`` writes docs/img/whatif-*.svg."""

import json
import sys
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert

TARGET = Path(__file__).resolve().parent.parent / "docs" / "img"
INK, PAPER, ACCENT, GREY, GOOD = "#222222", "#ffffff", "#332288", "#999999", "#117733"
BAND = 0.18
RATIO = 10.0


def serving(found: dict[str, Any]) -> Any:
    """Energy of a request against waiting: the sweep, its front, and the policies by name."""
    sweep = [
        {"J": row["energy_per_request_j"], "s": row["last_token_p95_s"], "front": row["on_front"]}
        for row in found["sweep"]
        if not row["falls_behind"]
    ]
    named = [
        {"J": row["energy_per_request_j"], "s": row["latency"]["last_token_s"]["p95"], "name": row["policy"]}
        for row in found["policies"]
        if not row["policy"].startswith("windowed")
    ]  # fmt: skip
    x = alt.X("s:Q", title="P95 of the time to the last token, s", scale=alt.Scale(type="log"))
    y = alt.Y(
        "J:Q", title="J a request, accelerators", scale=alt.Scale(type="log", domain=[400, 10_000])
    )
    points = alt.Chart(alt.InlineData(values=sweep)).mark_circle(size=36).encode(
        x=x, y=y, color=alt.condition("datum.front", alt.value(GOOD), alt.value(GREY))
    )  # fmt: skip
    base = alt.Chart(alt.InlineData(values=named)).encode(x=x, y=y)
    marks = base.mark_point(shape="diamond", filled=True, size=70, color=ACCENT)
    words = base.mark_text(align="left", dx=7, dy=-5, color=INK).encode(text="name:N")
    return points + marks + words


def routing(found: dict[str, Any]) -> Any:
    """Accuracy against energy at a ratio of ten: router with its band, random mix and oracle."""
    rows = [row for row in found["results"] if row["energy_ratio"] == RATIO]
    charts = []
    for row in rows:
        values = [
            {"share": 100 * point["energy_share"], "who": who, **{k: 100 * v for k, v in point[who].items()}}
            for point in row["frontier"]
            for who in ("router", "random", "oracle")
        ]  # fmt: skip
        base = alt.Chart(alt.InlineData(values=values)).encode(
            x=alt.X("share:Q", title="% of the energy of the larger model alone"),
            color=alt.Color("who:N", title=None, scale=alt.Scale(domain=["router", "random", "oracle"], range=[ACCENT, GREY, GOOD])),
        )  # fmt: skip
        scale = alt.Scale(zero=False, domain=[62, 92])
        band = base.transform_filter("datum.who == 'router'").mark_area(opacity=BAND).encode(
            y=alt.Y("p05:Q", scale=scale, title="% right"), y2="p95:Q"
        )  # fmt: skip
        line = base.mark_line(strokeWidth=2).encode(
            y=alt.Y("value:Q", scale=scale, title="% right"),
            strokeDash=alt.StrokeDash("who:N", legend=None),
        )
        never = "questions" if row["held_out"] == "question" else "subjects"
        charts.append((band + line).properties(width=260, title=f"{never} never seen"))
    return alt.hconcat(*charts)


def waterfall(found: dict[str, Any]) -> Any:
    """Carbon from the baseline to the scenario, a bar a measure."""
    total = found["baseline"]["gwp_location"]["nominal"]
    rows = [
        {"name": "as it is", "low": 0.0, "high": total, "kind": "total", "says": f"{total:.3g}"}
    ]
    for step in found["steps"]:
        change = step["difference"]["gwp_location"]["nominal"]
        ends = sorted((total, total + change))
        rows.append({"name": step["label"], "low": ends[0], "high": ends[1], "kind": "step", "says": f"{change:+.2g}"})  # fmt: skip
        total += change
    rows.append(
        {"name": "then", "low": 0.0, "high": total, "kind": "total", "says": f"{total:.3g}"}
    )
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("name:N", sort=[row["name"] for row in rows], title=None, axis=alt.Axis(labelLimit=260)),
        x=alt.X("low:Q", title="kg CO₂e"),
        x2="high:Q",
    )  # fmt: skip
    bars = base.mark_bar().encode(
        color=alt.condition("datum.kind == 'total'", alt.value(ACCENT), alt.value(GOOD))
    )
    words = base.mark_text(align="left", dx=5, color=INK).encode(x="high:Q", text="says:N")
    return bars + words


def write(name: str, chart: Any) -> None:
    """Write a chart as SVG."""
    svg = vl_convert.vegalite_to_svg(chart.to_json())
    (TARGET / f"whatif-{name}.svg").write_text(svg + "\n", encoding="utf-8")


def main() -> None:
    """Draw every figure from the answers of ``manage.py whatif … --json``."""
    serve, route, stack = (
        json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:4]
    )
    write("serving", serving(serve).properties(width=560, height=320, background=PAPER))
    write("routing", routing(route).properties(background=PAPER))
    write("stack", waterfall(stack).properties(width=420, background=PAPER))


if __name__ == "__main__":
    main()
