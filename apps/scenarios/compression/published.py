"""Studies of compression as published, with what their own figures come to."""

from pathlib import Path
from typing import Any

import pandas as pd

NUMBERS = ("before", "after", "accuracy_before", "accuracy_after")


def published(table: Path) -> list[dict[str, Any]]:
    """Return the rows of the table, each with ``left`` (after over before) and ``points`` (change of accuracy, or none)."""
    rows = pd.read_csv(table, keep_default_na=False, na_values={name: [""] for name in NUMBERS})
    rows["left"] = rows["after"] / rows["before"]
    rows["points"] = rows["accuracy_after"] - rows["accuracy_before"]
    found = rows.astype(object).where(rows.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in found.to_dict("records")]
