"""The library as pages, open to read: kinds, entries with their rival values, sources."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.factors import presentation, selectors
from apps.factors.embodied.page import accelerator_page
from apps.factors.errors import NoRelease
from apps.factors.indicators import Kind
from apps.factors.models import Entry, Release

PER_PAGE = 100


@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """The kinds of entry, and what the release holds of each."""
    try:
        release = _release(request)
    except NoRelease as error:
        return render(request, "factors/empty.html", {"section": "factors", "error": error})
    context = {
        "section": "factors",
        "release": release,
        "releases": Release.objects.all(),
        "kinds": presentation.kinds(selectors.counts(release)),
        "sources": selectors.sources(release).count(),
    }
    return render(request, "factors/library.html", context)


@require_safe
def listing(request: HttpRequest, kind: str) -> HttpResponse:
    """The entries of a kind, searched by name."""
    release = _release_or_404(request)
    if kind not in Kind.values:
        raise Http404
    search = request.GET.get("q", "").replace("\0", "")[:100]
    paginator = Paginator(selectors.entries(release, kind, search), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "section": "factors",
        "release": release,
        "kind": Kind(kind),
        "title": presentation.PLURALS[kind],
        "search": search,
        "page": page,
        "columns": presentation.columns(kind),
        "rows": presentation.rows(kind, page.object_list),
    }
    template = "factors/_rows.html" if request.headers.get("HX-Request") else "factors/listing.html"
    return render(request, template, context)


@require_safe
def entry(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """One entry: every number, rivals side by side, each with its source."""
    release = _release_or_404(request)
    try:
        found = selectors.entry(release, kind, key)
    except Entry.DoesNotExist:
        raise Http404 from None
    groups = presentation.groups(found)
    context = {
        "section": "factors",
        "release": release,
        "entry": found,
        "kind": Kind(found.kind),
        "singles": [group for group in groups if len(group.factors) == 1],
        "rivals": [group for group in groups if len(group.factors) > 1],
        "facts": presentation.facts(found),
        "groups": groups,
    }
    page = accelerator_page(found, release) if found.kind == Kind.ACCELERATOR else None
    if page:
        return render(request, "factors/accelerator.html", context | {"page": page})
    return render(request, "factors/entry.html", context)


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Every source with its licence, share-alike ones apart."""
    release = _release_or_404(request)
    found = list(selectors.sources(release))
    context = {
        "section": "factors",
        "release": release,
        "open": [row for row in found if not row.is_share_alike],
        "share_alike": [row for row in found if row.is_share_alike],
    }
    return render(request, "factors/sources.html", context)


def _release(request: HttpRequest) -> Release:
    label = request.GET.get("release", "").replace("\0", "")
    return get_object_or_404(Release, label=label) if label else selectors.current_release()


def _release_or_404(request: HttpRequest) -> Release:
    try:
        return _release(request)
    except NoRelease as error:
        raise Http404(error.message) from error
