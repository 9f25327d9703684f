"""A workbook whose trace computes every line of the inventory from its parameters, by formulas that stay alive."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from apps.disclosures.exports import arithmetic
from apps.disclosures.exports.archive import packed
from apps.disclosures.exports.facts import Facts
from apps.disclosures.exports.formats import tables
from lca.engine import Category

NAME = "workbook.xlsx"
TITLE = "Workbook with a live calculation trace"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IS_PUBLIC = True
LONGEST = 32_000
WIDTHS = {"A": 46, "B": 34}
VALUE_COLUMN = "D"


def missing(_document: Mapping[str, Any]) -> str:
    return ""


def make(facts: Facts) -> bytes:
    """Sheets About, Results, Parameters, Trace and Sources."""
    book = Workbook(write_only=True)
    fixed = datetime.fromisoformat(facts.meta["frozen_at"]).replace(tzinfo=None)
    _sheet(book, "About", ("Name", "Value"), _about(facts))
    _sheet(
        book,
        "Results",
        ("Scope", "Key", "Indicator", *tables.STATISTICS),
        tables.results(facts.document),
    )
    cells = _parameters(book, facts)
    _trace(book, facts, cells)
    _sheet(
        book,
        "Sources",
        ("Source", "Address", "Licence", "Number"),
        (
            (row["text"], row.get("url", ""), row.get("licence", ""), row["number"])
            for row in facts.document["sources"]
        ),
    )
    book.properties.creator = facts.publisher[:200]
    book.properties.title = facts.meta["title"][:200]
    book.properties.created = book.properties.modified = fixed
    made = io.BytesIO()
    book.save(made)
    return _dated(made.getvalue(), fixed)


def _dated(content: bytes, moment: datetime) -> bytes:
    """Put the date back that saving replaced by the present, and take those of the archive out."""
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    core = "docProps/core.xml"
    files[core] = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, files[core])
    return packed(files)


def _about(facts: Facts) -> Iterable[tuple[Any, ...]]:
    yield from facts.identity().items()
    yield ("publisher", facts.publisher)
    yield ("system", facts.system["name"])
    yield ("functional_unit", facts.scope["functional_unit"])
    yield (
        "trace",
        "Sheet Trace computes deterministic values; intervals come from draws and are in Results.",
    )


def _parameters(book: Workbook, facts: Facts) -> dict[str, str]:
    """Sheet of parameters, derived ones as formulas; returns the cell of each."""
    inventory = facts.document["inventory"]
    cells: dict[str, str] = {}
    rows: list[tuple[Any, ...]] = []
    for row in inventory["parameters"]:
        cells[row["name"]] = f"Parameters!${VALUE_COLUMN}${len(rows) + 2}"
        rows.append(
            (
                row["name"],
                row["label"],
                row["unit"],
                row["value"],
                row["provenance"],
                row["source"] or row["evidence"],
            )
        )
    for row in arithmetic.in_order(inventory["derived"], cells):
        formula = _Formula(arithmetic.derived(row, cells).replace("exp(", "EXP("))
        cells[row["name"]] = f"Parameters!${VALUE_COLUMN}${len(rows) + 2}"
        rows.append((row["name"], row["label"], row["unit"], formula, "derived", row["function"]))
    _sheet(book, "Parameters", ("Name", "Label", "Unit", "Value", "Provenance", "Source"), rows)
    return cells


class _Formula(str):
    """Text that a cell computes; every other text is only shown."""

    __slots__ = ()


def _trace(book: Workbook, facts: Facts, cells: Mapping[str, str]) -> None:
    """One row for each flow: its amount, and each impact as amount times factors."""
    flows = facts.document["inventory"]["flows"]
    used = {key for flow in flows for key in flow["factors"]}
    keys = [category.value for category in Category if category.value in used]
    heading = (
        "Flow",
        "Process",
        "Stage",
        "Component",
        "Amount",
        "Unit",
        *(f"{key}, {Category(key).unit}" for key in keys),
    )
    last, known = len(flows) + 1, arithmetic.constants(facts)
    rows = [
        _flow(flow, number, keys, cells, known[flow["name"]])
        for number, flow in enumerate(flows, start=2)
    ]
    sums = [_Formula(f"SUM({_letter(7 + n)}2:{_letter(7 + n)}{last})") for n in range(len(keys))]
    _sheet(book, "Trace", heading, [*rows, ("Total", "", "", "", "", "", *sums)])


def _letter(column: int) -> str:
    return get_column_letter(column)


def _flow(
    flow: Mapping[str, Any],
    number: int,
    keys: list[str],
    cells: Mapping[str, str],
    known: arithmetic.Constants,
) -> tuple[Any, ...]:
    amount = _Formula(arithmetic.product(known.amount, flow["terms"], cells))
    impacts = [
        _Formula(
            f"$E{number} * " + arithmetic.product(known.impacts[key], flow["factors"][key], cells)
        )
        if key in flow["factors"]
        else ""
        for key in keys
    ]
    return (
        flow["label"],
        flow["process"],
        flow["stage"],
        flow["component"],
        amount,
        flow["unit"],
        *impacts,
    )


def _sheet(
    book: Workbook, title: str, heading: Iterable[str], rows: Iterable[Iterable[Any]]
) -> None:
    sheet = book.create_sheet(title)
    for column, width in WIDTHS.items():
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, name, bold=True) for name in heading])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    """A cell; text is text, whatever it begins with."""
    if isinstance(value, _Formula):
        return WriteOnlyCell(sheet, value=f"={value}")
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value=value)
    cell = WriteOnlyCell(sheet, value="")
    cell.value = "".join(c for c in value[:LONGEST] if c.isprintable() or c in "\n\t")
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
