"""A cumulative curve as numbers for the template to draw."""

from typing import Any

WIDTH, HEIGHT = 640.0, 180.0
LEFT, RIGHT, TOP, BOTTOM = 8.0, 8.0, 12.0, 22.0


def drawn(points: list[dict[str, Any]]) -> dict[str, Any]:
    """Places of the points: by month, from nought; empty for fewer than two months."""
    if len(points) < 2 or not points[-1]["kwh"]:  # noqa: PLR2004  a line needs two ends
        return {}
    first, last = (_number(points[place]["month"]) for place in (0, -1))
    most = points[-1]["kwh"]
    places = [
        (
            LEFT + (WIDTH - LEFT - RIGHT) * (_number(point["month"]) - first) / (last - first),
            HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * point["kwh"] / most,
        )
        for point in points
    ]
    base = HEIGHT - BOTTOM
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return {
        "line": line,
        "area": f"{places[0][0]:.1f},{base:.1f} {line} {places[-1][0]:.1f},{base:.1f}",
        "width": WIDTH,
        "height": HEIGHT,
        "base": base,
        "right": WIDTH - RIGHT,
        "first": points[0]["month"],
        "last": points[-1]["month"],
    }


def _number(month: str) -> int:
    year, _, number = month.partition("-")
    return int(year) * 12 + int(number)
