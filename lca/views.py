"""Pages of the installation itself: is it well, and what does its API look like."""

from collections.abc import Callable
from functools import cache
from typing import Any

import structlog
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

from lca.celery import app
from lca.problems import MEANINGS
from lca.queue import BROKER_FAULTS

log = structlog.get_logger()
PING_SECONDS = 1


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Tell whether the database, the broker and a worker answer; never why not, which is in the log."""
    checks = {"database": works(_ask_database), "broker": works(_ask_broker)}
    checks["worker"] = checks["broker"] and works(_ask_worker)
    well = all(checks.values())
    words = {name: "ok" if fine else "unavailable" for name, fine in checks.items()}
    return JsonResponse(
        {"status": "ok" if well else "unavailable", **words}, status=200 if well else 503
    )


def works(ask: Callable[[], bool]) -> bool:
    """Tell whether a part answers; log its fault."""
    try:
        return ask()
    except (DatabaseError, *BROKER_FAULTS) as error:
        log.warning("health.failed", part=ask.__name__, fault=type(error).__name__)
        return False


def _ask_database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _ask_broker() -> bool:
    with app.connection_for_write(connect_timeout=PING_SECONDS) as broker:
        broker.ensure_connection(max_retries=1, timeout=PING_SECONDS)
        return bool(broker.connected)


def _ask_worker() -> bool:
    return bool(app.control.ping(timeout=PING_SECONDS, limit=1))


@cache
def document() -> bytes:
    """Return the OpenAPI document, which only a new release changes."""
    generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]  # the library is partly typed
    schema = generator.get_schema(request=None, public=True)
    return bytes(OpenApiJsonRenderer().render(schema, renderer_context={}))


@require_safe
def openapi(_request: HttpRequest) -> HttpResponse:
    """Serve the OpenAPI document."""
    return HttpResponse(document(), content_type="application/vnd.oai.openapi+json")


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """Explain each problem code."""
    return render(request, "accounts/api_problems.html", {"section": "api", "meanings": MEANINGS})
