"""Tables that people give in CSV, as files or as text, read whole or refused with what is wrong."""

from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from apps.scenarios.errors import BadInput

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
        For a table that is too large, cannot be read, or is none.
    """
    try:
        if _size(source) > largest_bytes:
            msg = f"{named(source)}: larger than {largest_bytes // 10**6} MB."
            raise BadInput(msg, field=field)
        file = source if isinstance(source, Path) else StringIO(source)
        table: pd.DataFrame = pd.read_csv(file, **how)
    except OSError as error:
        msg = f"{named(source)}: cannot be read ({error.strerror})."
        raise BadInput(msg, field=field) from error
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        msg = f"{named(source)}: not a table in CSV ({error})."
        raise BadInput(msg, field=field) from error
    return table


def _size(source: Source) -> int:
    return source.stat().st_size if isinstance(source, Path) else len(source)
