"""Variance-based indices: what to know better, if a total is to become narrower."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.access import member_view
from apps.accounts.models import Organisation
from apps.assessments import services
from apps.assessments.views.page import open_desk
from lca.engine import CategoryIndices, EngineError, Indices

NEGLIGIBLE = 0.001  # of the variance; what makes less is counted, not listed


@require_safe
@member_view()
def indices(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Compute the indices of every total and list them, a table for each category."""
    desk = open_desk(request, organisation, slug)
    try:
        found = services.indices(assessment=desk.assessment)
    except EngineError as error:
        return desk.render("indices", engine_error=str(error))
    return desk.render("indices", found=found, tables=_tables(found))


def _tables(found: Indices) -> list[dict[str, Any]]:
    return [_table(item) for item in found.categories]


def _table(item: CategoryIndices) -> dict[str, Any]:
    listed = [row for row in item.parameters if row.total.value >= NEGLIGIBLE]
    return {
        "category": item.category,
        "unit": item.unit,
        "standard_deviation": item.standard_deviation,
        "rows": [*listed, *([item.rest] if item.rest else [])],
        "negligible": len(item.parameters) - len(listed),
    }
