"""What leaves as a file: rows of a kind with their licences, share-alike rows apart; evidence as an attachment."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from apps.factors.models import Factor, OwnFactor, Release, Source

COLUMNS = (
    *("kind", "key", "name", "indicator", "value", "low", "high", "gsd", "distribution", "unit"),
    *("scope", "year", "geography", "technology", "method", "pedigree", "chosen", "note"),
    *("retrieval", "source", "citation", "url", "licence", "release"),
)
ELSEWHERE = {"kind", "key", "name", "release", "source", "citation", "url", "licence"}


def rows(release: Release, kind: str, *, share_alike: bool) -> list[dict[str, Any]]:
    """Rows of a kind under open terms, or those whose licence must travel with every copy."""
    factors = Factor.objects.filter(entry__release=release, entry__kind=kind)
    shared = [row.pk for row in Source.objects.filter(release=release) if row.is_share_alike]
    factors = (
        factors.filter(source__in=shared) if share_alike else factors.exclude(source__in=shared)
    )
    ordered = factors.select_related("entry", "source").order_by(
        "entry__key", "indicator", "-chosen", "source__key"
    )
    return [_row(factor, release) for factor in ordered]


def _row(factor: Factor, release: Release) -> dict[str, Any]:
    entry, source = factor.entry, factor.source
    row = {name: getattr(factor, name) for name in COLUMNS if name not in ELSEWHERE}
    row |= {"kind": entry.kind, "key": entry.key, "name": entry.name, "release": release.label}
    row |= {"source": source.key, "citation": source.citation}
    row |= {"url": source.url, "licence": source.licence}
    return {name: row[name] for name in COLUMNS}


def as_csv(found: list[dict[str, Any]]) -> Iterator[str]:
    """Lines of a CSV file; scores are written ``reliability=2 temporal=1``."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in found:
        scores = " ".join(f"{name}={score}" for name, score in row["pedigree"].items())
        writer.writerow(row | {"pedigree": scores, "chosen": "yes" if row["chosen"] else "no"})
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def as_json(release: Release, kind: str, found: list[dict[str, Any]]) -> str:
    """A JSON document that says which release it is of, and what it holds."""
    document = {
        "release": release.label,
        "published_on": release.published_on.isoformat(),
        "sha256": release.sha256,
        "kind": kind,
        "licences": sorted({row["licence"] for row in found}),
        "factors": found,
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def evidence_of(factor: OwnFactor) -> HttpResponse:
    """Answer with the evidence, which is small, as an attachment that no browser renders."""
    if not factor.evidence:
        raise Http404
    try:
        with factor.evidence.open("rb") as file:
            content = file.read()
    except FileNotFoundError:
        raise Http404 from None
    headers = {
        "Content-Disposition": content_disposition_header(
            as_attachment=True, filename=factor.evidence_name
        ),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)
