"""Filters that refuse what they do not know, instead of ignoring it."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django_filters import ChoiceFilter, Filter
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
        refuse_ignored(request, filterset.form.cleaned_data, filterset.filters)
        return filterset.qs


def refuse_ignored(
    request: Request, understood: Mapping[str, Any], filters: Mapping[str, Filter]
) -> None:
    """Refuse a value that its filter could not read and would pass over, and a choice of nothing."""
    for name, value in request.query_params.items():
        if name not in understood:
            continue
        chose_nothing = not value and isinstance(filters[name], ChoiceFilter)
        if understood[name] is None or chose_nothing:
            wrong = f"cannot be “{value[:40]}”" if value else "is empty; leave it out"
            msg = f"The query parameter {name} {wrong}."
            raise BadRequest(msg, code="bad_query")


def refuse_unknown(request: Request, known: set[str]) -> None:
    """Refuse query parameters that nothing reads, or that are given twice."""
    twice = sorted(name for name, values in request.query_params.lists() if len(values) > 1)
    if twice:
        msg = f"Query parameter given more than once: {', '.join(twice)}."
        raise BadRequest(msg, code="bad_query")
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        msg = f"Unknown query parameter: {', '.join(unknown)}. Known here: {', '.join(sorted(known))}."
        raise BadRequest(msg, code="bad_query")
