"""A folder of factor files, read whole or refused whole with every fault."""

import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

from apps.factors.errors import FactorFilesRejected, Problem
from apps.factors.indicators import Kind
from apps.factors.models import Factor, Source
from apps.factors.tables import pedigree
from apps.factors.tables.cells import Cells, read_lines
from apps.factors.tables.checks import Uniqueness, check_spread, in_library_units
from apps.factors.tables.rows import (
    ENTRY_COLUMNS,
    FACTOR_COLUMNS,
    FACTOR_DETAILS,
    SOURCE_COLUMNS,
    SOURCE_DETAILS,
    EntryRow,
    FactorRow,
    SourceRow,
    Tables,
)

KEY = re.compile(r"[-A-Za-z0-9_]{1,80}")
LONGEST = {"geography": 80, "technology": 120, "method": 200, "scope": 200, "unit": 40}


def read_tables(folder: Path) -> Tables:
    """Read and check ``release.toml``, ``sources.csv``, ``entries.csv`` and every other CSV as factors."""
    problems: list[Problem] = []
    label, published_on = _read_release(folder / "release.toml", problems)
    seen = Uniqueness(problems)
    sources = _sources(folder, published_on.year, seen)
    entries = _entries(folder, seen)
    factors = _factors(folder, published_on.year, sources, entries, seen)
    seen.demand_one_chosen()
    if problems:
        raise FactorFilesRejected(problems)
    return Tables(label, published_on, sources, entries, factors)


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


def _sources(folder: Path, latest: int, seen: Uniqueness) -> list[SourceRow]:
    path, found = folder / "sources.csv", []
    for cells in read_lines(path, SOURCE_COLUMNS, seen.problems, SOURCE_DETAILS):
        row = _source(cells, latest)
        seen.once(cells, (row.key,))
        if cells.is_sound:
            found.append(row)
    return found


def _entries(folder: Path, seen: Uniqueness) -> list[EntryRow]:
    path, found = folder / "entries.csv", []
    for cells in read_lines(path, ENTRY_COLUMNS, seen.problems):
        row = _entry(cells)
        seen.once(cells, (row.kind, row.key))
        if cells.is_sound:
            found.append(row)
    return found


def _factors(
    folder: Path,
    latest: int,
    sources: list[SourceRow],
    entries: list[EntryRow],
    seen: Uniqueness,
) -> list[FactorRow]:
    known_sources = {row.key for row in sources}
    known_entries = {(row.kind, row.key) for row in entries}
    parents = {row.key: row.attributes.get("parent", "") for row in entries}
    files = [path for path in folder.glob("*.csv") if path.stem not in {"sources", "entries"}]
    found = []
    for path in sorted(files):
        for cells in read_lines(path, FACTOR_COLUMNS, seen.problems, FACTOR_DETAILS):
            row = _factor(cells, latest, known_sources, known_entries)
            seen.factor(cells, row)
            if cells.is_sound:
                found.append(replace(row, pedigree=pedigree.scored(row, latest, parents)))
    return found


def _source(cells: Cells, latest: int) -> SourceRow:
    row = SourceRow(
        key=cells.required("key"),
        citation=cells.required("citation"),
        url=cells.text("url"),
        licence=cells.required("licence"),
        year=cells.year(latest),
        retrieval=cells.one_of("retrieval", Source.Retrieval.values),
        **{name: cells.text(name) for name in SOURCE_DETAILS},
    )
    _check_key(cells, row.key)
    if row.url and not row.url.startswith(("https://", "http://")):
        cells.fault("url", f"“{row.url}” is not an http address; leave it empty if there is none.")
    return row


def _entry(cells: Cells) -> EntryRow:
    kind, key = cells.one_of("kind", Kind.values), cells.required("key")
    name = cells.required("name")
    _check_key(cells, key)
    return EntryRow(kind, key, name, cells.json_object("attributes"))


def _check_key(cells: Cells, key: str) -> None:
    if key and not KEY.fullmatch(key):
        cells.fault("key", f"“{key}” may hold letters, digits, - and _ only, at most 80 of them.")


def _factor(
    cells: Cells, latest: int, sources: set[str], entries: set[tuple[str, str]]
) -> FactorRow:
    for column, longest in LONGEST.items():
        cells.at_most(column, longest)
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
        geography=cells.text("geography"),
        technology=cells.text("technology"),
        method=cells.text("method"),
        pedigree=pedigree.stated(cells),
    )
    return _checked(cells, row, sources, entries)


def _checked(
    cells: Cells, row: FactorRow, sources: set[str], entries: set[tuple[str, str]]
) -> FactorRow:
    if row.source and row.source not in sources:
        cells.fault("source", f"“{row.source}” is not in sources.csv; add it there, or correct it.")
    if cells.is_sound and (row.kind, row.key) not in entries:
        message = f"{row.kind} “{row.key}” is not in entries.csv; add it there, or correct it."
        cells.fault("key", message)
    row = in_library_units(cells, row)
    if cells.is_sound:
        check_spread(cells, row)
    return row
