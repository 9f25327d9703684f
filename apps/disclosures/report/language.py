"""The language that a report is set in, and the words of its document in that language.

A document is written in English, whatever its report's language, so that it reads the same everywhere. ``term`` puts the
words that the document draws from a fixed stock into the language of the page; what people wrote stays as they wrote it.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from apps.disclosures.report.vocabulary import SENTENCES

Json = Mapping[str, Any]
ENGLISH, FRENCH = "en", "fr"
TAGS = {ENGLISH: "en-GB", FRENCH: "fr-FR"}
APART = (", ", ": ", " (")


def of(document: Json) -> str:
    """Code of the language that a document's report is set in; documents older than the choice are English."""
    asked = (document.get("disclosure") or {}).get("language")
    return asked if asked in TAGS else ENGLISH


def tag(document: Json) -> str:
    """The same as a language tag of BCP 47: ``en-GB`` or ``fr-FR``."""
    return TAGS[of(document)]


def written(document: Json) -> translation.override:
    """Set what follows in the language of a document's report."""
    return translation.override(of(document))


def term(text: object) -> str:
    """A word of the document in the language of the page; of ``PUE, Dublin`` the part that is no name.

    A text that is safe to print stays so; one that the catalogue does not hold stays as it is.
    """
    said = str(text)
    if (get_language() or ENGLISH).startswith(ENGLISH):
        return text if isinstance(text, str) else said
    found = _found(said)
    if found is None:
        found = _sentence(said) or next(
            (parts for mark in APART if (parts := _parts(said, mark))), said
        )
    return mark_safe(found) if isinstance(text, SafeString) else found  # noqa: S308  # safe words of ours replace safe words


def _sentence(said: str) -> str:
    """The text as one of the sentences with holes; empty where it is none."""
    for sentence, shape in _shapes():
        if match := shape.fullmatch(said):
            return gettext(sentence).format(
                **{key: term(part) for key, part in match.groupdict().items()}
            )
    return ""


@cache
def _shapes() -> list[tuple[str, re.Pattern[str]]]:
    return [
        (sentence, re.compile(re.sub(r"\\{(\w)\\}", r"(?P<\1>.+)", re.escape(sentence))))
        for sentence in SENTENCES
    ]


def _parts(said: str, mark: str) -> str:
    """The text with what the catalogue knows before or after a mark; empty where it knows neither."""
    pieces = said.split(mark)
    for cut in range(len(pieces) - 1, 0, -1):
        head, tail = mark.join(pieces[:cut]), mark.join(pieces[cut:])
        before, after = _found(head), _found(tail)
        if before or after:
            return f"{before or head}{mark}{after or tail}"
    return ""


def _found(said: str) -> str | None:
    """What the catalogue holds for a text, in the case that it is written in."""
    if not said.strip():
        return None
    if (whole := gettext(said)) != said:
        return whole
    capital = said[:1].upper() + said[1:]
    if capital != said and (other := gettext(capital)) != capital:
        return other[:1].lower() + other[1:]
    return None
