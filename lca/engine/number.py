"""What the engine accepts as a number."""

import math


def number(value: float) -> float:
    """Plain float; text and truth values are refused, integers beyond a float become infinite."""
    if isinstance(value, bool | str):
        msg = f"{value!r} is not a number."
        raise TypeError(msg)
    try:
        return float(value)
    except OverflowError:
        return math.inf
