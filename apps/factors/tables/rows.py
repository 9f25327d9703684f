"""The rows of the library's files, as values."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

SOURCE_COLUMNS = ("key", "citation", "url", "licence", "year", "retrieval")
SOURCE_DETAILS = ("title", "publisher", "edition", "locator")
ENTRY_COLUMNS = ("kind", "key", "name", "attributes")
FACTOR_COLUMNS = (
    *("kind", "key", "indicator", "value", "low", "high", "gsd", "distribution", "unit"),
    *("scope", "year", "retrieval", "source", "chosen", "note"),
)
FACTOR_DETAILS = ("geography", "technology", "method", "pedigree")


@dataclass(frozen=True, slots=True)
class SourceRow:
    key: str
    citation: str
    url: str
    licence: str
    year: int
    retrieval: str
    title: str = ""
    publisher: str = ""
    edition: str = ""
    locator: str = ""


@dataclass(frozen=True, slots=True)
class EntryRow:
    kind: str
    key: str
    name: str
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRow:
    kind: str
    key: str
    indicator: str
    value: float
    low: float | None
    high: float | None
    gsd: float | None
    distribution: str
    unit: str
    scope: str
    year: int
    retrieval: str
    source: str
    chosen: bool
    note: str
    geography: str = ""
    technology: str = ""
    method: str = ""
    pedigree: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tables:
    """A whole library, checked."""

    label: str
    published_on: date
    sources: list[SourceRow] = field(default_factory=list)
    entries: list[EntryRow] = field(default_factory=list)
    factors: list[FactorRow] = field(default_factory=list)

    @property
    def sha256(self) -> str:
        """Hash of the content, whatever the order of rows and files."""
        content = [
            sorted(map(_canonical, table)) for table in (self.sources, self.entries, self.factors)
        ]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def _canonical(row: SourceRow | EntryRow | FactorRow) -> str:
    return json.dumps(asdict(row), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
