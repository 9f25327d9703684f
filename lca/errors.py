"""Errors as answers: problem documents (RFC 9457) for programs, pages for people.

Nothing here knows the apps: an error of the domain is one that carries ``message``, ``field``, ``code`` and ``status``.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import IntegrityError
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views import defaults
from rest_framework import exceptions
from rest_framework.fields import get_error_detail
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from lca.engine.errors import EngineError
from lca.problems import anchor

CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: "The request cannot be read",
    401: "Who is asking is not known",
    403: "Not permitted",
    404: "Not found",
    405: "This method does not exist here",
    406: "No such representation",
    409: "In conflict with what is stored",
    412: "The row has changed",
    413: "Too much at once",
    415: "This kind of content is not read here",
    422: "Well formed, but not possible",
    428: "The version is missing",
    429: "Too many requests",
    500: "A fault of ours",
    503: "Not available just now",
}
UNIQUE = {"unique", "unique_together"}
Item = dict[str, str]
Document = dict[str, Any]


@runtime_checkable
class DomainProblem(Protocol):
    """An error of the domain, as the apps raise them."""

    message: str
    field: str | None
    code: str
    status: int


def problem(
    status: int, code: str, detail: str, errors: Sequence[Item] = (), **more: object
) -> Document:
    """Return a problem document."""
    document: Document = {
        "type": anchor(code),
        "title": TITLES.get(status, "Problem"),
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }
    return document | ({"errors": list(errors)} if errors else {})


def problem_response(error: Exception, _context: Mapping[str, Any]) -> Response | None:
    """Turn an error raised in the API into a problem document; unknown ones are faults of ours."""
    document = describe(error)
    if document is None:
        return None
    set_rollback()
    return Response(
        document, document["status"], headers=_headers(error), content_type=CONTENT_TYPE
    )


def describe(error: Exception) -> Document | None:
    """Return the problem document of a known error."""
    if isinstance(error, DomainProblem):
        return _of_domain(error)
    if isinstance(error, EngineError):
        items = [
            {"pointer": f"/{name}", "code": "engine", "message": str(error)} for name in error.names
        ]
        return problem(422, "engine", str(error), items)
    if isinstance(error, exceptions.APIException):
        return _of_api(error)
    return _of_django(error)


def _of_domain(error: DomainProblem) -> Document:
    item = {"pointer": f"/{error.field}", "code": error.code, "message": error.message}
    changes = [
        {"field": change.field, "before": change.before, "after": change.after}
        for change in getattr(error, "changes", ())
    ]
    more: Document = {"changes": changes} if changes else {}
    if getattr(error, "version", None) is not None:
        more["version"] = getattr(error, "version", None)
    return problem(error.status, error.code, error.message, [item] if error.field else (), **more)


def _of_django(error: Exception) -> Document | None:
    if isinstance(error, DjangoValidationError):
        return _of_api(exceptions.ValidationError(get_error_detail(error)))
    if isinstance(error, Http404):
        return problem(404, "not_found", "There is no such thing in your organisation.")
    if isinstance(error, PermissionDenied):
        return problem(403, "not_permitted", str(error) or "Your role does not allow this.")
    return _of_database(error)


def _of_database(error: Exception) -> Document | None:
    if isinstance(error, ProtectedError | RestrictedError):
        return problem(409, "in_use", "Other rows refer to this one. Delete or change them first.")
    if isinstance(error, IntegrityError) and "unique" in str(error).lower():
        return problem(409, "unique", "A row with these values exists already.")
    return None


def _of_api(error: exceptions.APIException) -> Document:
    if isinstance(error, exceptions.ValidationError):
        return _of_validation(error)
    return problem(error.status_code, str(_first_code(error)), str(error.detail))


def _of_validation(error: exceptions.ValidationError) -> Document:
    items = _one_each(_items(error.detail))
    collides = bool(items) and all(item["code"] in UNIQUE for item in items)
    status, code = (409, "unique") if collides else (422, "invalid")
    if len(items) != 1:
        detail = f"{len(items)} values cannot be accepted; see errors."
        return problem(status, code, detail, items[:100])
    return problem(status, code if collides else items[0]["code"], items[0]["message"], items)


def _one_each(items: Iterator[Item]) -> list[Item]:
    """Keep the first message of each place."""
    first: dict[str, Item] = {}
    for item in items:
        first.setdefault(item["pointer"], item)
    return list(first.values())


def _first_code(error: exceptions.APIException) -> object:
    codes = error.get_codes()
    return codes if isinstance(codes, str) else "invalid"


def _items(detail: Any, pointer: str = "") -> Iterator[Item]:
    """Walk nested details, and name each place by its JSON pointer."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _items(
                inner,
                pointer
                if name == api_settings.NON_FIELD_ERRORS_KEY
                else f"{pointer}/{_escaped(name)}",
            )
    elif isinstance(detail, list | tuple):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from _items(inner, f"{pointer}/{index}" if nested else pointer)
    else:
        yield {
            "pointer": pointer,
            "code": getattr(detail, "code", "invalid"),
            "message": str(detail),
        }


def _escaped(name: object) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")


def _headers(error: Exception) -> dict[str, str]:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(getattr(error, "auth_header", ""))
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(getattr(error, "wait", 0)))
    return headers


def _for_program(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/codecarbon/"))


def _json(status: int, code: str, detail: str) -> JsonResponse:
    return JsonResponse(problem(status, code, detail), status=status, content_type=CONTENT_TYPE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django itself refused."""
    if _for_program(request):
        return _json(400, "bad_request", "The request cannot be read.")
    return defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer somebody whose role is too low."""
    if _for_program(request):
        return _json(403, "not_permitted", str(exception) or "Not permitted.")
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # the framework's signature
    """Answer for an address that leads nowhere, or not for this visitor."""
    if _for_program(request):
        return _json(404, "not_found", "There is nothing at this address.")
    return render(request, "404.html", status=404)


def fault(request: HttpRequest) -> HttpResponse:
    """Answer for a fault of ours; the log has the rest."""
    if _for_program(request):
        return _json(500, "fault", "The server failed. The fault is logged; please try again.")
    return defaults.server_error(request)


def too_large(request: HttpRequest, detail: str) -> HttpResponse:
    """Answer a body that is larger than what is taken."""
    if _for_program(request):
        return _json(413, "too_large", detail)
    return render(request, "413.html", {"reason": detail}, status=413)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # the framework's signature
    """Answer a form that was open too long, or came from elsewhere."""
    text = "The form could not be trusted: it was open too long, or your browser blocks cookies. Load the page again and send the form once more."
    if _for_program(request):
        return _json(403, "csrf", text)
    return render(request, "403.html", {"reason": text}, status=403)
