"""The workbench: one column of work, the result beside it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.access import member_view
from apps.accounts.models import Organisation
from apps.assessments.sections import LISTED, Section
from apps.assessments.views.page import figures, listing, open_desk, panel_figures, work


@require_safe
@member_view()
def workbench(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Show every section and the result."""
    desk = open_desk(request, organisation, slug)
    opened = request.GET.get("open", "")
    return desk.render("workbench", **work(desk, opened), **figures(desk.assessment))


@require_safe
@member_view()
def panel(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Show the result alone."""
    desk = open_desk(request, organisation, slug)
    return desk.render("_panel", **panel_figures(desk.assessment))


@require_safe
@member_view()
def section(
    request: HttpRequest, organisation: Organisation, slug: str, section: Section
) -> HttpResponse:
    """Show one section alone: the runs, a page at a time and filtered."""
    desk = open_desk(request, organisation, slug)
    if section not in LISTED:
        return desk.render("workbench", **work(desk), **figures(desk.assessment))
    shown = work(desk) | {
        "listings": [listing(desk, section, request.GET.get("page", 1))],
        "alone": section,
    }
    if request.headers.get("HX-Target") == f"{section.key}_rows":
        return desk.render("_rows", listing=shown["listings"][0], **shown)
    return desk.render("workbench", **shown, **figures(desk.assessment))
