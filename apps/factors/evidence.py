"""Evidence files: what is taken, told by content and never by the name or type that was sent."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import IO, NamedTuple
from unicodedata import category

from apps.accounts.errors import DomainError

MAX_BYTES = 5_000_000
LONGEST_NAME = 120
MARKUP = (b"<!", b"<?", b"<html", b"<svg", b"<script", b"<head", b"<body")


class EvidenceRefused(DomainError):
    """The file cannot be kept as evidence."""

    code = "evidence_refused"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="evidence")


class Evidence(NamedTuple):
    """A file that was looked at: its bytes, and what they are."""

    content: bytes
    name: str
    type: str
    sha256: str


class Kind(NamedTuple):
    """A kind of file, and how its content shows it."""

    type: str
    suffix: str
    shows: Callable[[bytes], bool]


def _is_workbook(content: bytes) -> bool:
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    has_macros = any(name.endswith("vbaProject.bin") for name in names)
    return {"[Content_Types].xml", "xl/workbook.xml"} <= names and not has_macros


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return not start.startswith(MARKUP) and not any(
        category(c) == "Cc" and c not in "\t\r\n\f" for c in text
    )


KINDS = (
    Kind("application/pdf", ".pdf", lambda content: content.startswith(b"%PDF-")),
    Kind("image/png", ".png", lambda content: content.startswith(b"\x89PNG\r\n\x1a\n")),
    Kind("image/jpeg", ".jpg", lambda content: content.startswith(b"\xff\xd8\xff")),
    Kind(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", _is_workbook
    ),
    Kind("text/plain", ".txt", _is_text),
)
TEXTS = {".csv", ".tsv", ".json", ".md", ".txt", ".yaml"}


def examine(file: IO[bytes], name: str) -> Evidence:
    """Read a file that somebody sent; raises ``EvidenceRefused`` for what is too large or not known."""
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        msg = f"The file is larger than {MAX_BYTES / 1e6:.0f} MB. Send the pages that show the number."
        raise EvidenceRefused(msg)
    if not content.strip():
        raise EvidenceRefused("The file is empty.")
    kind = next((kind for kind in KINDS if kind.shows(content)), None)
    if kind is None:
        msg = "Evidence is a PDF, PNG, JPEG, a workbook (.xlsx without macros) or plain text; this file is none of them, whatever its name says."
        raise EvidenceRefused(msg)
    return Evidence(content, _safe(name, kind), kind.type, hashlib.sha256(content).hexdigest())


def _safe(name: str, kind: Kind) -> str:
    """Keep the last part of a name, of plain characters, ending as the content says."""
    path = PurePosixPath(name.replace("\\", "/"))
    stem = "".join(c if c.isalnum() or c in " ._-" else "_" for c in path.stem).strip(" .")
    suffix = path.suffix.lower()
    keeps = suffix == kind.suffix or (kind.suffix == ".txt" and suffix in TEXTS)
    return f"{stem[: LONGEST_NAME - 8] or 'evidence'}{suffix if keeps else kind.suffix}"
