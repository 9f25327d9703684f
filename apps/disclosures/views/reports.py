"""Pages of reports: preview and publication inside an organisation, public pages outside, and the home page."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import MemberRequest, member_view
from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, Role
from apps.assessments import selectors as assessments
from apps.assessments.models import Assessment
from apps.disclosures import selectors, services
from apps.disclosures.forms import WithdrawForm
from apps.disclosures.models import Snapshot, Status
from lca.engine import Category, EngineError, from_document, trace


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Members go to their organisation; everybody else sees a finished report."""
    if request.user.is_authenticated:
        first = Organisation.objects.visible_to(request.user).first()
        return redirect("assessments:dashboard", first.slug) if first else redirect("accounts:home")
    snapshot = selectors.showcase(assessments.DEMO_SLUG)
    context = _report(snapshot) if snapshot else {}
    context["totals_check"] = [row for row in context.get("reconciliation", []) if not row["run"]]
    return render(request, "home.html", context | {"snapshot": snapshot})


def _assessment(organisation: Organisation, slug: str) -> Assessment:
    try:
        return assessments.assessment(organisation, slug)
    except Assessment.DoesNotExist as error:
        raise Http404 from error


def _snapshot(organisation: Organisation, slug: str, number: int) -> Snapshot:
    try:
        return selectors.snapshot(organisation, slug, number)
    except Snapshot.DoesNotExist as error:
        raise Http404 from error


def _public(slug: str, number: int | None) -> Snapshot:
    try:
        return selectors.public(slug, number)
    except Snapshot.DoesNotExist as error:
        raise Http404 from error


def _report(snapshot: Snapshot) -> dict[str, Any]:
    """What the web templates print of a snapshot."""
    from apps.disclosures.report.page import open_report, report_context

    return report_context(open_report(snapshot.content, snapshot.edition))


@require_safe
@member_view()
def preview(
    request: HttpRequest, organisation: Organisation, slug: str, number: int | None = None
) -> HttpResponse:
    """Show a snapshot of an assessment to its organisation, with what can be done to it."""
    assessment = _assessment(organisation, slug)
    history = list(selectors.snapshots(assessment))
    wanted = number or (history[0].number if history else None)
    snapshot = _snapshot(organisation, slug, wanted) if wanted else None
    context = _report(snapshot) if snapshot else {}
    own = {
        "organisation": organisation,
        "section": "assessments",
        "assessment": assessment,
        "history": history,
        "snapshot": snapshot,
        "withdraw_form": WithdrawForm(),
    }
    return render(request, "disclosures/preview.html", context | own)


@require_POST
@member_view(write=Role.EDITOR)
def freeze(request: MemberRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Write the assessment down as it stands."""
    assessment = _assessment(organisation, slug)
    try:
        snapshot = services.freeze(assessment=assessment, actor=request.user)
    except (DomainError, EngineError) as error:
        messages.error(request, str(error))
        return redirect("disclosures:report", organisation.slug, slug)
    return redirect("disclosures:numbered", organisation.slug, slug, snapshot.number)


@require_POST
@member_view(write=Role.EDITOR)
def publish(
    request: MemberRequest, organisation: Organisation, slug: str, number: int
) -> HttpResponse:
    """Show a draft to the public, for good."""
    snapshot = _snapshot(organisation, slug, number)
    try:
        services.publish(snapshot=snapshot, actor=request.user)
        messages.success(request, "Published. The report can now be read by anybody.")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("disclosures:numbered", organisation.slug, slug, number)


@require_POST
@member_view(write=Role.OWNER)
def withdraw(
    request: MemberRequest, organisation: Organisation, slug: str, number: int
) -> HttpResponse:
    """Take a published report back, with the reason that its page will print."""
    snapshot = _snapshot(organisation, slug, number)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, "Nothing was withdrawn: say why, so that the page can tell its readers."
        )
        return redirect("disclosures:numbered", organisation.slug, slug, number)
    try:
        services.withdraw(snapshot=snapshot, actor=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, "Withdrawn. The page now says so.")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("disclosures:numbered", organisation.slug, slug, number)


@require_safe
@member_view()
def own_file(
    request: HttpRequest,  # noqa: ARG001  # Django's signature
    organisation: Organisation,
    slug: str,
    number: int,
    kind: str,
) -> HttpResponse:
    """Download a snapshot's PDF or JSON, published or not."""
    return _download(_snapshot(organisation, slug, number), kind)


@require_safe
def public(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """Show a published report to anybody."""
    snapshot = _public(slug, number)
    newest = _public(slug, None)
    own = {
        "snapshot": snapshot,
        "newer": newest if newest.number > snapshot.number else None,
        "why_base": reverse("disclosures:public", args=[slug]) + f"v{snapshot.number}/why/",
        "web": True,
    }
    return render(request, "disclosures/public.html", _report(snapshot) | own)


@require_safe
def public_file(
    request: HttpRequest,  # noqa: ARG001  # Django's signature
    slug: str,
    kind: str,
    number: int | None = None,
) -> HttpResponse:
    """Download a published report's PDF or JSON."""
    return _download(_public(slug, number), kind)


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


FILES = {
    "pdf": ("application/pdf", "inline"),
    "json": ("application/json", "inline"),
}


def _download(snapshot: Snapshot, kind: str) -> HttpResponse:
    """Answer with a file; whoever has it already is told so by its hash."""
    content = snapshot.content if kind == "json" else services.pdf_of(snapshot=snapshot)
    media, place = FILES[kind]
    name = f"{snapshot.assessment.slug}-{snapshot.number}"
    if snapshot.status != Status.PUBLISHED:
        name += f"-{snapshot.status}"
    headers = {
        "Content-Disposition": f'{place}; filename="{name}.{kind}"',
        "Last-Modified": http_date((snapshot.published_at or snapshot.created_at).timestamp()),
        "X-Content-SHA256": snapshot.sha256,
    }
    return HttpResponse(content, content_type=media, headers=headers)
