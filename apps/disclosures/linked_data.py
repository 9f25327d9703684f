"""What others read of a report without opening it: its card, its ``schema.org`` data, its manifest."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from apps.accounts.presentation import plain_figure
from apps.disclosures.models import PublishedFile, Snapshot
from apps.disclosures.publication import HEADLINES, address
from apps.disclosures.report import wording
from lca.engine import Category

ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def card(snapshot: Snapshot) -> dict[str, Any]:
    """A report in a list."""
    document = snapshot.read()
    totals = document["result"]["totals"]
    headlines = [
        {"key": key, "label": Category(key).label, "stat": totals[key]}
        for key in HEADLINES
        if key in totals
    ]
    said = ", ".join(f"{row['label'].lower()} {plain_figure(row['stat'])}" for row in headlines)
    return {
        "snapshot": snapshot,
        "system": document["system"]["name"],
        "title": f"{document['system']['name']}: {document['meta']['title']}",
        "statement": wording.statement(document),
        "headlines": headlines,
        "summary": f"{said}. {wording.statement(document)}",
    }


def dataset(snapshot: Snapshot) -> SafeString:
    """The report as a ``schema.org`` data set, as JSON that may stand inside a page."""
    document = snapshot.read()
    where = address(snapshot.assessment.slug, snapshot.number)
    particulars = document.get("disclosure") or {}
    scope = document["goal_and_scope"]
    data = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": where,
        "identifier": f"urn:uuid:{document['meta']['uuid']}",
        "name": document["meta"]["title"],
        "description": f"Life-cycle report of {document['system']['name']}. {wording.statement(document)}",
        "url": where,
        "version": str(snapshot.number),
        "creator": {"@type": "Organization", "name": document["organisation"]["name"]},
        "license": particulars.get("licence") or None,
        "datePublished": snapshot.published_at.isoformat() if snapshot.published_at else None,
        "temporalCoverage": f"{scope['period_start']}/{scope['period_end']}"
        if scope.get("period_start") and scope.get("period_end")
        else None,
        "variableMeasured": [
            {
                "@type": "PropertyValue",
                "name": Category(key).label,
                "value": document["result"]["totals"][key]["nominal"],
                "minValue": document["result"]["totals"][key]["p05"],
                "maxValue": document["result"]["totals"][key]["p95"],
                "unitText": document["result"]["totals"][key]["unit"],
            }
            for key in HEADLINES
            if key in document["result"]["totals"]
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": "application/json",
                "contentUrl": f"{where}report.json",
            },
            {
                "@type": "DataDownload",
                "encodingFormat": "application/pdf",
                "contentUrl": f"{where}report.pdf",
            },
        ],
    }
    kept = {key: value for key, value in data.items() if value is not None}
    return mark_safe(json.dumps(kept, ensure_ascii=False).translate(ESCAPES))  # noqa: S308  # no markup can be left in it


def manifest(
    snapshot: Snapshot, files: Iterable[PublishedFile], absolute: Callable[[str], str]
) -> dict[str, Any]:
    """The files of a report with their hashes, its predecessor, and the evidence that it lists."""
    document = snapshot.read()
    slug, number = snapshot.assessment.slug, snapshot.number
    return {
        "disclosure": str(snapshot.uuid),
        "number": number,
        "status": snapshot.status,
        "sha256": snapshot.sha256,
        "signed_sha256": snapshot.signed_sha256,
        "predecessor": (document.get("publication") or {}).get("predecessor"),
        "files": [
            {
                "name": row.name,
                "media_type": row.media_type,
                "size": row.size,
                "sha256": row.sha256,
                "address": absolute(_place(slug, number, row.name)),
            }
            for row in files
        ],
        "evidence": [
            {
                key: row[key]
                for key in (
                    "title",
                    "kind",
                    "period_start",
                    "period_end",
                    "confidentiality",
                    "sha256",
                    "size",
                )
            }
            for row in document.get("evidence_files", [])
        ],
    }


def _place(slug: str, number: int, name: str) -> str:
    if name in {"report.pdf", "report.json"}:
        return reverse("disclosures:version_file", args=[slug, number, name.split(".")[1]])
    return reverse("disclosures:export", args=[slug, number, name])
