"""Lists in pages: ``limit`` and ``offset`` are whole numbers within bounds, or the request is refused."""

import re
from typing import Any

from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

from apps.accounts.rest.problems import BadRequest

DIGITS = re.compile(r"[0-9]{1,10}")


class StrictPagination(LimitOffsetPagination):
    default_limit = 50
    max_limit = 200
    max_offset = 1_000_000_000

    def get_limit(self, request: Request) -> int:
        return whole(request, "limit", low=1, high=self.max_limit, default=self.default_limit)

    def get_offset(self, request: Request) -> int:
        return whole(request, "offset", low=0, high=self.max_offset, default=0)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:  # noqa: ARG002  # the library's signature
        return [
            self._parameter("limit", "Rows on a page.", 1, self.max_limit, self.default_limit),
            self._parameter("offset", "Rows to pass over first.", 0, self.max_offset, 0),
        ]

    @staticmethod
    def _parameter(name: str, text: str, low: int, high: int, default: int) -> dict[str, Any]:
        schema = {"type": "integer", "minimum": low, "maximum": high, "default": default}
        return {"name": name, "in": "query", "description": text, "schema": schema}


def whole(request: Request, name: str, *, low: int, high: int, default: int) -> int:
    """Read a whole number from the query, or refuse the request."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not DIGITS.fullmatch(text) or not low <= int(text) <= high:
        msg = f"The query parameter {name} must be a whole number from {low} to {high}."
        raise BadRequest(msg, code="bad_query")
    return int(text)
