"""The fixed sentences of every report, and the words of its review.

A declarant may reword the first three; the report then says that they were. The statement of review is never theirs.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

Json = Mapping[str, Any]

FIXED = {
    "relative_wording": noop(
        "Impact results are relative expressions for the stated functional unit. They do not predict actual damage, "
        "exceedance of thresholds, safety margins or risk."
    ),
    "comparability_wording": noop(
        "Results may be compared with another disclosure only if functional unit, boundary, electricity method, period "
        "and allocation are equivalent. This report makes no comparative assertion."
    ),
    "electricity_wording": noop(
        "Headline electricity impacts use the location-based method; market-based results stand beside them. Offsets "
        "and avoided emissions are not included in any total."
    ),
}
UNREVIEWED = noop("Self-declared. Not independently reviewed.")


def sentences(document: Json) -> dict[str, dict[str, Any]]:
    """Each fixed sentence as the report prints it, and whether it was reworded."""
    particulars = document.get("disclosure") or {}
    return {
        key: {
            "text": particulars[key] if is_reworded else _(standard),
            "is_reworded": is_reworded,
        }
        for key, standard in FIXED.items()
        for is_reworded in [bool(particulars.get(key)) and particulars[key] != standard]
    }


def review_of(document: Json) -> Json | None:
    """The signed review of a published report."""
    review: Json | None = (document.get("publication") or {}).get("review")
    return review


def statement(document: Json) -> str:
    """What is said of the review, wherever it is said: short, true and never hidden."""
    review = review_of(document)
    if review is None or not review["is_independent"]:
        return _(UNREVIEWED)
    who, day = f"{review['name']}, {review['affiliation']}", _day(review["signed_at"])
    if review["level"] == "external":
        words = _("Critically reviewed by {who}, against {standard}, on {day}.")
    elif review["level"] == "limited":
        words = _("Verified with limited assurance by {who}, against {standard}, on {day}.")
    else:
        words = _("Verified with reasonable assurance by {who}, against {standard}, on {day}.")
    return words.format(who=who, standard=review["standard"], day=day)


def conclusion(document: Json) -> str:
    """The conclusion in the form that its level has; the reviewer's own opinion stands beside it."""
    review = review_of(document)
    level = review["level"] if review else ""
    if level == "limited":
        return _(
            "Nothing came to the verifier’s attention that causes them to believe that the figures of this report are not "
            "fairly stated, in all material respects."
        )
    if level == "reasonable":
        return _(
            "In the verifier’s opinion this report fairly states its figures, in all material respects."
        )
    if level == "internal" and review:
        words = _(
            "Checked inside the organisation by {name} on {day}; that is no independent review."
        )
        return words.format(name=review["name"], day=_day(review["signed_at"]))
    return ""


def _day(moment: str) -> str:
    return date_format(datetime.fromisoformat(moment), "j F Y")
