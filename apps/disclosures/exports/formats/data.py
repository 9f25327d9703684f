"""The canonical JSON itself; a report's other files are all derived from it."""

from collections.abc import Mapping
from typing import Any

from apps.disclosures import canonical
from apps.disclosures.exports.facts import Facts

NAME = "report.json"
TITLE = "Canonical JSON, ai-footprint-disclosure/1.0"
MEDIA_TYPE = "application/json"
IS_PUBLIC = True


def missing(_document: Mapping[str, Any]) -> str:
    return ""


def make(facts: Facts) -> bytes:
    """The canonical bytes."""
    return canonical.canonical(facts.document)
