"""Opening what strangers upload: text in any encoding, tables and JSON within limits, nothing held that can be streamed."""

import codecs
import csv
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from apps import LONGEST_CELL
from apps.ingest.errors import FileRejected

HEAD_BYTES = 64 * 1024
MOST_JSON_BYTES = 100_000_000
MOST_COLUMNS = 2_000
MOST_DEPTH = 64
LONGEST_LINE = LONGEST_CELL
DELIMITERS = ",;\t|"
LFS = b"version https://git-lfs.github.com/spec/"
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@attrs.frozen(kw_only=True)
class Head:
    """The beginning of a file: what a format is recognised by.

    ``text`` is empty for a folder, whose ``members`` are listed instead, and for what is no text; ``content`` is what
    stands in the file.
    """

    text: str
    is_whole: bool
    members: tuple[str, ...] = ()
    content: bytes = b""

    @property
    def lines(self) -> list[str]:
        """Lines without their ends; the last may be cut."""
        return self.text.splitlines()

    @property
    def columns(self) -> list[str]:
        """Cells of the first line that is not empty, by its most frequent delimiter, lower case, without quotes."""
        first = next((line for line in self.lines if line.strip()), "")
        return [
            cell.strip().lower() for cell in next(csv.reader([first], delimiter=delimiter(first)))
        ]

    @property
    def json(self) -> Any:
        """The document, if the whole of it is in the head and is JSON; else ``None``."""
        try:
            return json.loads(self.text) if self.is_whole else None
        except (ValueError, RecursionError):
            return None


def head_of(path: Path) -> Head:
    """Read the beginning of a file, or list a folder.

    Raises
    ------
    FileRejected
        If it is empty, or a pointer.
    """
    if path.is_dir():
        members = sorted(str(item.relative_to(path)) for item in path.rglob("*"))[:1000]
        return Head(text="", is_whole=True, members=tuple(members))
    with path.open("rb") as file:
        content = file.read(HEAD_BYTES)
    if not content.strip():
        raise FileRejected("The file is empty.")
    if content.startswith(LFS):
        raise FileRejected(
            "It is a pointer of Git LFS, not the file itself.",
            "Run git lfs pull and send it again.",
        )
    if path_is_archive(content):
        return Head(text="", is_whole=False, members=("archive",))
    try:
        decoder = codecs.getincrementaldecoder(encoding_of(content))(errors="replace")
    except FileRejected:
        return Head(text="", is_whole=False, content=content)
    return Head(text=decoder.decode(content), is_whole=len(content) < HEAD_BYTES, content=content)


def path_is_archive(content: bytes) -> bool:
    """Tell a zip, and so an XLSX, by its first bytes."""
    return content.startswith(b"PK\x03\x04")


def encoding_of(content: bytes) -> str:
    """Name the encoding of a text by its mark, else UTF-8, else Latin-1 where bytes are no UTF-8.

    Raises
    ------
    FileRejected
        If it is no text.
    """
    for mark, name in MARKS:
        if content.startswith(mark):
            return name
    if b"\0" in content.rstrip(b"\0\r\n"):  # a logger that was killed leaves NULs at the end
        raise FileRejected("It is no text: it holds NUL bytes.", "Export it as CSV or JSON.")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(content)
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Stream the lines of a text with their numbers, from 1, without their ends; NUL characters are taken out."""
    with path.open("rb") as file:
        name = encoding_of(file.read(HEAD_BYTES))
    with path.open(encoding=name, errors="replace", newline=None) as file:
        number = 0
        while line := file.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE:
                msg = f"Line {number} is longer than {LONGEST_LINE:,} characters."
                raise FileRejected(msg)
            yield number, line.rstrip("\n").replace("\0", "")


def delimiter(first: str) -> str:
    """Most frequent delimiter of a line; a comma where there is none."""
    return max(DELIMITERS, key=lambda mark: (first.count(mark), -DELIMITERS.index(mark)))


def records(
    path: Path, *, names: list[str] | None = None, mark: str = ""
) -> Iterator[tuple[int, dict[str, str]]]:
    """Stream the rows of a table as dictionaries, with the line each begins at; cells are stripped.

    A cell beyond the heading stands under the empty name; one that is missing is absent.

    Raises
    ------
    FileRejected
        Without a heading, with a column named twice, with too many columns, or with a cell without end.
    """
    numbered = lines(path)
    first_number, first = next(((n, text) for n, text in numbered if text.strip()), (0, ""))
    mark = mark or delimiter(first)
    heading = names or _heading(first, mark)
    at = [first_number]

    def counted() -> Iterator[str]:
        if names:
            yield first + "\n"
        for number, text in numbered:
            at[0] = number
            yield text + "\n"

    began = first_number if names else first_number + 1
    try:
        for cells in csv.reader(counted(), delimiter=mark):
            if any(cell.strip() for cell in cells):
                row = {name: cell.strip() for name, cell in zip(heading, cells, strict=False)}
                if len(cells) > len(heading):
                    row[""] = mark.join(cells[len(heading) :])
                yield began, row
            began = at[0] + 1
    except csv.Error as error:
        msg = f"The row of line {began} has a cell longer than {LONGEST_CELL:,} characters."
        raise FileRejected(msg, "Look for a quotation mark that is not closed.") from error


def _heading(first: str, mark: str) -> list[str]:
    heading = [cell.strip() for cell in next(csv.reader([first], delimiter=mark))]
    if len(heading) > MOST_COLUMNS:
        msg = f"It has {len(heading):,} columns; at most {MOST_COLUMNS:,} are read."
        raise FileRejected(msg)
    if twice := sorted({name for name in heading if name and heading.count(name) > 1}):
        msg = f"Two columns are named {twice[0]}."
        raise FileRejected(msg, "Give each a name of its own.")
    return heading


def document(path: Path) -> Any:
    """Read a JSON document; NaN and infinities become ``None``.

    Raises
    ------
    FileRejected
        If it is not JSON, too large or too deep, or names a key twice.
    """
    if path.stat().st_size > MOST_JSON_BYTES:
        msg = f"A JSON document of more than {MOST_JSON_BYTES / 1e6:.0f} MB is not read."
        raise FileRejected(msg)
    return parse(path.read_bytes())


def parse(content: bytes | str) -> Any:
    """Parse JSON as :func:`document` does."""
    text = content if isinstance(content, str) else content.decode(encoding_of(content), "replace")
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=lambda _: None)
    except RecursionError:
        raise FileRejected("It is nested too deeply.") from None
    except ValueError as error:
        msg = f"It is not JSON ({error})."
        raise FileRejected(msg) from None
    _refuse_deep(found)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, _ in pairs if [k for k, _ in pairs].count(key) > 1)
        msg = f"It names the key “{twice[:60]}” twice."
        raise FileRejected(msg, "Keep one of them.")
    return found


def _refuse_deep(found: Any) -> None:
    level = [found]
    for _ in range(MOST_DEPTH):
        level = [
            item
            for value in level
            for item in (value.values() if isinstance(value, dict) else value)
            if isinstance(value, dict | list) and isinstance(item, dict | list)
        ]
        if not level:
            return
    msg = f"It is nested more than {MOST_DEPTH} levels deep."
    raise FileRejected(msg)


def figure(cell: Any) -> float | None:
    """A finite number from a cell; ``None`` for an empty one, NaN and anything that is no number."""
    if isinstance(cell, bool) or cell is None:
        return None
    try:
        value = float(cell)
    except (TypeError, ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None
