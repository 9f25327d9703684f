"""JSON as the standard has it: finite numbers, no repeated names, bounded size."""

import json
import math
from collections.abc import Iterable, Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from apps.accounts.rest.problems import TooLarge


class StrictJSONParser(BaseParser):
    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002  # the framework's signature
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002  # the framework's signature
    ) -> Any:
        return load(bounded(stream))


def bounded(stream: IO[bytes]) -> bytes:
    """Read the body, but not more than is accepted."""
    limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    body = stream.read(limit + 1)
    if len(body) > limit:
        msg = f"The body is larger than {limit // 1024 // 1024} MiB. Send it in several requests."
        raise TooLarge(msg)
    return body


def load(body: bytes) -> Any:
    """Parse strict JSON, or say where it stops being JSON."""
    try:
        return json.loads(
            body.decode(),
            parse_constant=_reject_constant,
            parse_float=_finite,
            object_pairs_hook=_unrepeated,
        )
    except RecursionError as error:
        raise ParseError("The JSON is nested too deeply.") from error
    except UnicodeDecodeError as error:
        raise ParseError("The body is not UTF-8 text.") from error
    except ValueError as error:
        msg = f"The body is not valid JSON: {error}."
        raise ParseError(msg) from error


def _reject_constant(name: str) -> NoReturn:
    msg = f"{name} is not a number that JSON knows"
    raise ValueError(msg)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        msg = f"{text[:40]} is beyond the range of numbers"
        raise ValueError(msg)
    return number


def _unrepeated(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            msg = f"the name {name[:40]!r} occurs twice in one object"
            raise ValueError(msg)
        found[name] = value
    return found
