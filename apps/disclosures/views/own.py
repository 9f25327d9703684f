"""A report inside its organisation: preview, checklist, and its way to publication."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import MemberRequest, member_view
from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, Role
from apps.disclosures import exports, gate, selectors, services
from apps.disclosures.forms import SubmitForm, WithdrawForm
from apps.disclosures.models import Snapshot, Status
from apps.disclosures.views.common import (
    attached,
    download,
    find_assessment,
    find_snapshot,
    page_of,
    report_of,
)
from lca.engine import EngineError

STEPS = (Status.DRAFT, Status.IN_REVIEW, Status.APPROVED, Status.PUBLISHED)


@require_safe
@member_view()
def preview(
    request: HttpRequest, organisation: Organisation, slug: str, number: int | None = None
) -> HttpResponse:
    """Show a snapshot of an assessment to its organisation, with what can be done to it."""
    assessment = find_assessment(organisation, slug)
    history = list(selectors.snapshots(assessment))
    wanted = number or (history[0].number if history else None)
    snapshot = find_snapshot(organisation, slug, wanted) if wanted else None
    if snapshot:
        services.settle(snapshot=snapshot)
    context = report_of(snapshot) if snapshot else {}
    return page_of(request, assessment, "preview", context | _state(assessment, snapshot, history))


def _state(assessment: Any, snapshot: Snapshot | None, history: list[Snapshot]) -> dict[str, Any]:
    """What is known of a snapshot besides its document, and the forms of what can be done next."""
    was_published = any(row.is_released for row in history)
    return {
        "history": history,
        "snapshot": snapshot,
        "steps": _steps(snapshot) if snapshot else [],
        "is_newest": bool(snapshot) and snapshot.number == history[0].number,  # type: ignore[union-attr]  # history holds it
        "signed": getattr(snapshot, "review", None) if snapshot else None,
        "open_comments": assessment.review_comments.filter(resolved_at__isnull=True).count(),
        "exports": exports.rows(snapshot.read()) if snapshot else [],
        "submit_form": SubmitForm() if was_published else None,
        "withdraw_form": WithdrawForm(),
    }


def _steps(snapshot: Snapshot) -> list[dict[str, Any]]:
    """The four steps with those that are behind."""
    here = {Status.CHANGES_REQUESTED: Status.IN_REVIEW}.get(
        Status(snapshot.status), Status(snapshot.status)
    )
    place = STEPS.index(here) if here in STEPS else len(STEPS)
    return [
        {"label": step.label, "is_done": number < place, "is_here": number == place}
        for number, step in enumerate(STEPS)
    ]


@require_safe
@member_view()
def checklist(
    request: HttpRequest, organisation: Organisation, slug: str, number: int
) -> HttpResponse:
    """What the report still lacks, each with the place where it is mended."""
    assessment = find_assessment(organisation, slug)
    snapshot = find_snapshot(organisation, slug, number)
    found = gate.checks(snapshot.content)
    shown = {
        "snapshot": snapshot,
        "required": [check for check in found if check.is_required],
        "others": [check for check in found if not check.is_required],
        "failing": sum(check.is_required and not check.passed for check in found),
        "completeness": gate.completeness(found),
    }
    return page_of(request, assessment, "checklist", shown)


@require_POST
@member_view(write=Role.EDITOR)
def freeze(request: MemberRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Write the assessment down as it stands."""
    assessment = find_assessment(organisation, slug)
    try:
        snapshot = services.freeze(assessment=assessment, actor=request.user)
    except (DomainError, EngineError) as error:
        messages.error(request, str(error))
        return redirect("disclosures:report", organisation.slug, slug)
    return redirect("disclosures:numbered", organisation.slug, slug, snapshot.number)


@require_POST
@member_view(write=Role.EDITOR)
def submit(request: MemberRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Freeze the assessment as it stands and ask for its review."""
    assessment = find_assessment(organisation, slug)
    more: dict[str, Any] = {}
    if selectors.newest_released(assessment) is not None:
        form = SubmitForm(request.POST)
        if not form.is_valid():
            messages.error(request, "Nothing was submitted: say what this report is, and why.")
            return redirect("disclosures:report", organisation.slug, slug)
        more = form.cleaned_data
    try:
        snapshot = services.submit(assessment=assessment, actor=request.user, **more)
    except (DomainError, EngineError) as error:
        messages.error(request, str(error))
        return redirect("disclosures:report", organisation.slug, slug)
    messages.success(request, "Submitted. Reviewers and owners are told by mail.")
    return redirect("disclosures:numbered", organisation.slug, slug, snapshot.number)


def _step(
    request: MemberRequest,
    snapshot: Snapshot,
    act: Callable[..., Snapshot],
    said: str,
    **more: Any,
) -> HttpResponse:
    """Do one step of a report's way, and show where it stands."""
    try:
        act(snapshot=snapshot, actor=request.user, **more)
        messages.success(request, said)
    except (DomainError, EngineError) as error:
        messages.error(request, str(error))
    slugs = (snapshot.organisation.slug, snapshot.assessment.slug, snapshot.number)
    return redirect("disclosures:numbered", *slugs)


@require_POST
@member_view(write=Role.OWNER)
def approve(
    request: MemberRequest, organisation: Organisation, slug: str, number: int
) -> HttpResponse:
    """Approve a reviewed report."""
    snapshot = find_snapshot(organisation, slug, number)
    return _step(request, snapshot, services.approve, "Approved. It can be published now.")


@require_POST
@member_view(write=Role.EDITOR)
def publish(
    request: MemberRequest, organisation: Organisation, slug: str, number: int
) -> HttpResponse:
    """Show an approved report to the public, for good."""
    snapshot = find_snapshot(organisation, slug, number)
    said = "Published. The report can now be read by anybody."
    return _step(request, snapshot, services.publish, said)


@require_POST
@member_view(write=Role.OWNER)
def withdraw(
    request: MemberRequest, organisation: Organisation, slug: str, number: int
) -> HttpResponse:
    """Take a published report back, with the reason that its page will print."""
    snapshot = find_snapshot(organisation, slug, number)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, "Nothing was withdrawn: say why, so that the page can tell its readers."
        )
        return redirect("disclosures:numbered", organisation.slug, slug, number)
    said, reason = "Withdrawn. The page now says so.", form.cleaned_data["reason"]
    return _step(request, snapshot, services.withdraw, said, reason=reason)


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
    return download(find_snapshot(organisation, slug, number), f"report.{kind}")


@require_safe
@member_view()
def own_export(
    request: HttpRequest,  # noqa: ARG001  # Django's signature
    organisation: Organisation,
    slug: str,
    number: int,
    name: str,
) -> HttpResponse:
    """Download a snapshot in another format, those included that are not for the public."""
    snapshot = find_snapshot(organisation, slug, number)
    try:
        return attached(snapshot, name, exports.make(name, snapshot.content))
    except KeyError as error:
        raise Http404 from error
