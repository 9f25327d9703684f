"""Canonical JSON (RFC 8785): one document, one sequence of bytes, one hash."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import rfc8785

LARGEST_EXACT = 2**53 - 1


def canonical(document: Mapping[str, Any]) -> bytes:
    """Bytes of a document: sorted keys, shortest numbers, UTF-8."""
    return rfc8785.dumps(plain(document))


def sha256(content: bytes) -> str:
    """Hash of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def plain(value: Any) -> Any:
    """Plain JSON values; whole numbers too large for a JSON reader's floats become floats."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST_EXACT:
        return float(value)
    return value
