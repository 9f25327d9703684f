"""CodeCarbon's ``emissions.csv`` of every version: read by heading; of rows that repeat a run the largest counts."""

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import attrs

from apps.ingest.importers._codecarbon import Unusable, identifier, run_of
from apps.ingest.reading import Head, figure, records
from apps.ingest.record import Found, Note, Rejected

NAME = "codecarbon_csv"
TITLE = "CodeCarbon, emissions.csv"
NEEDED = {"timestamp", "duration", "emissions", "energy_consumed"}
Largest = dict[bytes, tuple[float, int, int]]


def score(head: Head) -> float:
    """By the columns that every version writes."""
    columns = set(head.columns)
    return 0.9 if columns >= NEEDED and "task_name" not in columns else 0.0


def read(path: Path) -> Iterator[Found]:
    """Stream one run for each ``run_id``: CodeCarbon repeats it with cumulative totals at each flush.

    The file is read twice, so that of a million runs only the place of each largest row is held.
    """
    largest = _largest(path)
    for line, row in records(path):
        key = _key(row, line)
        _, at, rows = largest.get(key, (0.0, line, 1))
        if at != line:
            continue
        try:
            run = run_of(row, line, rows=rows)
        except Unusable as error:
            yield Rejected(
                line=line, why=str(error), remedy="The row is torn or was never finished."
            )
            continue
        if rows > 1:
            text = f"{rows:,} rows repeat this run with cumulative totals; the largest counts, they are not added up."
            run = attrs.evolve(run, notes=(*run.notes, Note(code="cumulative-rows", text=text)))
        yield run


def _largest(path: Path) -> Largest:
    """Energy and line of the largest row of each run, and how many rows it has."""
    found: Largest = {}
    for line, row in records(path):
        energy = figure(row.get("energy_consumed"))
        if energy is None or not identifier(row):
            continue
        key = _key(row, line)
        best, at, rows = found.get(key, (-1.0, line, 0))
        found[key] = (energy, line, rows + 1) if energy > best else (best, at, rows + 1)
    return found


def _key(row: dict[str, str], line: int) -> bytes:
    name = identifier(row)
    if not name or figure(row.get("energy_consumed")) is None:  # a row by itself
        name = f"\0line {line}"
    return blake2b(name.encode(), digest_size=8).digest()
