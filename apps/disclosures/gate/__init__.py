"""What a report must have before it is published, and what makes it complete; each check says where to mend it.

Codes are those of the checklist in ``docs/methodology/checklist.md``.
"""

import json

from apps.disclosures.gate import boundary, identity, outcome
from apps.disclosures.gate.base import RULES, Check

__all__ = ["Check", "boundary", "checks", "completeness", "identity", "outcome"]
REQUIRED_POINTS, POINTS = 2, 1


def checks(content: bytes) -> list[Check]:
    """All checks of a document, in the order of their codes; of a draft too, with what publication will add left out."""
    document = json.loads(content)
    return [
        Check(code=code, title=title, is_required=required, passed=not why, why=why, place=place)
        for code, title, required, place, ask in sorted(RULES, key=lambda row: _order(row[0]))
        for why in [ask(document)]
    ]


def _order(code: str) -> tuple[str, int]:
    return code[0], int(code[1:])


def completeness(found: list[Check]) -> float:
    """Points earned over points there are: two for a required check, one for another."""
    worth = [REQUIRED_POINTS if check.is_required else POINTS for check in found]
    earned = sum(points for points, check in zip(worth, found, strict=True) if check.passed)
    return earned / sum(worth)
