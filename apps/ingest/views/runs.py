"""The table of runs: filtered, labelled many at once, downloaded; one run with all that is known of it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.access import member_view
from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, Role
from apps.ingest import downloading, selectors, services
from apps.ingest.filtering import RunFilter
from apps.ingest.flags import TEXTS
from apps.ingest.forms import LabelForm
from apps.ingest.models import RecordedRun, SavedView
from apps.ingest.views.common import page_of

PAGE_ROWS = 50
LONGEST_QUERY = 1000


@require_GET
@member_view(Role.VIEWER)
def runs(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Show runs newest first, page by page: each page goes on where the one before ended, so none is slow."""
    found = RunFilter(request.GET, organisation=organisation)
    rows = found.qs if found.is_valid() else found.queryset.none()
    before = request.GET.get("before", "")
    if before.isdigit():
        rows = rows.filter(pk__lt=int(before[:18]))
    shown = list(rows.order_by("-pk").prefetch_related("upload__organisation")[: PAGE_ROWS + 1])
    more = len(shown) > PAGE_ROWS
    for row in shown:
        row.flag_texts = [TEXTS[c] for c in row.flags.strip(",").split(",") if c in TEXTS]
    query = _query(request.GET)
    context = {
        "filter": found,
        "runs": shown[:PAGE_ROWS],
        "query": query,
        "older": urlencode({**dict(query.items()), "before": shown[PAGE_ROWS - 1].pk})
        if more
        else "",
        "is_first": not before,
        "form": LabelForm(auto_id="label_%s"),
        "views": SavedView.objects.of(organisation),
    }
    return page_of(request, organisation, "ingest/runs", context, failed=not found.is_valid())


def _query(given: QueryDict) -> QueryDict:
    """What filters, without where the page begins."""
    kept = given.copy()
    kept.pop("before", None)
    for name in [name for name, value in kept.items() if not value]:
        del kept[name]
    return kept


@require_GET
@member_view(Role.VIEWER)
def run(request: HttpRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Show one run with all that its file said."""
    rows = selectors.runs(organisation).select_related("system", "upload", "upload__organisation")
    row = get_object_or_404(rows, uuid=uuid)
    found = [TEXTS[code] for code in row.flags.strip(",").split(",") if code in TEXTS]
    return page_of(request, organisation, "ingest/run", {"run": row, "flags": found})


@require_GET
@member_view(Role.VIEWER)
def download(request: HttpRequest, organisation: Organisation) -> StreamingHttpResponse:
    """Send the filtered table as CSV, as it is read."""
    found = RunFilter(request.GET, organisation=organisation)
    rows = found.qs if found.is_valid() else found.queryset.none()
    response = StreamingHttpResponse(
        downloading.lines(downloading.values(rows)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="runs-{organisation.slug}.csv"'
    return response


@member_view(Role.EDITOR)
@require_POST
def relabel(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Label the runs that are ticked, or all that the filters let through."""
    form, query = LabelForm(request.POST), QueryDict(request.POST.get("query", "")[:LONGEST_QUERY])
    back = f"{reverse('ingest:runs', args=[organisation.slug])}?{query.urlencode()}"
    if not form.is_valid():
        messages.error(
            request, "; ".join(str(e) for errors in form.errors.values() for e in errors)
        )
        return redirect(back)
    rows = _chosen(request, organisation, query)
    try:
        n = services.relabel(
            organisation=organisation, rows=rows, actor=_user(request), **form.cleaned_data
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{n:,} run{'' if n == 1 else 's'} labelled.")
    return redirect(back)


def _chosen(request: HttpRequest, organisation: Organisation, query: QueryDict) -> Any:
    if request.POST.get("which") == "all":
        found = RunFilter(query, organisation=organisation)
        return found.qs if found.is_valid() else RecordedRun.objects.none()
    keys = [key for key in request.POST.getlist("run") if key.isdigit()]
    return selectors.runs(organisation).filter(pk__in=keys)


@member_view(Role.EDITOR)
@require_POST
def save_view(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Keep the filters under a name."""
    name = " ".join(request.POST.get("name", "").split())[:80]
    query = _query(QueryDict(request.POST.get("query", "")[:LONGEST_QUERY])).urlencode()
    if name:
        SavedView.objects.create(organisation=organisation, name=name, query=query)
        messages.success(request, f"“{name}” is kept.")
    else:
        messages.error(request, "Give the view a name.")
    return redirect(f"{reverse('ingest:runs', args=[organisation.slug])}?{query}")


@require_POST
@member_view(Role.EDITOR)
def delete_view(
    request: HttpRequest,  # noqa: ARG001  Django's signature
    organisation: Organisation,
    uuid: UUID,
) -> HttpResponse:
    """Forget a kept view."""
    get_object_or_404(SavedView.objects.of(organisation), uuid=uuid).delete()
    return redirect("ingest:runs", organisation.slug)


def _user(request: HttpRequest) -> Any:
    return request.user
