"""Filters that refuse what they do not know, instead of ignoring it."""

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request

from apps.accounts.rest.problems import BadRequest


class StrictFilterBackend(DjangoFilterBackend):  # type: ignore[misc]  # the library is untyped
    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> Any:
        filterset = self.get_filterset(request, queryset, view)
        known = {"limit", "offset", *(filterset.filters if filterset else ())}
        refuse_unknown(request, known)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            texts = [f"{name}: {' '.join(errors)}" for name, errors in filterset.errors.items()]
            raise BadRequest("; ".join(texts), code="bad_query")
        return filterset.qs


def refuse_unknown(request: Request, known: set[str]) -> None:
    """Refuse query parameters that nothing reads."""
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        msg = f"Unknown query parameter: {', '.join(unknown)}. Known here: {', '.join(sorted(known))}."
        raise BadRequest(msg, code="bad_query")
