"""Public pages: the home page, the index of an installation's reports, and the reports with their files."""

from datetime import UTC
from typing import Any

from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from apps.accounts.models import Organisation
from apps.assessments import selectors as assessments
from apps.assessments.validation import judge_all
from apps.disclosures import badge, linked_data, pages, selectors, services
from apps.disclosures.models import EvidenceFile, Snapshot
from apps.disclosures.schema import published as schema
from apps.disclosures.views.common import download, evidence_answer
from lca.engine import Category, from_document, trace

PER_PAGE = 20


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Members go to their organisation; everybody else sees a finished report."""
    if request.user.is_authenticated:
        first = Organisation.objects.visible_to(request.user).first()
        return redirect("assessments:dashboard", first.slug) if first else redirect("accounts:home")
    snapshot = selectors.showcase(assessments.DEMO_SLUG)
    shown = {"snapshot": snapshot, "kept": pages.kept(snapshot) if snapshot else None}
    return render(request, "home.html", shown)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every report of this installation that stands, newest first."""
    page = Paginator(selectors.index(), PER_PAGE).get_page(request.GET.get("page"))
    studies = [] if page.number > 1 else [j.study for j in judge_all() if j.study.loose]
    others = sorted(studies, key=lambda study: -len(study.boundary))  # the widest first
    rows = [linked_data.card(row) for row in page.object_list]
    shown = {"page": page, "rows": rows, "others": others}
    return render(request, "disclosures/index.html", shown)


class ReportsFeed(Feed[Snapshot, None]):
    """The newest reports as an Atom feed."""

    feed_type = Atom1Feed
    title = "Life-cycle reports of AI systems"
    subtitle = "Reports published by this installation of Cradle, newest first."

    def link(self) -> str:
        return reverse("disclosures:index")

    def items(self) -> list[Snapshot]:
        return list(selectors.index()[:PER_PAGE])

    def item_title(self, item: Snapshot) -> str:
        return str(linked_data.card(item)["title"])

    def item_description(self, item: Snapshot) -> str:
        return str(linked_data.card(item)["summary"])

    def item_pubdate(self, item: Snapshot) -> Any:
        return item.published_at.astimezone(UTC) if item.published_at else None

    def item_guid(self, item: Snapshot) -> str:
        return f"urn:uuid:{item.uuid}"


def _public(slug: str, number: int | None) -> Snapshot:
    try:
        return selectors.public(slug, number)
    except Snapshot.DoesNotExist as error:
        raise Http404 from error


@require_safe
def public(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """Show a published report to anybody."""
    snapshot = _public(slug, number)
    newest = snapshot if number is None else _public(slug, None)
    shown = {
        "snapshot": snapshot,
        "newer": newest if newest.number > snapshot.number else None,
        "kept": pages.kept(snapshot),
    }
    return render(request, "disclosures/public.html", shown)


@require_safe
def public_file(
    request: HttpRequest,  # noqa: ARG001  # Django's signature
    slug: str,
    kind: str,
    number: int | None = None,
) -> HttpResponse:
    """Download a published report's PDF or JSON."""
    return download(_public(slug, number), f"report.{kind}")


@require_safe
def public_export(
    request: HttpRequest,  # noqa: ARG001  # Django's signature
    slug: str,
    number: int,
    name: str,
) -> HttpResponse:
    """Download a published report in another format."""
    return download(_public(slug, number), name)


@require_safe
def manifest(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The files of a published report with their hashes, and the evidence that stands behind it."""
    snapshot = _public(slug, number)
    files = services.file_all(snapshot_id=snapshot.pk) or snapshot.files.all()
    return JsonResponse(linked_data.manifest(snapshot, files, request.build_absolute_uri))


@require_safe
def public_evidence(
    request: HttpRequest,  # noqa: ARG001  # Django's signature
    slug: str,
    number: int,
    sha256: str,
) -> HttpResponse:
    """Download a file of evidence that a published report lists as public."""
    snapshot = _public(slug, number)
    listed = {
        row["sha256"]
        for row in snapshot.read().get("evidence_files", [])
        if row["confidentiality"] == "public"
    }
    found = EvidenceFile.objects.filter(assessment=snapshot.assessment_id, sha256=sha256).first()
    if sha256 not in listed or found is None:
        raise Http404
    return evidence_answer(found)


@require_safe
def badge_svg(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """A picture that states what the report says; it rates nothing."""
    drawn = badge.draw(_public(slug, number))
    return HttpResponse(
        drawn, content_type="image/svg+xml", headers={"Cache-Control": "max-age=300"}
    )


@require_safe
def disclosure_schema(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """The published JSON Schema of a report's data."""
    return HttpResponse(schema(), content_type="application/schema+json")


@require_safe
def why(request: HttpRequest, slug: str, number: int, flow: str, category: str) -> HttpResponse:
    """Follow one figure of a published report to its formula, parameters and sources."""
    snapshot = _public(slug, number)
    document = snapshot.read()
    inventory = from_document(document["inventory"])
    found = next((item for item in inventory.flows if item.name == flow), None)
    if found is None or category not in {key.value for key in found.factors}:
        raise Http404
    own = {
        "snapshot": snapshot,
        "document": document,
        "trace": trace(inventory, found, Category(category)),
        "web": True,
    }
    return render(request, "disclosures/why.html", own)
