"""The fixed sentences of every report, and the words of its review.

A declarant may reword the first three; the report then says that they were. The statement of review is never theirs.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]

FIXED = {
    "relative_wording": (
        "Impact results are relative expressions for the stated functional unit. They do not predict actual damage, "
        "exceedance of thresholds, safety margins or risk."
    ),
    "comparability_wording": (
        "Results may be compared with another disclosure only if functional unit, boundary, electricity method, period "
        "and allocation are equivalent. This report makes no comparative assertion."
    ),
    "electricity_wording": (
        "Headline electricity impacts use the location-based method; market-based results stand beside them. Offsets "
        "and avoided emissions are not included in any total."
    ),
}
UNREVIEWED = "Self-declared. Not independently reviewed."


def sentences(document: Json) -> dict[str, dict[str, Any]]:
    """Each fixed sentence as the report prints it, and whether it was reworded."""
    particulars = document.get("disclosure") or {}
    return {
        key: {
            "text": particulars.get(key) or standard,
            "is_reworded": bool(particulars.get(key)) and particulars[key] != standard,
        }
        for key, standard in FIXED.items()
    }


def review_of(document: Json) -> Json | None:
    """The signed review of a published report."""
    review: Json | None = (document.get("publication") or {}).get("review")
    return review


def statement(document: Json) -> str:
    """What is said of the review, wherever it is said: short, true and never hidden."""
    review = review_of(document)
    if review is None or not review["is_independent"]:
        return UNREVIEWED
    who, day = f"{review['name']}, {review['affiliation']}", _day(review["signed_at"])
    if review["level"] == "external":
        return f"Critically reviewed by {who}, against {review['standard']}, on {day}."
    kind = "limited" if review["level"] == "limited" else "reasonable"
    return f"Verified with {kind} assurance by {who}, against {review['standard']}, on {day}."


def conclusion(document: Json) -> str:
    """The conclusion in the form that its level has; the reviewer's own opinion stands beside it."""
    review = review_of(document)
    level = review["level"] if review else ""
    if level == "limited":
        return (
            "Nothing came to the verifier’s attention that causes them to believe that the figures of this report are not "
            "fairly stated, in all material respects."
        )
    if level == "reasonable":
        return "In the verifier’s opinion this report fairly states its figures, in all material respects."
    if level == "internal" and review:
        return f"Checked inside the organisation by {review['name']} on {_day(review['signed_at'])}; that is no independent review."
    return ""


def _day(moment: str) -> str:
    day = datetime.fromisoformat(moment)
    return f"{day.day} {day:%B %Y}"
