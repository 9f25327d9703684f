"""A folder of factor files, read whole or refused whole with every fault."""

import json
import re
import tomllib
from datetime import date
from pathlib import Path

from apps.factors.errors import FactorFilesRejected, Problem
from apps.factors.indicators import Kind
from apps.factors.models import Factor, Source
from apps.factors.tables.cells import Cells, read_lines
from apps.factors.tables.checks import check_spread, collisions, in_library_units
from apps.factors.tables.rows import (
    ENTRY_COLUMNS,
    FACTOR_COLUMNS,
    SOURCE_COLUMNS,
    EntryRow,
    FactorRow,
    SourceRow,
    Tables,
)

KEY = re.compile(r"[-A-Za-z0-9_]{1,80}")


def read_tables(folder: Path) -> Tables:
    """Read and check ``release.toml``, ``sources.csv``, ``entries.csv`` and every other CSV as factors."""
    problems: list[Problem] = []
    label, published_on = _read_release(folder / "release.toml", problems)
    latest = published_on.year
    sources = [
        row
        for cells in read_lines(folder / "sources.csv", SOURCE_COLUMNS, problems)
        if (row := _source(cells, latest))
    ]
    entries = [
        entry
        for cells in read_lines(folder / "entries.csv", ENTRY_COLUMNS, problems)
        if (entry := _entry(cells))
    ]
    keys = {row.key for row in sources}, {(row.kind, row.key) for row in entries}
    tables = Tables(
        label, published_on, sources, entries, _factors(folder, latest, *keys, problems)
    )
    problems += collisions(tables)
    if problems:
        raise FactorFilesRejected(problems)
    return tables


def _read_release(path: Path, problems: list[Problem]) -> tuple[str, date]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(Problem(path.name, 0, "", f"cannot be read: {error}."))
        return "", date.max
    label, published_on = document.get("label"), document.get("published_on")
    if not isinstance(label, str) or not label.strip() or type(published_on) is not date:
        message = 'needs label = "2026.11" and published_on = 2026-11-23.'
        problems.append(Problem(path.name, 0, "", message))
        return "", date.max
    return label.strip(), published_on


def _factors(
    folder: Path,
    latest: int,
    sources: set[str],
    entries: set[tuple[str, str]],
    problems: list[Problem],
) -> list[FactorRow]:
    files = [path for path in folder.glob("*.csv") if path.stem not in {"sources", "entries"}]
    return [
        row
        for path in sorted(files)
        for cells in read_lines(path, FACTOR_COLUMNS, problems)
        if (row := _factor(cells, latest, sources, entries))
    ]


def _source(cells: Cells, latest: int) -> SourceRow | None:
    row = SourceRow(
        key=cells.required("key"),
        citation=cells.required("citation"),
        url=cells.text("url"),
        licence=cells.required("licence"),
        year=cells.year(latest),
        retrieval=cells.one_of("retrieval", Source.Retrieval.values),
    )
    _check_key(cells, row.key)
    if row.url and not row.url.startswith(("https://", "http://")):
        cells.fault("url", f"“{row.url}” is not an http address; leave it empty if there is none.")
    return row if cells.is_sound else None


def _entry(cells: Cells) -> EntryRow | None:
    kind, key = cells.one_of("kind", Kind.values), cells.required("key")
    name = cells.required("name")
    _check_key(cells, key)
    try:
        attributes = json.loads(cells.text("attributes") or "{}")
    except json.JSONDecodeError:
        attributes = None
    if not isinstance(attributes, dict):
        cells.fault("attributes", "is not a JSON object.")
    return EntryRow(kind, key, name, attributes) if cells.is_sound else None


def _check_key(cells: Cells, key: str) -> None:
    if key and not KEY.fullmatch(key):
        cells.fault("key", f"“{key}” may hold letters, digits, - and _ only, at most 80 of them.")


def _factor(
    cells: Cells, latest: int, sources: set[str], entries: set[tuple[str, str]]
) -> FactorRow | None:
    row = FactorRow(
        kind=cells.one_of("kind", Kind.values),
        key=cells.required("key"),
        indicator=cells.required("indicator"),
        value=cells.required_number("value"),
        low=cells.number("low"),
        high=cells.number("high"),
        gsd=cells.number("gsd"),
        distribution=cells.one_of("distribution", Factor.Distribution.values),
        unit=cells.required("unit"),
        scope=cells.text("scope"),
        year=cells.year(latest),
        retrieval=cells.one_of("retrieval", Source.Retrieval.values),
        source=cells.required("source"),
        chosen=cells.one_of("chosen", ["yes", "no"]) == "yes",
        note=cells.text("note"),
    )
    if row.source and row.source not in sources:
        cells.fault("source", f"“{row.source}” is not in sources.csv.")
    if cells.is_sound and (row.kind, row.key) not in entries:
        cells.fault("key", f"{row.kind} “{row.key}” is not in entries.csv.")
    row = in_library_units(cells, row)
    if cells.is_sound:
        check_spread(cells, row)
    return row if cells.is_sound else None
