"""CodeCarbon's ``emissions.csv`` of every version: read by heading; of rows that repeat a run the largest counts."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import attrs

from apps.ingest.importers._codecarbon import Unusable, identifier, run_of
from apps.ingest.reading import Head, figure, records
from apps.ingest.record import Found, Note, Rejected

NAME = "codecarbon_csv"
TITLE = "CodeCarbon, emissions.csv"
NEEDED = {"timestamp", "duration", "emissions", "energy_consumed"}
CACHE_KB = 16_384
TABLE = "CREATE TABLE largest (run TEXT PRIMARY KEY, energy REAL, line INTEGER, rows INTEGER) WITHOUT ROWID"
COUNT_IN = """
INSERT INTO largest VALUES (?, ?, ?, 1) ON CONFLICT (run) DO UPDATE SET
  rows = rows + 1,
  line = CASE WHEN excluded.energy > energy THEN excluded.line ELSE line END,
  energy = max(energy, excluded.energy)
"""


def score(head: Head) -> float:
    """By the columns that every version writes."""
    columns = set(head.columns)
    return 0.9 if columns >= NEEDED and "task_name" not in columns else 0.0


def read(path: Path) -> Iterator[Found]:
    """Stream one run for each ``run_id``: CodeCarbon repeats it with cumulative totals at each flush.

    The file is read twice; which row of each run is the largest is kept on disk in between, so that memory does not grow
    with the file.
    """
    with closing(
        sqlite3.connect("")
    ) as kept:  # a database without a name lives in a temporary file
        kept.execute(f"PRAGMA cache_size = -{CACHE_KB}")
        kept.execute(TABLE)
        kept.executemany(COUNT_IN, _totals(path))
        yield from _runs(path, kept.execute("SELECT line, rows FROM largest ORDER BY line"))


def _totals(path: Path) -> Iterator[tuple[str, float, int]]:
    for line, row in records(path):
        if name := _repeated(row):
            yield name, figure(row["energy_consumed"]) or 0.0, line


def _repeated(row: dict[str, str]) -> str:
    """Identifier by which rows are of one run; empty for a row by itself."""
    return "" if figure(row.get("energy_consumed")) is None else identifier(row)


def _runs(path: Path, largest: Iterator[tuple[int, int]]) -> Iterator[Found]:
    """Go through the rows beside the lines of the largest ones, both in their order."""
    at, rows = next(largest, (0, 0))
    for line, row in records(path):
        if not _repeated(row):
            yield _run(line, row, 1)
        elif line == at:
            yield _run(line, row, rows)
            at, rows = next(largest, (0, 0))


def _run(line: int, row: dict[str, str], rows: int) -> Found:
    try:
        run = run_of(row, line, rows=rows)
    except Unusable as error:
        return Rejected(line=line, why=str(error), remedy="The row is torn or was never finished.")
    if rows == 1:
        return run
    text = f"{rows:,} rows repeat this run with cumulative totals; the largest counts, they are not added up."
    return attrs.evolve(run, notes=(*run.notes, Note(code="cumulative-rows", text=text)))
