"""The structure of a report's pages, read back from the HTML that the PDF is set from."""

from collections.abc import Mapping
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from typing import Any

import attrs

from apps.disclosures import canonical
from apps.disclosures.report import language, wording

Json = Mapping[str, Any]
HEADINGS = {f"h{level}": level for level in range(1, 7)}
FEWEST_WORDS = 5


@attrs.frozen
class Structure:
    """What is wrong with headings, charts and tables; empty where nothing is."""

    headings: str
    charts: str
    tables: str
    text: str
    cover: str


class _Reader(HTMLParser):
    """Collects headings, tables, drawings and text."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.lang = ""
        self.title = ""
        self.tables: list[dict[str, bool]] = []
        self.charts: list[str] = []
        self.text: list[str] = []
        self.cover: list[str] = []
        self._open: list[str] = []
        self._in_cover = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._open.append(tag)
        if tag == "html":
            self.lang = given.get("lang") or ""
        elif tag in HEADINGS:
            self.levels.append(HEADINGS[tag])
        elif tag == "table":
            self.tables.append({"caption": False, "th": False})
        elif tag in {"caption", "th"} and self.tables:
            self.tables[-1][tag] = True
        elif tag == "svg" and given.get("role") == "img":
            self.charts.append("")
        elif tag == "header":
            self._in_cover = "cover" in (given.get("class") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "header":
            self._in_cover = False
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        inside = self._open[-1] if self._open else ""
        if inside == "title" and "svg" in self._open:
            if self.charts:
                self.charts[-1] += data
        elif inside == "title":
            self.title += data
        elif inside not in {"style", "script"}:
            self.text.append(data)
            if self._in_cover:
                self.cover.append(data)


def of(document: Json) -> Structure:
    """Structure of a document's report."""
    return _of(canonical.canonical(document))


@lru_cache(maxsize=4)
def _of(content: bytes) -> Structure:
    from apps.disclosures.report.pdf import html_of

    reader = _Reader()
    reader.feed(html_of(content))
    bare = sum(not (table["caption"] and table["th"]) for table in reader.tables)
    mute = sum(len(words.split()) < FEWEST_WORDS for words in reader.charts)
    return Structure(
        headings=_headings(reader),
        charts=f"{mute} charts have no words." if mute else "",
        tables=f"{bare} tables have no caption or no header cell." if bare else "",
        text=_flat(reader.text),
        cover=_flat(reader.cover),
    )


def _headings(reader: _Reader) -> str:
    if not reader.lang or not reader.title.strip():
        return "The language or the title is missing."
    if reader.levels.count(1) != 1:
        return "There is not just one main heading."
    skips = any(
        after > before + 1 for before, after in zip(reader.levels, reader.levels[1:], strict=False)
    )
    return "A level of heading is skipped." if skips else ""


def _flat(parts: list[str]) -> str:
    return " ".join(unescape(" ".join(parts)).split())


def missing_from_cover(document: Json) -> str:
    """Whether the statement of review is on the first page."""
    with language.written(document):
        statement = " ".join(wording.statement(document).split())
    return "" if statement in of(document).cover else "The statement of review is not on the cover."


def missing_sentences(document: Json) -> str:
    """Which fixed sentence the report lacks."""
    text = of(document).text
    with language.written(document):
        sentences = wording.sentences(document)
    missing = [key for key, row in sentences.items() if " ".join(row["text"].split()) not in text]
    return f"Missing from the report: {', '.join(missing)}." if missing else ""
