"""What the pages of the section *runs* share, those of budgets among them."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.accounts.models import Organisation, Role


def page_of(
    request: HttpRequest,
    organisation: Organisation,
    template: str,
    shown: dict[str, Any],
    *,
    failed: bool = False,
) -> HttpResponse:
    """Render a page of the section *runs* by its template without ending; one whose form has errors is 422."""
    may_edit = request.membership.may(Role.EDITOR)  # type: ignore[attr-defined]  # set by member_view
    common = {"organisation": organisation, "section": "runs", "may_edit": may_edit}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    return render(request, f"{template}.html", common | shown, status=status)
