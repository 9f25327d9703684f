"""What the result of an assessment looks like, as far as a reader can rely on it."""

from typing import Any

SHARE: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}
STAT: dict[str, Any] = {
    "type": "object",
    "required": ["nominal", "mean", "p05", "p50", "p95", "unit"],
    "properties": {
        **{name: {"type": "number"} for name in ("nominal", "mean", "p05", "p50", "p95")},
        "unit": {"type": "string"},
    },
}
RATING: dict[str, Any] = {
    "type": "object",
    "description": "By shares of the sum of absolute impacts; what is not scored counts in no mean.",
    "required": [
        "score",
        "unscored_share",
        "partly_scored_share",
        "primary_share",
        "measured_share",
    ],
    "properties": {
        "score": {
            "type": ["number", "null"],
            "minimum": 1,
            "maximum": 5,
            "description": "Mean data-quality score, 1 best; null where no value is scored.",
        },
        "unscored_share": SHARE,
        "partly_scored_share": SHARE,
        "primary_share": SHARE,
        "measured_share": SHARE,
    },
}
RESULT: dict[str, Any] = {
    "type": "object",
    "description": "The engine's result; a category for which nothing is declared is absent, never 0.",
    "required": ["engine", "totals", "provenance_shares", "data_quality", "sensitivity", "gaps"],
    "properties": {
        "engine": {
            "type": "object",
            "properties": {
                "version": {"type": "string"},
                "draws": {"type": "integer"},
                "seed": {"type": "integer"},
            },
        },
        "totals": {"type": "object", "additionalProperties": STAT},
        "provenance_shares": {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": SHARE},
        },
        "data_quality": {"type": "object", "additionalProperties": RATING},
        "sensitivity": {"type": "object", "additionalProperties": {"type": "array", "items": {}}},
        "gaps": {"type": "array", "items": {"type": "object"}},
    },
    "additionalProperties": True,
}
