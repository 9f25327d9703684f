"""The public page of a released report: set once for each state and edition of the templates, then read from a file."""

import json
from functools import lru_cache
from typing import TYPE_CHECKING, TypedDict, cast

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from apps.disclosures import exports, linked_data
from apps.disclosures.models import Snapshot
from apps.disclosures.report import looks

if TYPE_CHECKING:
    from apps.disclosures.report.content import Report

MOST_IN_MEMORY = 64  # pages, of a fifth of a megabyte each


class Kept(TypedDict):
    """What pages print of a report: its title, its ``schema.org`` data and everything between masthead and footer.

    ``drawing`` and ``example`` are what the home page shows of it.
    """

    title: str
    linked: SafeString
    content: SafeString
    drawing: SafeString
    example: SafeString


def kept(snapshot: Snapshot) -> Kept:
    """Read the page that was set, or set it now; the engine has no part in reading."""
    state = f"{snapshot.sha256[:12]}-{snapshot.status}-{looks.fingerprint()}"
    path = f"pages/{snapshot.uuid}-{state}.json"
    if not (found := _read(path)):
        default_storage.save(path, ContentFile(json.dumps(_set(snapshot)).encode()))
        _read.cache_clear()
        found = _read(path)
    if found is None:
        msg = f"{path} was written and is not there."
        raise FileNotFoundError(msg)
    return found


@lru_cache(maxsize=MOST_IN_MEMORY)
def _read(path: str) -> Kept | None:
    try:
        with default_storage.open(path) as file:
            read = json.load(file)
    except FileNotFoundError:
        return None
    markup = {
        name: mark_safe(read[name])  # noqa: S308  # rendered by _set, which escapes
        for name in ("linked", "content", "drawing", "example")
    }
    return cast("Kept", {"title": read["title"], **markup})


def _set(snapshot: Snapshot) -> dict[str, str]:
    from apps.disclosures.report import language
    from apps.disclosures.report.page import open_report

    report = open_report(snapshot.content, snapshot.edition)
    with language.written(report.document):
        return _set_in_language(snapshot, report)


def _set_in_language(snapshot: Snapshot, report: "Report") -> dict[str, str]:
    from apps.disclosures.report.page import report_context

    slug, number = snapshot.assessment.slug, snapshot.number
    context = report_context(report)
    own = {
        "snapshot": snapshot,
        "totals_check": [row for row in context["reconciliation"] if not row["run"]],
        "why_base": reverse("disclosures:version", args=[slug, number]) + "why/",
        "exports": [row for row in exports.rows(report.document) if row.is_public],
        "web": True,
    }
    return {
        "title": report.title,
        "linked": str(linked_data.dataset(snapshot)),
        "content": render_to_string("disclosures/_published.html", context | own),
        "drawing": str(context["cover_drawing"]),
        "example": render_to_string("disclosures/_example.html", context | own),
    }
