"""How commands speak: documents to a file or standard output, errors and progress to standard error."""

import json
import sys
from pathlib import Path

from lca.measure.errors import InvalidRequest, MeasureError


def report_error(error: MeasureError, *, as_json: bool) -> None:
    """Print an error for people, or as a JSON line for programs."""
    if as_json:
        print_line({"error": error.code, "message": str(error)})
    else:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201  the command line speaks here


def print_line(message: dict[str, object]) -> None:
    """Print a JSON line to standard error."""
    print(json.dumps(message), file=sys.stderr, flush=True)  # noqa: T201  the command line speaks here


def say(line: str) -> None:
    """Print a line of progress to standard error."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201  the command line speaks here


def print_document(document: object) -> None:
    """Print JSON to standard output."""
    sys.stdout.write(as_text(document))


def as_text(document: object) -> str:
    """Return indented JSON that ends its line."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def target_of(out: str) -> Path | None:
    """Return where a document goes, found out before minutes are spent on it; ``-`` is standard output."""
    if out == "-":
        return None
    target = Path(out)
    if target.is_dir() or not target.parent.is_dir():
        msg = f"--out is {out}; name a file in a folder that exists."
        raise InvalidRequest(msg)
    return target


def write(document: object, target: Path | None) -> None:
    """Write a document whole or not at all."""
    text = as_text(document)
    if target is None:
        sys.stdout.write(text)
        return
    draft = target.with_name(f".{target.name}.part")
    draft.write_text(text, encoding="utf-8")
    draft.replace(target)
