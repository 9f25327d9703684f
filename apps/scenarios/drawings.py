"""Drawings of scenarios and roadmaps, placed: pages and reports print them from the same templates."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from apps.scenarios.plots import BOTTOM, HEIGHT, LEFT, TOP, WIDTH, Line, lines, path, scatter
from lca.engine import Category

LABEL, ROW, BAR, ROOM = 250.0, 30.0, 18.0, 90.0
CARBON = Category.GWP_LOCATION.value
TOTAL = "total"
AS_IT_IS = "As it is"
YEAR = timedelta(days=365)


def waterfall(found: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the bars of a waterfall in carbon, placed in a drawing of 640 by its height; none where no carbon is declared."""
    before = found["baseline"].get(CARBON)
    if before is None:
        return None
    total = before["nominal"]
    rows = [_bar(AS_IT_IS, 0.0, total, "total", total)]
    for step in found["steps"]:
        change = step["difference"][CARBON]["nominal"]
        rows.append(
            _bar(step["label"], total, total + change, "less" if change <= 0 else "more", change)
        )
        total += change
    rows.append(_bar("Then", 0.0, total, "total", total))
    most = max(max(row["from"], row["to"]) for row in rows) or 1.0
    scale = (WIDTH - LABEL - ROOM) / most
    for place, row in enumerate(rows):
        low, high = sorted((row["from"], row["to"]))
        row |= {
            "y": ROW * place + (ROW - BAR) / 2,
            "text_y": ROW * (place + 0.5) + 4,
            "x": LABEL + scale * low,
            "width": max(1.0, scale * (high - low)),
            "end": LABEL + scale * high + 6,
        }
    return {"rows": rows, "height": ROW * len(rows), "width": WIDTH, "bar": BAR, "label": LABEL - 8, "unit": before["unit"]}  # fmt: skip


def _bar(label: str, start: float, end: float, kind: str, value: float) -> dict[str, Any]:
    return {"label": label, "from": start, "to": end, "kind": kind, "value": value}


