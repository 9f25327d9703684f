"""One line of a factor file, whose faulty cells are noted instead of raised."""

import csv
import io
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from apps.factors.errors import Problem

MAX_BYTES = 5_000_000
OLDEST_YEAR = 1990
NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


class Cells:
    """Typed reading of one line; every fault lands in the shared list of problems."""

    def __init__(
        self, file: str, line: int, values: dict[str, str], problems: list[Problem]
    ) -> None:
        self.file, self.line, self.values, self.problems = file, line, values, problems
        self.is_sound = True

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.file}:{self.line}"

    def fault(self, column: str, message: str) -> None:
        """Note what is wrong with a cell."""
        self.is_sound = False
        self.problems.append(Problem(self.file, self.line, column, message))

    def text(self, column: str) -> str:
        return self.values.get(column, "").strip()

    def at_most(self, column: str, longest: int) -> None:
        """Refuse a text that its column has no room for."""
        if len(self.text(column)) > longest:
            self.fault(column, f"is longer than {longest} characters; shorten it, or use the note.")

    def json_object(self, column: str) -> dict[str, Any]:
        """Read a JSON object of finite numbers; an empty cell is an empty one."""
        try:
            found = json.loads(self.text(column) or "{}", parse_constant=_refuse_constant)
        except ValueError:
            found = None
        if isinstance(found, dict):
            return found
        self.fault(column, "is not a JSON object.")
        return {}

    def required(self, column: str) -> str:
        text = self.text(column)
        if not text:
            self.fault(column, "is empty; every row needs it.")
        return text

    def one_of(self, column: str, known: list[str]) -> str:
        text = self.required(column)
        if text and text not in known:
            self.fault(column, f"“{text}” is not one of {', '.join(known)}.")
        return text

    def number(self, column: str) -> float | None:
        text = self.text(column)
        if not text:
            return None
        if "," in text:
            self.fault(column, f"“{text}” has a comma; write a decimal point and no separators.")
            return None
        value = float(text) if NUMBER.fullmatch(text) else math.nan
        if not math.isfinite(value):
            message = f"“{text}” is not a finite number; leave it empty if there is none."
            self.fault(column, message)
            return None
        return value

    def required_number(self, column: str) -> float:
        self.required(column)
        return self.number(column) or 0.0

    def year(self, latest: int) -> int:
        text = self.required("year")
        if not text:
            return 0
        year = int(text) if text.isascii() and text.isdigit() else 0
        if not OLDEST_YEAR <= year <= latest:
            self.fault(
                "year", f"“{text}” is not a year from {OLDEST_YEAR} to {latest}, the release's."
            )
        return year


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def read_lines(
    path: Path,
    columns: tuple[str, ...],
    problems: list[Problem],
    details: tuple[str, ...] = (),
) -> Iterator[Cells]:
    """Lines of a file with exactly these columns, or these and all the details behind them.

    A file that cannot be read is one problem.
    """
    text = _read_text(path, problems)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    if not text or not _has_columns(reader, path, columns, details, problems):
        return
    try:
        for values in reader:
            if None in values or None in values.values():
                message = f"does not have {len(reader.fieldnames or ())} cells."
                problems.append(Problem(path.name, reader.line_num, "", message))
                continue
            yield Cells(path.name, reader.line_num, values, problems)
    except csv.Error as error:
        problems.append(Problem(path.name, reader.line_num, "", f"is not valid CSV: {error}."))


def _has_columns(
    reader: "csv.DictReader[str]",
    path: Path,
    columns: tuple[str, ...],
    details: tuple[str, ...],
    problems: list[Problem],
) -> bool:
    header = tuple(reader.fieldnames or ())
    if header in {columns, columns + details}:
        return True
    more = f", then optionally {', '.join(details)}" if details else ""
    if len(header) == 1 and ";" in header[0]:
        message = (
            "is separated by semicolons; save it with commas between cells and decimal points."
        )
        problems.append(Problem(path.name, 1, "", message))
        return False
    message = f"has the columns {', '.join(header)}; expected {', '.join(columns)}{more}."
    problems.append(Problem(path.name, 1, "", message))
    return False


def _read_text(path: Path, problems: list[Problem]) -> str:
    """The text of a file; empty, with a problem noted, when it cannot be used."""
    fault = ""
    text = ""
    try:
        if path.stat().st_size > MAX_BYTES:
            fault = (
                f"is larger than {MAX_BYTES / 1e6:.0f} MB, the most a factor file may have;"
                " split it by subject."
            )
        else:
            text = path.read_text(encoding="utf-8")
            fault = "" if text.strip() else "is empty."
    except (OSError, UnicodeDecodeError) as error:
        fault = f"cannot be read as UTF-8 text: {error}."
    if text.startswith("\ufeff"):
        fault = "starts with a byte-order mark; save it as UTF-8 without BOM."
    if fault:
        problems.append(Problem(path.name, 0, "", fault))
    return "" if fault else text
