"""What a host says to the server: JSON text with a signature, so that nobody else can speak for the host.

Used by both sides.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from lca.measure.errors import MeasureError

Body = dict[str, Any]


class Untrusted(MeasureError):
    """A message is not one that the host signed."""

    code = "untrusted"


def sign(body: Mapping[str, Any], key: str) -> str:
    """Return ``body`` as a signed message (HMAC-SHA256 over the text of the body).

    Examples
    --------
    >>> verify(sign({"kind": "result"}, "key"), "key")
    {'kind': 'result'}
    """
    text = json.dumps(body, ensure_ascii=False, allow_nan=False)
    return json.dumps({"body": text, "signature": _signature(text, key)}, ensure_ascii=False)


def verify(message: str | bytes, key: str) -> Body:
    """Return the body of a message, or refuse it.

    Raises
    ------
    Untrusted
        If it is no message, or was signed with another key, or not at all.
    """
    try:
        envelope = json.loads(message)
        text, signature = envelope["body"], envelope["signature"]
        genuine = hmac.compare_digest(_signature(text, key).encode(), signature.encode())
        body = json.loads(text, parse_constant=_refuse) if genuine else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Untrusted("The message is not a signed JSON object.") from error
    if not isinstance(body, dict):
        raise Untrusted("The message was not signed with the host's key.")
    if r"\u0000" in text or "\0" in text:
        raise Untrusted("The message holds a NUL character, which no host sends.")
    return body


def _refuse(constant: str) -> float:
    msg = f"{constant} is no JSON"
    raise ValueError(msg)


def _signature(text: str, key: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
