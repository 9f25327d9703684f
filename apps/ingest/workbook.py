"""Workbooks of spreadsheets: each sheet as a table of text, as its cells were last computed."""

import csv
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from apps.ingest.errors import FileRejected

MOST_ROWS = 1_048_576
MOST_COLUMNS = 2_000
MOST_SHEETS = 50
UNKNOWN = "(formula without a stored value)"


def sheets(path: Path, folder: Path) -> None:
    """Write the sheets of a workbook into a folder, as CSV in UTF-8; empty ones are left out.

    Raises
    ------
    FileRejected
        If it cannot be read as a workbook or has too many sheets.
    """
    from openpyxl import load_workbook

    with path.open("rb") as first, path.open("rb") as second:  # it judges paths by their ending
        try:
            computed = load_workbook(first, read_only=True, data_only=True)
            written = load_workbook(second, read_only=True, data_only=False)
            _refuse_many(computed.sheetnames)
            for place, name in enumerate(computed.sheetnames):
                target = folder / f"{place + 1} {_plain(name)}.sheet.csv"
                _write(computed[name], written[name], target)
        except FileRejected:
            raise
        except Exception as error:  # noqa: BLE001  the library raises whatever it stumbles on in a damaged file
            msg = f"The workbook cannot be opened ({type(error).__name__}: {str(error)[:100]})."
            raise FileRejected(msg, "Save it again as .xlsx, or export it as CSV.") from None


def _refuse_many(names: list[str]) -> None:
    if len(names) > MOST_SHEETS:
        msg = f"The workbook has {len(names)} sheets; at most {MOST_SHEETS} are read."
        raise FileRejected(msg, "Send those that hold runs.")


def _plain(name: str) -> str:
    return "".join(c if c.isalnum() or c in " -_" else "_" for c in name)[:60]


def _write(computed: Any, written: Any, target: Path) -> None:
    """Write one sheet; the heading is its first row that is not empty."""
    rows = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for values, formulas in zip_longest(
            computed.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1),
            written.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1),
            fillvalue=(),
        ):
            cells = [_text(*pair) for pair in zip_longest(values, formulas)]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                writer.writerow(cells)
                rows += 1
    if not rows:
        target.unlink()


def _text(value: Any, formula: Any) -> str:
    if value is None:
        return UNKNOWN if isinstance(formula, str) and formula.startswith("=") else ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)
