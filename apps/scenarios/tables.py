"""Tables that people give in CSV, as files or as text, read whole or refused with what is wrong."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from apps.scenarios.errors import BadInput

MOST_COLUMNS = 5_000
Source = Path | str
"""A file, or the text of a table."""


def named(source: Source) -> str:
    """Return how a message names a table."""
    return str(source) if isinstance(source, Path) else "The table"


def read_table(source: Source, field: str, *, largest_bytes: int, **how: Any) -> pd.DataFrame:
    """Return a CSV as pandas reads it with ``how``; ``field`` is the option or field that gave it.

    Raises
    ------
    BadInput
        For a table that is too large, cannot be read, or is none; and for a text whose rows are not all as long as its header, which pandas
        would read as something else, or is wider than any table here.
    """
    try:
        if _size(source) > largest_bytes:
            msg = f"{named(source)}: larger than {largest_bytes // 10**6} MB."
            raise BadInput(msg, field=field)
        if isinstance(source, str):
            _check_rows(source, field)
        file = source if isinstance(source, Path) else StringIO(source)
        table: pd.DataFrame = pd.read_csv(file, **how)
    except OSError as error:
        msg = f"{named(source)}: cannot be read ({error.strerror})."
        raise BadInput(msg, field=field) from error
    except (
        UnicodeDecodeError,
        pd.errors.ParserError,
        pd.errors.EmptyDataError,
        csv.Error,
    ) as error:
        msg = f"{named(source)}: not a table in CSV ({error})."
        raise BadInput(msg, field=field) from error
    return table


def _check_rows(text: str, field: str) -> None:
    rows = csv.reader(StringIO(text))
    wide = len(next(rows, []))
    if wide > MOST_COLUMNS:
        msg = f"The table has {wide} columns; at most {MOST_COLUMNS} are read."
        raise BadInput(msg, field=field)
    for row in rows:
        if row and len(row) != wide:
            msg = f"Line {rows.line_num}: {len(row)} columns, where the first line has {wide}. Quote texts that hold a comma."
            raise BadInput(msg, field=field)


def _size(source: Source) -> int:
    return source.stat().st_size if isinstance(source, Path) else len(source)
