"""Pages of a report's review: its comments and its signed form."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import MemberRequest, member_view
from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, Role
from apps.disclosures import services
from apps.disclosures.forms import CommentForm, ReviewForm, WordsForm
from apps.disclosures.models import ReviewComment, Snapshot, Status
from apps.disclosures.services import people
from apps.disclosures.views.common import find_assessment, find_snapshot, page_of


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(write=Role.REVIEWER)
def review(
    request: MemberRequest, organisation: Organisation, slug: str, number: int
) -> HttpResponse:
    """Show the review of a report; sign it."""
    assessment = find_assessment(organisation, slug)
    snapshot = find_snapshot(organisation, slug, number)
    services.settle(snapshot=snapshot)
    initial = {"name": request.user.name}
    form = ReviewForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            services.sign(snapshot=snapshot, actor=request.user, form=form.signed())
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Signed.")
            return redirect("disclosures:review", organisation.slug, slug, number)
    shown = {
        "snapshot": snapshot,
        "signed": getattr(snapshot, "review", None),
        "comments": assessment.review_comments.select_related("snapshot"),
        "form": form,
        "can_sign": snapshot.status == Status.IN_REVIEW and not _prepared(request, snapshot),
        "has_prepared": _prepared(request, snapshot),
        "comment_form": CommentForm(auto_id="comment_%s"),
        "words_form": WordsForm(auto_id="words_%s"),
    }
    return page_of(request, assessment, "review", shown, failed=bool(form.errors))


def _prepared(request: MemberRequest, snapshot: Snapshot) -> bool:
    return people.has_prepared(request.user, snapshot)


@require_POST
@member_view(write=Role.REVIEWER)
def comment(
    request: MemberRequest, organisation: Organisation, slug: str, number: int
) -> HttpResponse:
    """Add a numbered comment."""
    snapshot = find_snapshot(organisation, slug, number)
    form = CommentForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was added: choose a section and write the comment.")
    else:
        try:
            made = services.comment(snapshot=snapshot, actor=request.user, form=form.cleaned_data)
            messages.success(request, f"Comment {made.number} is added.")
        except DomainError as error:
            messages.error(request, error.message)
    return redirect("disclosures:review", organisation.slug, slug, number)


@require_POST
@member_view(write=Role.EDITOR)
def respond(
    request: MemberRequest, organisation: Organisation, slug: str, uuid: UUID
) -> HttpResponse:
    """Answer a comment."""
    return _settle(request, organisation, slug, uuid, services.respond)


@require_POST
@member_view(write=Role.REVIEWER)
def resolve(
    request: MemberRequest, organisation: Organisation, slug: str, uuid: UUID
) -> HttpResponse:
    """Settle a comment."""
    return _settle(request, organisation, slug, uuid, services.resolve)


def _settle(
    request: MemberRequest,
    organisation: Organisation,
    slug: str,
    uuid: UUID,
    act: Callable[..., ReviewComment],
) -> HttpResponse:
    rows = ReviewComment.objects.of(organisation).filter(assessment__slug=slug)
    row = get_object_or_404(rows.select_related("snapshot__assessment"), uuid=uuid)
    form = WordsForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was kept: write something first.")
    else:
        try:
            act(comment=row, actor=request.user, text=form.cleaned_data["text"])
        except DomainError as error:
            messages.error(request, error.message)
    return redirect("disclosures:review", organisation.slug, slug, row.snapshot.number)
