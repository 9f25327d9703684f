"""The formats there are, and making a file of one."""

import importlib
import json
import pkgutil
from collections.abc import Mapping
from functools import lru_cache
from types import ModuleType
from typing import Any

import attrs

from apps.disclosures.exports import formats as folder
from apps.disclosures.exports.facts import Facts

Json = Mapping[str, Any]
OTHERS = {"report.pdf": "application/pdf", "summary.pdf": "application/pdf"}


@attrs.frozen(kw_only=True)
class Format:
    """One format as a page lists it; ``missing`` says why a document gives no such file."""

    name: str
    title: str
    media_type: str
    is_public: bool
    missing: str


@lru_cache
def formats() -> dict[str, ModuleType]:
    """Modules of the formats by the name of their file."""
    found = [
        importlib.import_module(f"{folder.__name__}.{module.name}")
        for module in pkgutil.iter_modules(folder.__path__)
    ]
    return {module.NAME: module for module in found}


def rows(document: Json) -> list[Format]:
    """All formats, with why one cannot be made of this document."""
    return [
        Format(
            name=name,
            title=module.TITLE,
            media_type=module.MEDIA_TYPE,
            is_public=module.IS_PUBLIC,
            missing=module.missing(document),
        )
        for name, module in formats().items()
    ]


def public_names(document: Json) -> list[str]:
    """Names of the files that anybody may have of a document."""
    return [row.name for row in rows(document) if row.is_public and not row.missing]


def make(name: str, content: bytes) -> bytes:
    """Make one file of a document's bytes; raises ``KeyError`` for a format that is unknown or does not apply."""
    module, facts = formats()[name], Facts.of(content)
    if module.missing(facts.document):
        raise KeyError(name)
    made: bytes = module.make(facts)
    return made


def faults(document: Json) -> list[str]:
    """Formats that should be made and cannot, each with its fault."""
    facts = Facts.of(json.dumps(document).encode())
    found = []
    for name, module in formats().items():
        if module.missing(document):
            continue
        try:
            module.make(facts)
        except (LookupError, TypeError, ValueError, ArithmeticError) as error:
            found.append(f"{name} ({type(error).__name__}: {error})")
    return found


def media_type(name: str) -> str:
    """Media type of a report's file."""
    return OTHERS.get(name) or str(formats()[name].MEDIA_TYPE)