def tornado(found: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the arms of a tornado in carbon, placed around the difference; none where nothing moves it."""
    arms = found["tornado"]
    if not arms:
        return None
    middle = found["difference"][CARBON]["nominal"]
    ends = [end for arm in arms for end in (arm["at_low"], arm["at_high"])] + [middle]
    low, high = min(ends), max(ends)
    scale = (WIDTH - LABEL - ROOM) / ((high - low) or 1.0)
    rows = []
    for place, arm in enumerate(arms):
        left, right = sorted((arm["at_low"], arm["at_high"]))
        rows.append(
            {
                "label": arm["label"],
                "left": left,
                "right": right,
                "y": ROW * place + (ROW - BAR) / 2,
                "text_y": ROW * (place + 0.5) + 4,
                "x": LABEL + scale * (left - low),
                "width": max(1.0, scale * (right - left)),
            }
        )
    return {"rows": rows, "height": ROW * len(rows), "width": WIDTH, "bar": BAR, "label": LABEL - 8, "middle": LABEL + scale * (middle - low), "unit": found["difference"][CARBON]["unit"]}  # fmt: skip


def of_roadmap(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the two drawings of a roadmap; each none where there is nothing to draw."""
    steps = [
        {"label": row["what"], "difference": row["difference"]}
        for row in found["actions"]
        if CARBON in row.get("difference", {})
    ]
    bars = {"baseline": found["baseline"]["totals"], "steps": steps}
    return {"waterfall": waterfall(bars) if steps else None, "course": course(found)}


def course(found: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return climate change in time as a share of the baseline: expected with its interval, targets, and what was found.

    None where the baseline has no carbon or nothing has a date.
    """
    steps = [row for row in found["actions"] if row["due"] and _ratio(row)]
    targets = [row for row in found["targets"] if (row["category"], row["basis"]) == (CARBON, TOTAL) and row["baseline"]]  # fmt: skip
    later = [row for row in found["later"] if _ratio(row)]
    days = [row["due"] for row in steps] + [row["by"] for row in targets] + [row["period_end"] for row in later]  # fmt: skip
    if not days:
        return None
    start = found["baseline"]["period_end"] or min(days)
    first, last = (date.fromisoformat(str(day)) for day in (min([start, *days], key=str), max([start, *days], key=str)))  # fmt: skip
    last = max(last + YEAR / 4, first + YEAR)
    levels = [1.0, *(1 + _ratio(row)["p95"] for row in [*steps, *later])]
    place = _Place(first, last, max(levels) * 1.05)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "bottom": BOTTOM,
        **place.expected(steps),
        "targets": [{"x": place.x(row["by"]), "y": place.y(1 - row["reduction"]), "level": -row["reduction"], "day": row["by"]} for row in targets],
        "later": [place.found(row) for row in later],
        "years": [{"x": place.x(f"{year}-01-01"), "year": year} for year in range(first.year + 1, last.year + 1)],
        "lines": [{"y": place.y(level), "level": level} for level in place.lines()],
    }  # fmt: skip


def _ratio(row: Mapping[str, Any]) -> Any:
    return row.get("change", {}).get(TOTAL, {}).get(CARBON)


class _Place:
    """Where a day and a share of the baseline stand in the drawing of a course."""

    def __init__(self, first: date, last: date, most: float) -> None:
        self.first, self.last, self.most = first, last, most

    def x(self, day: str) -> float:
        share = (date.fromisoformat(str(day)) - self.first) / (self.last - self.first)
        return LEFT + share * (WIDTH - LEFT - 12)

    def y(self, level: float) -> float:
        return BOTTOM - level / self.most * (BOTTOM - TOP)

    def lines(self) -> list[float]:
        step = 0.25 if self.most <= 1.6 else 0.5 * max(1, round(self.most / 2))  # noqa: PLR2004  # few lines, on round shares
        return [step * number for number in range(int(self.most / step) + 1)]

    def found(self, row: Mapping[str, Any]) -> dict[str, Any]:
        ratio = _ratio(row)
        return {
            "title": row["title"],
            "x": self.x(row["period_end"]),
            "y": self.y(1 + ratio["nominal"]),
            "low": self.y(1 + ratio["p05"]),
            "high": self.y(1 + ratio["p95"]),
        }

    def expected(self, steps: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """Return the path of what is expected, and the area of its interval, both in steps."""
        ends = [("nominal", 1.0), ("p05", 1.0), ("p95", 1.0)]
        lines = {name: [(LEFT, self.y(level))] for name, level in ends}
        for step in steps:
            for name, points in lines.items():
                x = self.x(step["due"])
                points += [(x, points[-1][1]), (x, self.y(1 + _ratio(step)[name]))]
        for points in lines.values():
            points.append((WIDTH - 12, points[-1][1]))
        return {
            "path": path(lines["nominal"]),
            "area": f"{path([*lines['p05'], *reversed(lines['p95'])])} Z",
        }


def of_places(found: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return carbon against water of every kind of cooling at every place; the best in carbon of each place is named."""
    points = [
        {
            "x": row["water"]["nominal"],
            "y": 1e3 * row["gwp_location"]["nominal"],
            "label": place["zone"] if row["kind"] == place["least_carbon"] else "",
            "title": f"{place['zone']}: {row['label']}",
            "on_front": row["on_front"],
        }
        for place in found["zones"]
        for row in place["kinds"]
    ]
    return scatter(points, x="water, L/kWh", y="carbon, g CO2e/kWh")


def of_trades(rows: Sequence[Any]) -> dict[str, Any] | None:
    """Return accuracy against carbon of one functional unit; none where no scenario changes an accuracy that is known."""
    known = [row for row in rows if row.points is not None]
    if not any(row.points for row in known):
        return None
    points = [
        {
            "x": 1e3 * row.carbon.nominal,
            "y": row.points,
            "label": row.name or AS_IT_IS,
            "title": row.name or AS_IT_IS,
            "on_front": row.on_front,
        }
        for row in known
    ]
    return scatter(points, x="g CO2e per functional unit", y="accuracy, points", zero=False)


def of_sweep(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return energy against waiting of every setting that keeps up."""
    points = [
        {
            "x": row["last_token_p95_s"],
            "y": row["energy_per_request_j"],
            "label": "",
            "title": row["policy"],
            "on_front": row["on_front"],
        }
        for row in rows
        if not row["falls_behind"]
    ]
    return scatter(points, x="s until 95 % have their last token", y="J a request")


def of_steps(steps: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Return the time between tokens by the size of the batch."""
    points = [(row["batch"], row["step_ms"]) for row in steps]
    line = Line(label="time between tokens", style="own", points=points)
    return lines([line], x="requests at a time", y="ms", doubling=True, zero=True)


def of_schedules(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row a policy: the stretches in which the job runs, at home (``total``) or elsewhere (``more``), over the hours allowed."""
    hours, rows = found["job"]["deadline"], []
    scale = (WIDTH - LABEL - 12) / hours
    for place, policy in enumerate(found["policies"]):
        stretches, first = [], 0
        for site, group in groupby(policy["schedule"]):
            last = first + len(list(group))
            if site is not None:
                stretches.append(
                    {
                        "title": f"{site}, hours {first} to {last}",
                        "kind": "total" if site == found["home"] else "more",
                        "x": LABEL + scale * first,
                        "width": scale * (last - first),
                    }
                )
            first = last
        rows.append(
            {
                "label": policy["policy"],
                "stretches": stretches,
                "y": ROW * place + (ROW - BAR) / 2,
                "text_y": ROW * (place + 0.5) + 4,
            }
        )
    return {"rows": rows, "height": ROW * len(rows) + ROW, "width": WIDTH, "bar": BAR, "label": LABEL - 8, "hours": hours, "ends": [LABEL, WIDTH - 12]}  # fmt: skip


def of_frontier(result: Mapping[str, Any], budget: float) -> dict[str, Any]:
    """Return quality against energy of a router with its band, of a random mix and of an oracle, with the budget marked."""
    styles = {"router": "own", "random": "plain", "oracle": "bound"}
    rows = result["frontier"]

    def points(name: str, what: str) -> list[tuple[float, float]]:
        return [(100 * row["energy_share"], 100 * row[name][what]) for row in rows]

    given = [
        Line(
            label=name,
            style=style,
            points=points(name, "value"),
            low=points(name, "p05") if name == "router" else (),
            high=points(name, "p95") if name == "router" else (),
        )
        for name, style in styles.items()
    ]
    return lines(given, x="energy, % of always the dearest", y="quality, %", marks=[100 * budget])
