"""The compact notation for many rows: columns between bars, the first one the name of the row."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

Cells: TypeAlias = Mapping[str, str]
NOT_PRINTED = {"", "-", "–"}


def read_table(text: str) -> Iterator[tuple[str, Cells]]:
    """Name of each row and its cells by column; cells that say nothing are left out.

    Raises
    ------
    ValueError
        With the line at fault and what is wrong with it.
    """
    lines = [_cells(line) for line in text.splitlines() if line.strip(" |-:")]
    if len(lines) < 2:  # noqa: PLR2004 - a head and a row
        message = "the table needs a line of column names and at least one row"
        raise ValueError(message)
    head, names = lines[0], set[str]()
    if len(set(head)) < len(head):
        message = "two columns of the table share a name"
        raise ValueError(message)
    for number, line in enumerate(lines[1:], start=1):
        if len(line) != len(head):
            message = (
                f"row {number} ({line[0]}) has {len(line)} cells where the head has {len(head)}"
            )
            raise ValueError(message)
        if not line[0] or line[0] in names:
            message = f"row {number} needs a name of its own, not “{line[0]}”"
            raise ValueError(message)
        names.add(line[0])
        cells = dict(zip(head[1:], line[1:], strict=True))
        yield line[0], {key: cell for key, cell in cells.items() if cell not in NOT_PRINTED}


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
