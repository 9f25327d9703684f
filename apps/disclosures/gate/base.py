"""How a check is written down: a function of the document that answers with what is missing."""

from collections.abc import Callable, Mapping
from typing import Any

import attrs

Json = Mapping[str, Any]


@attrs.frozen(kw_only=True)
class Check:
    """One line of the checklist; ``place`` is the section of the workbench or form where it is mended."""

    code: str
    title: str
    is_required: bool
    passed: bool
    why: str = ""
    place: str = ""


Answer = str  # empty: passed; else what is missing
Rule = Callable[[Json], Answer]
RULES: list[tuple[str, str, bool, str, Rule]] = []


def rule(code: str, title: str, place: str, *, required: bool = False) -> Callable[[Rule], Rule]:
    """Register a check of the document; it answers with what is missing, or nothing."""

    def keep(check: Rule) -> Rule:
        RULES.append((code, title, required, place, check))
        return check

    return keep


def said(document: Json, *fields: tuple[str, str]) -> Answer:
    """What of the particulars is not declared."""
    particulars = document.get("disclosure") or {}
    missing = [words for field, words in fields if particulars.get(field) in (None, "")]
    return f"Not declared: {', '.join(missing)}." if missing else ""


def is_excluded(document: Json, stage: str) -> bool:
    """Whether a stage is outside the boundary, with a reason."""
    return any(
        row["stage"] == stage and row["status"] == "excluded" and row["justification"].strip()
        for row in document["goal_and_scope"]["stages"]
    )


def listed(words: str, rows: list[str]) -> Answer:
    """The first of what is wrong, and how many more."""
    if not rows:
        return ""
    more = f" and {len(rows) - 3} more" if len(rows) > 3 else ""  # noqa: PLR2004  # three are named
    return f"{words}: {', '.join(rows[:3])}{more}."
