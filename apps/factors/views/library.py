"""The library as pages, open to read: kinds, entries with their rival values, sources, releases."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.factors import charts, downloads, presentation, selectors
from apps.factors.embodied.page import accelerator_page
from apps.factors.errors import NoRelease
from apps.factors.indicators import MIX_SHARES, Kind
from apps.factors.models import Entry, Release

PER_PAGE = 100
CARBON = ("gwp_location", "gwp_direct")
TEMPLATES = {
    Kind.ZONE: "factors/zone.html",
    Kind.METHOD: "factors/method.html",
}


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
        "tables": selectors.tables_of(release),
        "sources": selectors.sources(release).count(),
    }
    return render(request, "factors/library.html", context)


@require_safe
def listing(request: HttpRequest, kind: str) -> HttpResponse:
    """The entries of a kind, searched by name; those of one type of zone where one is named."""
    release = _release_or_404(request)
    _kind_or_404(kind)
    search, zone_type = _text(request, "q"), _text(request, "type")
    found = selectors.entries(release, kind, search)
    if zone_type:
        found = found.filter(attributes__zone_type=zone_type)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "factors",
        "release": release,
        "kind": Kind(kind),
        "title": presentation.PLURALS[kind],
        "introduction": presentation.INTRODUCTIONS[kind],
        "search": search,
        "zone_type": zone_type,
        "zone_types": selectors.ZONE_TYPES if kind == Kind.ZONE else {},
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
    groups = presentation.groups(found, but=MIX_SHARES)
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
    page = accelerator_page(found, release) if kind == Kind.ACCELERATOR else None
    if page:
        return render(request, "factors/accelerator.html", context | {"page": page})
    if kind == Kind.ZONE:
        context |= _zone(release, found)
    if kind == Kind.METHOD:
        context["source"] = release.sources.filter(key=found.attributes.get("source")).first()
    return render(request, TEMPLATES.get(Kind(kind), "factors/entry.html"), context)


def _zone(release: Release, found: Entry) -> dict[str, object]:
    """What a zone's page shows beyond its factors: its mix, what lies inside it, and what it lies in."""
    parent = found.attributes.get("parent")
    carbon = [row for row in found.factors.all() if row.indicator in CARBON]
    return {
        "mix": charts.mix(found),
        "headlines": presentation.headlines(found),
        "has_carbon": bool(carbon),
        "years": sorted({row.year for row in carbon}),
        "inside": presentation.rows(Kind.ZONE, selectors.sub_zones(release, found.key)),
        "columns": presentation.columns(Kind.ZONE),
        "parent": Entry.objects.filter(release=release, kind=Kind.ZONE, key=parent).first(),
        "is_direct_only": found.attributes.get("zone_type") == "us_state",
    }


@require_safe
def compare(request: HttpRequest, kind: str) -> HttpResponse:
    """Several entries of a kind side by side: ``?zone=FR&zone=DE``."""
    release = _release_or_404(request)
    _kind_or_404(kind)
    keys = request.GET.getlist(kind) or request.GET.getlist("key")
    found = selectors.compared(release, kind, keys)
    context = {
        "section": "factors",
        "release": release,
        "kind": Kind(kind),
        "title": presentation.PLURALS[kind],
        "entries": found,
        "comparisons": charts.side_by_side(kind, found) if found else [],
        "unknown": sorted(set(keys) - {row.key for row in found}),
        "most": selectors.MOST_COMPARED,
        "choices": selectors.names(release, kind),
        "places": range(selectors.MOST_COMPARED),
    }
    return render(request, "factors/compare.html", context)


@require_safe
def download(request: HttpRequest, kind: str, form: str) -> HttpResponse | StreamingHttpResponse:
    """The rows of a kind as a file; share-alike rows come in a file of their own."""
    release = _release_or_404(request)
    _kind_or_404(kind)
    share_alike = request.GET.get("share-alike") == "yes"
    found = downloads.rows(release, kind, share_alike=share_alike)
    name = f"cradle-{release.label}-{kind}{'-share-alike' if share_alike else ''}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if form == "csv":
        lines = downloads.as_csv(found)
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
    text = downloads.as_json(release, kind, found)
    return HttpResponse(text, content_type="application/json", headers=headers)


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


@require_safe
def difference(request: HttpRequest) -> HttpResponse:
    """What changed from one release to another: ``?from=2026.11&to=2026.12``."""
    releases = list(Release.objects.all())
    labels = {release.label: release for release in releases}
    named = [request.GET.get(name, "") for name in ("from", "to")]
    if any(label and label not in labels for label in named):
        raise Http404
    context = {
        "section": "factors",
        "releases": releases,
        "before": named[0],
        "after": named[1],
        "found": selectors.difference(*(labels[name] for name in named)) if all(named) else None,
    }
    return render(request, "factors/difference.html", context)


def _text(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "")[:100]


def _kind_or_404(kind: str) -> None:
    if kind not in Kind.values:
        raise Http404


def _release(request: HttpRequest) -> Release:
    label = request.GET.get("release", "").replace("\0", "")
    return get_object_or_404(Release, label=label) if label else selectors.current_release()


def _release_or_404(request: HttpRequest) -> Release:
    try:
        return _release(request)
    except NoRelease as error:
        raise Http404(error.message) from error
