"""Points and lines between two axes, placed: what every drawing of one quantity against another is made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

WIDTH, HEIGHT = 640.0, 264.0
LEFT, TOP, BOTTOM = 52.0, 14.0, 232.0
STEPS, HALF, KEY = 4, 0.5, 20.0
Points = Sequence[tuple[float, float]]
At = Callable[[float], float]


def scatter(
    points: Sequence[Mapping[str, Any]], *, x: str, y: str, zero: bool = True
) -> dict[str, Any] | None:
    """Return points placed by ``x`` and ``y`` with their ``label``, those that no other beats marked by ``on_front``.

    Axes begin at 0 unless ``zero`` is false; then the vertical one spans the points. ``x`` and ``y`` name the axes.
    """
    if not points:
        return None
    across = axis_of([0.0, *(point["x"] for point in points)])
    up = axis_of([*([0.0] if zero else []), *(point["y"] for point in points)])

    at_x, at_y = _places(across, up)
    return {
        "width": WIDTH,
        "height": HEIGHT + 18,
        "left": LEFT,
        "bottom": BOTTOM,
        "points": [
            {
                **point,
                "cx": at_x(point["x"]),
                "cy": at_y(point["y"]),
                "is_right": _share(point["x"], across) > HALF,
            }
            for point in points
        ],
        "columns": [{"x": at_x(value), "value": value} for value in across],
        "lines": [{"y": at_y(value), "value": value} for value in up],
        "x": x,
        "y": y,
    }


def _places(across: Sequence[float], up: Sequence[float]) -> tuple[At, At]:
    """Return where a value of either axis stands."""

    def at_x(value: float) -> float:
        return LEFT + _share(value, across) * (WIDTH - LEFT - 12)

    def at_y(value: float) -> float:
        return BOTTOM - _share(value, up) * (BOTTOM - TOP)

    return at_x, at_y


def _share(value: float, axis: Sequence[float]) -> float:
    return (value - axis[0]) / (axis[-1] - axis[0])


def axis_of(values: Sequence[float]) -> list[float]:
    """Return round values, about five, that hold all of these."""
    low, high = min(values), max(values)
    width = (high - low) / STEPS or abs(high) / STEPS or 1.0
    size = 10.0 ** floor(log10(width))
    step = next(size * each for each in (1, 2, 5, 10) if size * each >= width * 0.999)
    first, last = floor(low / step), ceil(high / step)
    return [step * number for number in range(first, max(last, first + 1) + 1)]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line through points, with the area between its bounds; ``style`` is of the stylesheet."""

    label: str
    style: str
    points: Points
    low: Points = ()
    high: Points = ()


def lines(
    given: Sequence[Line],
    *,
    x: str,
    y: str,
    marks: Sequence[float] = (),
    doubling: bool = False,
    zero: bool = False,
) -> dict[str, Any]:
    """Return lines placed over one another, with a key below; ``marks`` are upright lines.

    ``x`` and ``y`` name the axes. Where ``doubling``, each doubling of x is as wide, and x is named where a line
    has points; the upright axis begins at 0 where ``zero``.
    """
    known = [point for line in given for point in (*line.points, *line.low, *line.high)]
    values = sorted({across for across, _ in known})
    up = axis_of([*([0.0] if zero else []), *(value for _, value in known)])
    across = [log10(value) for value in values] if doubling else axis_of(values)
    at_x, at_y = _places(across, up)

    def place(points: Points) -> list[tuple[float, float]]:
        return [(at_x(log10(one) if doubling else one), at_y(other)) for one, other in points]

    named = values if doubling else across
    return {
        "width": WIDTH,
        "height": HEIGHT + 18 + KEY * len(given),
        "left": LEFT,
        "bottom": BOTTOM,
        "top": TOP,
        "series": [
            {
                "label": line.label,
                "style": line.style,
                "path": path(place(line.points)),
                "area": f"{path([*place(line.low), *reversed(place(line.high))])} Z" if line.low else "",
                "key_y": HEIGHT + 18 + KEY * (number + HALF),
            }
            for number, line in enumerate(given)
        ],
        "columns": [{"x": at_x(log10(value) if doubling else value), "label": f"{value:g}"} for value in named],
        "lines": [{"y": at_y(value), "label": f"{value:g}"} for value in up],
        "marks": [at_x(value) for value in marks],
        "x": x,
        "y": y,
    }  # fmt: skip


def path(points: Points) -> str:
    """Return the path of a line through points."""
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
