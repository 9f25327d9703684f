"""One record of CodeCarbon as a JSON object, or a list of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from apps.ingest.importers._codecarbon import Unusable, run_of
from apps.ingest.reading import Head, document
from apps.ingest.record import Found, Rejected

NAME = "codecarbon_json"
TITLE = "CodeCarbon, JSON"
NEEDED = {"run_id", "duration", "emissions", "energy_consumed"}


def score(head: Head) -> float:
    """By the fields of a record."""
    found = head.json
    first = found[0] if isinstance(found, list) and found else found
    return 0.9 if isinstance(first, dict) and set(first) >= NEEDED else 0.0


def read(path: Path) -> Iterator[Found]:
    """Yield each record as a run."""
    found = document(path)
    rows: list[Any] = found if isinstance(found, list) else [found]
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            yield Rejected(line=number, why="It is no record of CodeCarbon.")
            continue
        try:
            yield run_of(row, number)
        except Unusable as error:
            yield Rejected(line=number, why=str(error))
