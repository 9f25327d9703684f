"""What publication adds to a document: date, address, predecessor, changes, review and signatures."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings

from apps.disclosures.models import Review, ReviewComment, Snapshot
from apps.disclosures.models.snapshot import ChangeKind

HEADLINES = ("gwp_location", "water", "adpe")
Json = Mapping[str, Any]


def publication(
    snapshot: Snapshot,
    document: Json,
    *,
    before: Snapshot | None,
    review: Review | None,
    comments: Iterable[ReviewComment],
    moment: datetime,
) -> dict[str, Any]:
    """Everything that is known of a report only once it is published."""
    particulars = document.get("disclosure") or {}
    earlier = before.read() if before else None
    changes = moved(earlier, document) if earlier else []
    threshold = particulars.get("restatement_percent", 5.0)
    return {
        "state": "published",
        "published_at": moment,
        "valid_until": valid_until(moment.date(), particulars.get("valid_years", 3)),
        "address": address(snapshot.assessment.slug, snapshot.number),
        "signed_sha256": snapshot.sha256,
        "kind": snapshot.kind,
        "reason": snapshot.reason,
        "predecessor": _link(before) if before else None,
        "changes": changes,
        "history": history(before, earlier),
        "is_restatement": snapshot.kind == ChangeKind.CORRECTION
        and any(
            row["change_percent"] is None or abs(row["change_percent"]) > threshold
            for row in changes
        ),
        "review": _review(review),
        "comments": [_comment(row) for row in comments],
        "signatures": _signatures(snapshot, review),
    }


def address(slug: str, number: int) -> str:
    """Permanent address of a report."""
    return f"{settings.SITE_URL.rstrip('/')}/d/{slug}/v{number}/"


def valid_until(published: date, years: int) -> date:
    """Last day on which a report is valid; 29 February becomes the 28th."""
    try:
        return published.replace(year=published.year + years)
    except ValueError:
        return published.replace(year=published.year + years, day=28)


def moved(before: Json, after: Json) -> list[dict[str, Any]]:
    """Headlines of two documents side by side; ``change_percent`` is ``None`` where one of them has none."""
    old, new = before["result"]["totals"], after["result"]["totals"]
    return [
        {
            "category": key,
            "before": old.get(key, {}).get("nominal"),
            "after": new.get(key, {}).get("nominal"),
            "unit": (new.get(key) or old[key])["unit"],
            "change_percent": _percent(old.get(key), new.get(key)),
        }
        for key in HEADLINES
        if key in old or key in new
    ]


def history(before: Snapshot | None, earlier: Json | None) -> list[dict[str, Any]]:
    """The reports before this one, oldest first, with their headlines."""
    if before is None or earlier is None:
        return []
    publication = earlier.get("publication") or {}
    own = {
        "number": before.number,
        "published_at": before.published_at,
        "kind": publication.get("kind", ChangeKind.FIRST.value),
        "is_restatement": publication.get("is_restatement", False),
        **headlines(earlier),
    }
    return [*publication.get("history", []), own]


def headlines(document: Json) -> dict[str, Any]:
    """Totals and fully loaded figures of the headline categories."""
    totals, loaded = document["result"]["totals"], document["per_use"].get("fully_loaded") or {}
    return {
        "totals": {key: totals[key] for key in HEADLINES if key in totals},
        "fully_loaded": {key: loaded[key] for key in HEADLINES if key in loaded},
    }


def _percent(old: Json | None, new: Json | None) -> float | None:
    if not old or not new or not old["nominal"]:
        return None
    return float(100 * (new["nominal"] / old["nominal"] - 1))


def _link(before: Snapshot) -> dict[str, Any]:
    return {
        "uuid": before.uuid,
        "number": before.number,
        "sha256": before.sha256,
        "address": address(before.assessment.slug, before.number),
    }


def _review(review: Review | None) -> dict[str, Any] | None:
    if review is None:
        return None
    return {
        "level": review.level,
        "is_independent": review.is_independent,
        "name": review.name,
        "affiliation": review.affiliation,
        "standard": review.standard,
        "scope": review.scope,
        "independence": review.independence,
        "opinion": review.opinion,
        "outcome": review.outcome,
        "signed_at": review.signed_at,
        "sha256": review.sha256,
        "tests": review.answers(),
    }


def _comment(row: ReviewComment) -> dict[str, Any]:
    return {
        "number": row.number,
        "section": row.section,
        "figure": row.figure,
        "severity": row.severity,
        "text": row.text,
        "author": row.author_name,
        "at": row.created_at.replace(microsecond=0),
        "response": row.response,
        "resolution": row.resolution,
        "is_open": row.is_open,
    }


def _signatures(snapshot: Snapshot, review: Review | None) -> list[dict[str, Any]]:
    """Who prepared, reviewed and approved, and when."""
    acts = (
        ("prepared", snapshot.submitted_by, snapshot.submitted_at),
        ("reviewed", review.name if review else None, review.signed_at if review else None),
        ("approved", snapshot.approved_by, snapshot.approved_at),
    )
    return [
        {"act": act, "name": str(who), "at": at.replace(microsecond=0)}
        for act, who, at in acts
        if who and at
    ]
