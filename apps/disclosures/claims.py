"""Claims that a report must not make, looked for in what people wrote."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]
WRITTEN = (
    "audience",
    "applications",
    "purpose",
    "cut_off",
    "second_order",
    "conclusions",
    "limitations",
    "actions",
    "relative_wording",
    "comparability_wording",
    "electricity_wording",
    "quality_metric",
)
GENERIC = re.compile(
    r"\b(?:(?:eco|environmental(?:ly)?|climate|planet|earth)[ -](?:friendly|safe)"
    r"|green (?:ai|model|computing|choice|technology)|sustainable (?:ai|model|choice)"
    r"|(?:carbon|climate|co2|water)[ -](?:neutral|positive|negative|free)|net[ -]zero|zero[ -](?:carbon|emissions?)"
    r"|energy[ -]efficient|low[ -](?:carbon|impact) (?:ai|model)|frugal (?:ai|model)"
    r"|respectueux de l[’']environnement|neutre en carbone|neutralité carbone|ia (?:verte|durable|frugale))\b",
    re.IGNORECASE,
)
OFFSET = re.compile(
    r"\b(?:(?:offset|compensat)(?:s|ed|ing|ion)?\b[^.]{0,80}\b(?:subtract|deduct|net|total|reduc)"
    r"|(?:net of|after|less) (?:offsets|credits|compensation)|avoided emissions (?:are|were) (?:subtracted|deducted))",
    re.IGNORECASE,
)
BETTER = re.compile(
    r"\b(?:(?:cleaner|greener|lower|smaller|less|better|more efficient)\b[^.]{0,40}\bthan\b[^.]{0,60}"
    r"\b(?:gpt|gemini|claude|llama|mistral|deepseek|qwen|competitors?|other (?:models|providers)|rivals?)"
    r"|(?:the )?(?:greenest|cleanest|most (?:efficient|sustainable)) (?:ai|model|llm))",
    re.IGNORECASE,
)
CONFORMITY = re.compile(
    r"\b(?:iso|gri|ghg protocol)\b[^.]{0,30}\b(?:certified|compliant|conformant)\b|\b(?:certified|compliant) (?:to|with|by) iso\b",
    re.IGNORECASE,
)


def generic(document: Json) -> str:
    """The first generic, neutrality or label claim, with its place."""
    return _first(document, GENERIC, "a claim that needs proof which no report can give")


def offsets(document: Json) -> str:
    """The first sentence that nets offsets against a total."""
    return _first(document, OFFSET, "offsets or avoided emissions set against a total")


def comparative(document: Json) -> str:
    """The first sentence that ranks the model above another."""
    return _first(document, BETTER, "a comparison with others, which needs a panel's review")


def conformity(document: Json) -> str:
    """The first claim of a certificate or of conformity."""
    return _first(document, CONFORMITY, "a claim of conformity; write “aligned with”")


def _first(document: Json, pattern: re.Pattern[str], what: str) -> str:
    for place, text in _texts(document):
        if found := pattern.search(text):
            return f"“{found[0][:80]}” in {place} is {what}."
    return ""


def _texts(document: Json) -> Iterator[tuple[str, str]]:
    scope, system = document["goal_and_scope"], document["system"]
    yield "the title", document["meta"]["title"]
    yield "the goal", scope.get("goal") or ""
    yield "the functional unit", scope.get("functional_unit") or ""
    yield "the description of the system", system.get("description") or ""
    particulars = document.get("disclosure") or {}
    for field in WRITTEN:
        yield field.replace("_", " "), particulars.get(field) or ""
    for row in scope["stages"]:
        yield f"the reason for {row['stage'].replace('_', ' ')}", row["justification"]
