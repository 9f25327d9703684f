"""What a person reads goes to standard error, in colour where that is a terminal; JSON goes to standard output."""

import json
import sys
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

STYLES = {"pass": "green", "warn": "yellow", "fail": "red", "nothing": "dim"}
WORDS = {
    "pass": "within",
    "warn": "near its limit",
    "fail": "exceeded",
    "nothing": "nothing to check",
}


def console() -> Console:
    """The console for people."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str, style: str = "") -> None:
    """Tell something; brackets in it are text."""
    console().print(escape(text), style=style or None)


def emit(found: Any) -> None:
    """Print a JSON document for programs."""
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


def amount(value: float | None, unit: str) -> str:
    """A figure with its unit; a gap as words."""
    return "not recorded" if value is None else f"{value:.4g} {unit}"


def verdict_table(verdict: dict[str, Any]) -> None:
    """Show budgets, then the difference from the base."""
    if not verdict["budgets"]:
        say("No budget is in force for this system.")
    else:
        table = Table(box=None, pad_edge=False)
        for name in ("Budget", "Value", "90 % interval", "Limit", ""):
            table.add_column(name)
        for row in verdict["budgets"]:
            table.add_row(*_cells(row), style=STYLES[row["status"]])
        console().print(table)
    if compared := verdict["comparison"]:
        between = compared["difference"]
        text = f"Against {compared['base']['branch']}: {amount(between['value'], between['unit'])}"
        if between["p05"] is not None:
            text += f" ({between['p05']:.4g} to {between['p95']:.4g})"
        say(text)


def _cells(row: dict[str, Any]) -> list[str]:
    interval = "–" if row["p05"] is None else f"{row['p05']:.4g} to {row['p95']:.4g}"
    cells = (
        row["name"],
        amount(row["value"], row["unit"]),
        interval,
        amount(row["fail_at"], row["unit"]),
        WORDS[row["status"]],
    )
    return [escape(cell) for cell in cells]
