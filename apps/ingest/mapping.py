"""A mapping of columns as a document: checked, and used like a format."""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from apps.accounts.errors import DomainError
from apps.ingest.errors import FileRejected
from apps.ingest.reading import MOST_COLUMNS, Head, head_of, records
from apps.ingest.record import Found
from apps.ingest.tables import TEXTS, TIMES, UNITS, Column, Layout, runs

NAME = "plain_csv"  # the same rows, read by their own names or by these, are the same runs
TITLE = "Table, by columns that somebody named"
FIELDS = {
    "name": "Name of the run",
    "external_id": "Its identifier",
    "started_at": "Start",
    "ended_at": "End",
    "energy_kwh": "Energy",
    "gpu_hours": "GPU-hours",
    "gpu_count": "Number of GPUs",
    "duration_s": "Duration",
    "outcome": "How it ended",
    "gpu_model": "GPU model",
    "emissions_kg": "Emissions claimed",
    "pue_inside": "PUE that is in the energy",
    "country": "Country (three letters)",
    "region": "Region",
}
DECIMALS = {".": "point: 1,500.25", ",": "comma: 1.500,25"}
DATES = {
    "ymd": "year first: 2026-03-01 12:00",
    "dmy": "day first: 1.3.2026 or 01/03/2026",
    "mdy": "month first: 3/1/2026",
    "epoch": "seconds since 1970",
}
NEEDED = ("energy_kwh", "gpu_hours", "duration_s")
LONGEST = 200


class MappingWrong(DomainError):
    """A mapping that says nothing usable."""

    code = "mapping_wrong"


def checked(document: Any) -> dict[str, Any]:
    """A mapping as it is kept: ``columns`` (field to name and unit), ``decimal``, ``dates``, ``zone``.

    Raises
    ------
    MappingWrong
        With the field at fault.
    """
    if not isinstance(document, dict) or not isinstance(document.get("columns"), dict):
        raise MappingWrong("A mapping is an object with “columns”.", field="columns")
    if unknown := set(document) - {"columns", "decimal", "dates", "zone"}:
        msg = f"A mapping has no “{min(map(str, unknown))[:40]}”."
        raise MappingWrong(msg)
    columns = {field: _column(field, given) for field, given in document["columns"].items()}
    if not set(columns) & set(NEEDED):
        msg = "Name the column of the energy, of the GPU-hours, or of the duration with that of the number of GPUs."
        raise MappingWrong(msg, field="columns")
    return {
        "columns": columns,
        "decimal": _one_of(document, "decimal", DECIMALS, "."),
        "dates": _one_of(document, "dates", DATES, "ymd"),
        "zone": _zone(document.get("zone", "UTC")),
    }


def _column(field: str, given: Any) -> dict[str, str]:
    if field not in FIELDS:
        msg = f"“{str(field)[:40]}” is no field. Fields are: {', '.join(FIELDS)}."
        raise MappingWrong(msg, field="columns")
    named = {"column": given} if isinstance(given, str) else given
    column = named.get("column") if isinstance(named, dict) else None
    if not isinstance(column, str) or not column.strip() or len(column) > LONGEST:
        msg = f"Name the column of “{FIELDS[field]}” in at most {LONGEST} characters."
        raise MappingWrong(msg, field="columns")
    units = UNITS.get(field, {"": 1})
    unit = named.get("unit", next(iter(units)))
    if unit not in units:
        msg = f"“{str(unit)[:20]}” is no unit of “{FIELDS[field]}”; known are {', '.join(units)}."
        raise MappingWrong(msg, field="columns")
    return {"column": column.strip(), "unit": unit}


def _one_of(document: Mapping[str, Any], name: str, known: Mapping[str, str], usual: str) -> str:
    value = document.get(name, usual)
    if value not in known:
        msg = f"“{str(value)[:20]}” is no {name}; known are {', '.join(known)}."
        raise MappingWrong(msg, field=name)
    return str(value)


def _zone(name: Any) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError, TypeError):
        msg = f"“{str(name)[:40]}” is not a time zone. Write it like Europe/Paris or UTC."
        raise MappingWrong(msg, field="zone") from None


@attrs.define(kw_only=True)  # not frozen: the protocol of importers names variables
class MappedTable:
    """A mapping with the shape of an importer."""

    document: Mapping[str, Any]
    NAME: str = NAME
    TITLE: str = TITLE

    def score(self, head: Head) -> float:
        """Tell whether the file has every column that is named."""
        return float(not self._lacks(head))

    def demand(self, path: Path) -> None:
        """Refuse a file that lacks a column.

        Raises
        ------
        FileRejected
            With the columns that are not in the heading.
        """
        if lacks := self._lacks(head_of(path)):
            msg = f"The table has no column named {', '.join(lacks)}."
            raise FileRejected(msg, "Choose other columns, or send the file that they are of.")

    def read(self, path: Path) -> Iterator[Found]:
        """Stream one run a row."""
        self.demand(path)
        yield from runs(path, self._layout())

    def _lacks(self, head: Head) -> list[str]:
        known = set(head.columns)
        return [
            item["column"]
            for item in self.document["columns"].values()
            if item["column"].lower() not in known
        ]

    def _layout(self) -> Layout:
        columns: dict[str, dict[str, str]] = self.document["columns"]
        names = {field: item["column"].lower() for field, item in columns.items()}
        return Layout(
            texts={field: names[field] for field in TEXTS if field in names},
            times={field: names[field] for field in TIMES if field in names},
            numbers={
                field: Column(
                    name=names[field],
                    scale=UNITS[field][columns[field]["unit"]],
                    title=columns[field]["column"],
                )
                for field in UNITS
                if field in names
            },
            outcome=names.get("outcome", ""),
            decimal=self.document["decimal"],
            dates=self.document["dates"],
            zone=self.document["zone"],
        )


def sample(path: Path, n: int = 5) -> tuple[list[str], list[list[str]]]:
    """Heading and first rows of a table, to choose columns by.

    Raises
    ------
    FileRejected
        If it is none.
    """
    rows = list(islice(records(path), n))
    head = [name for name in (rows[0][1] if rows else {}) if name][:MOST_COLUMNS]
    if len(head) < 2:  # noqa: PLR2004  a table has two columns
        raise FileRejected("It is no table with a heading and rows.")
    return head, [[row.get(name, "")[:80] for name in head] for _, row in rows]
