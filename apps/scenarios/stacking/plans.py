"""Plans: lists of measures with their options, as JSON."""

from math import isfinite
from typing import Any

from apps.scenarios.errors import BadInput
from apps.scenarios.stacking.stack import MOST_MEASURES, Chosen

LONGEST = 300


def read(rows: Any) -> list[Chosen]:
    """Return a plan as chosen measures.

    Raises
    ------
    BadInput
        For anything else than a list of ``{"measure": …, "options": {…}}``.
    """
    if not isinstance(rows, list) or len(rows) > MOST_MEASURES or not all(map(_is_step, rows)):
        msg = (
            f'A plan is a list of at most {MOST_MEASURES} measures such as {{"measure": "region", "options": {{"to": "SE"}}}}; '
            f"options are numbers, or texts of at most {LONGEST} characters."
        )
        raise BadInput(msg, field="measures")
    return [Chosen(key=row["measure"], options=row.get("options", {})) for row in rows]


def _is_step(row: Any) -> bool:
    if not isinstance(row, dict) or set(row) - {"measure", "options"}:
        return False
    options = row.get("options", {})
    return (
        isinstance(row.get("measure"), str)
        and isinstance(options, dict)
        and all(_is_value(name) and _is_value(value) for name, value in options.items())
    )


def _is_value(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST and "\0" not in value
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
