"""Scenarios as pages show them: a waterfall, and totals side by side."""

from collections.abc import Mapping
from typing import Any

from lca.engine import Category

WIDTH, LABEL, ROW, BAR, ROOM = 640.0, 250.0, 30.0, 18.0, 90.0
CARBON = Category.GWP_LOCATION.value
SHOWN = (Category.GWP_LOCATION, Category.GWP_MARKET, Category.WATER, Category.ADPE, Category.PRIMARY_ENERGY)  # fmt: skip


def waterfall(found: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the bars of a waterfall in carbon, placed in a drawing of 640 by its height; none where no carbon is declared."""
    before = found["baseline"].get(CARBON)
    if before is None:
        return None
    total = before["nominal"]
    rows = [_bar("As it is", 0.0, total, "total", total)]
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


def side_by_side(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row a category, a column for the baseline and each scenario: total, and difference where there is one."""
    names = [name for name in found if name]
    rows = [
        {
            "label": category.label,
            "baseline": found[""]["totals"][category.value],
            "cells": [
                {
                    "name": name,
                    "total": found[name]["totals"].get(category.value),
                    "difference": found[name]["difference"].get(category.value),
                }
                for name in names
            ],
        }
        for category in SHOWN
        if category.value in found[""]["totals"]
    ]
    return {"names": names, "rows": rows}
