"""The public page of a released report: set once for each state and edition of the templates, then read from a file."""

import json
from typing import TypedDict

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from apps.disclosures import exports, linked_data
from apps.disclosures.models import Snapshot
from apps.disclosures.report import looks


class Kept(TypedDict):
    """What a page prints of a report: its title, its ``schema.org`` data and everything between masthead and footer."""

    title: str
    linked: SafeString
    content: SafeString


def kept(snapshot: Snapshot) -> Kept:
    """Read the page that was set, or set it now; the engine has no part in reading."""
    path = (
        f"pages/{snapshot.uuid}-{snapshot.sha256[:12]}-{snapshot.status}-{looks.fingerprint()}.json"
    )
    if default_storage.exists(path):
        with default_storage.open(path) as file:
            read = json.load(file)
    else:
        read = _set(snapshot)
        default_storage.save(path, ContentFile(json.dumps(read).encode()))
    return {
        "title": read["title"],
        "linked": mark_safe(read["linked"]),  # noqa: S308  # rendered by _set, which escapes
        "content": mark_safe(read["content"]),  # noqa: S308  # rendered by _set, which escapes
    }


def _set(snapshot: Snapshot) -> dict[str, str]:
    from apps.disclosures.report.page import open_report, report_context

    report = open_report(snapshot.content, snapshot.edition)
    slug, number = snapshot.assessment.slug, snapshot.number
    own = {
        "snapshot": snapshot,
        "why_base": reverse("disclosures:version", args=[slug, number]) + "why/",
        "exports": [row for row in exports.rows(report.document) if row.is_public],
        "web": True,
    }
    return {
        "title": report.title,
        "linked": str(linked_data.dataset(snapshot)),
        "content": render_to_string("disclosures/_published.html", report_context(report) | own),
    }
