"""Formats that can be read, one module each, found by being in this folder.

A module has ``NAME`` (stable, in addresses and commands), ``TITLE`` (for readers), ``score(head)`` (0 to 1: how sure it
is by content that a file is of its format; 0 means no) and ``read(path)``, which streams what it finds.
"""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from apps.ingest.errors import FileRejected
from apps.ingest.reading import Head, encoding_of, head_of
from apps.ingest.record import Found


class Importer(Protocol):
    """The shape of a module of this folder."""

    NAME: str
    TITLE: str

    def score(self, head: Head) -> float:
        """Tell from a file's beginning how sure it is that the format is this one, 0 to 1."""
        ...

    def read(self, path: Path) -> Iterator[Found]:
        """Stream the runs and refused rows of a file."""
        ...


@cache
def importers() -> dict[str, Importer]:
    """Every format by name."""
    modules = (
        cast("Importer", import_module(f"{__name__}.{item.name}"))
        for item in pkgutil.iter_modules(__path__)
        if not item.name.startswith("_")
    )
    return {module.NAME: module for module in modules}


def detect(path: Path) -> Importer:
    """Find the format of a file by its content.

    Raises
    ------
    FileRejected
        If no format, or more than one, fits.
    """
    head = head_of(path)
    scores = sorted(
        ((module.score(head), name) for name, module in importers().items()), reverse=True
    )
    (best, name), (second, rival) = scores[0], scores[1] if len(scores) > 1 else (0.0, "")
    if best <= 0:
        encoding_of(head.content)  # what is no text says so
        known = ", ".join(sorted(module.TITLE for module in importers().values()))
        raise FileRejected(
            "The content is of no format that is known here.", f"Known are: {known}."
        )
    if best == second:
        msg = f"It could be {importers()[name].TITLE} or {importers()[rival].TITLE}."
        raise FileRejected(
            msg,
            "Name its format.",
        )
    return importers()[name]
