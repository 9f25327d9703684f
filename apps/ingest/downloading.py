"""The table of runs as CSV that a spreadsheet may open: no cell of a text can become a formula."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

COLUMNS = (
    "uuid", "system__slug", "name", "external_id", "started_at", "ended_at", "duration_s", "energy_kwh", "pue_inside",
    "claimed_kg_co2e", "gpu_model", "gpu_count", "gpu_hours", "country", "region", "outcome", "boundary", "provenance", "tool",
    "category", "component", "team", "branch", "commit", "counts", "flags", "upload__file_name", "line",
)  # fmt: skip
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
CHUNK = 2_000


class _Line:
    """Gives back what is written, for a writer that wants a file."""

    def write(self, text: str) -> str:
        return text


def lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Lines of the file, heading first."""
    writer = csv.writer(_Line())
    yield writer.writerow([name.replace("__", "_") for name in COLUMNS])
    for row in rows:
        yield writer.writerow([safe(row[name]) for name in COLUMNS])


def safe(value: Any) -> Any:
    """A cell; texts that a spreadsheet would calculate begin with an apostrophe."""
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return f"'{value}"
    return value.isoformat() if hasattr(value, "isoformat") else value


def values(rows: Any) -> Iterator[dict[str, Any]]:
    """Rows as dictionaries, some at a time."""
    found: Iterator[dict[str, Any]] = (
        rows.order_by("-pk").values(*COLUMNS).iterator(chunk_size=CHUNK)
    )
    return found
