"""Tables that people give in CSV, read whole or refused with what is wrong."""

from pathlib import Path
from typing import Any

import pandas as pd

from apps.scenarios.errors import BadInput


def read_table(path: Path, field: str, *, largest_bytes: int, **how: Any) -> pd.DataFrame:
    """Return a CSV as pandas reads it with ``how``; ``field`` is the option that named the file.

    Raises
    ------
    BadInput
        For a file that is too large, cannot be read, or is not a table.
    """
    try:
        if path.stat().st_size > largest_bytes:
            msg = f"{path}: larger than {largest_bytes // 10**6} MB."
            raise BadInput(msg, field=field)
        table: pd.DataFrame = pd.read_csv(path, **how)
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})."
        raise BadInput(msg, field=field) from error
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        msg = f"{path}: not a table in CSV ({error})."
        raise BadInput(msg, field=field) from error
    return table
