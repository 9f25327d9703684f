"""The OpenAPI document: every problem an operation can answer with, bulk bodies, the headers we read."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from apps.accounts.rest import idempotency, permissions
from apps.accounts.rest.views import MAX_ROWS

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the request."},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
    "additionalProperties": True,
}
ALWAYS = {
    "400": "A header, a query parameter or the JSON cannot be read.",
    "401": "No valid token or session.",
    "403": "The role or the token's scopes do not allow this.",
    "404": "No such thing in this organisation.",
}
WITH_BODY = {
    "409": "Collides with another row, or with somebody else's edit.",
    "413": "Larger than one request may be.",
    "415": "Not of the content type that is named here.",
    "422": "Well formed, but not possible; see errors.",
}
EDITING = {"428": "The edit does not say which version it is based on."}
BY_METHOD = {
    "get": ALWAYS,
    "post": ALWAYS
    | WITH_BODY
    | {"429": "Too much of this is under way; wait, then send it again."},
    "patch": ALWAYS | WITH_BODY | EDITING,
    "delete": ALWAYS | {"409": WITH_BODY["409"]},
}


class ProblemSchema(AutoSchema):
    """The library's reading of a view, with our headers and lists of rows."""

    def get_override_parameters(self) -> list[Any]:
        found = [
            _header(
                permissions.HEADER,
                "Slug of the organisation; tokens know theirs, and so do members of just one.",
            )
        ]
        if getattr(self.view, "action", None) == "create":
            found.append(
                _header(idempotency.HEADER, "Sending it again gives the first answer again.")
            )
        if self.method in {"PATCH", "DELETE"}:
            found.append(_header("If-Match", "ETag of the version the edit is based on."))
        return found

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation and getattr(self.view, "action", None) == "create":
            self._allow_many(operation)
        return operation

    def _allow_many(self, operation: dict[str, Any]) -> None:
        if not getattr(self.view, "accepts_many", False):
            return
        bodies = [operation["requestBody"], operation["responses"].get("201", {})]
        for body in bodies:
            for media in body.get("content", {}).values():
                one = media["schema"]
                many = {"type": "array", "items": one, "maxItems": MAX_ROWS}
                media["schema"] = {"oneOf": [one, many]}


def _header(name: str, text: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=text)


def document_problems(result: dict[str, Any], **_context: object) -> dict[str, Any]:
    """Add the problem answers to every operation, and close the shapes of requests."""
    schemas = result["components"].setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    for name, schema in schemas.items():
        if name.endswith("Request") and schema.get("type") == "object":
            schema["additionalProperties"] = False
    for operations in result["paths"].values():
        for method, operation in operations.items():
            for status, text in BY_METHOD.get(method, {}).items():
                operation["responses"].setdefault(status, _answer(text))
    return result


def _answer(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": text, "content": {"application/problem+json": {"schema": schema}}}
