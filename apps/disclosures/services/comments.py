"""The reviewer's numbered comments, their responses and how each was settled."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.assessments.models import Assessment
from apps.disclosures.errors import WrongStatus
from apps.disclosures.models import ReviewComment, Snapshot
from apps.disclosures.services import notices, people


@transaction.atomic
def comment(*, snapshot: Snapshot, actor: User, form: dict[str, Any]) -> ReviewComment:
    """Add a comment to an unpublished snapshot; ``form`` holds section, figure, severity and text."""
    if snapshot.is_released:
        raise WrongStatus("A published report takes no comments; correct it with a new one.")
    people.demand_reviewer(actor, snapshot)
    Assessment.objects.select_for_update().get(pk=snapshot.assessment_id)
    rows = ReviewComment.objects.filter(assessment=snapshot.assessment_id)
    last = rows.aggregate(last=Max("number"))["last"] or 0
    made = ReviewComment.objects.create(
        organisation=snapshot.organisation,
        assessment=snapshot.assessment,
        snapshot=snapshot,
        number=last + 1,
        author=actor,
        author_name=actor.get_full_name(),
        **form,
    )
    accounts.record_event(
        snapshot.organisation, actor, "commented", made, {"section": made.section}
    )
    return made


@transaction.atomic
def respond(*, comment: ReviewComment, actor: User, text: str) -> ReviewComment:
    """Answer a comment."""
    changed = ReviewComment.objects.filter(pk=comment.pk, resolved_at__isnull=True).update(
        response=text, responded_by=actor, responded_at=timezone.now()
    )
    if not changed:
        raise WrongStatus("The comment is resolved already.")
    comment.refresh_from_db()
    accounts.record_event(comment.organisation, actor, "answered", comment)
    notices.tell(comment.snapshot, "answered", actor)
    return comment


@transaction.atomic
def resolve(*, comment: ReviewComment, actor: User, text: str) -> ReviewComment:
    """Settle a comment; only a reviewer can, and not one who prepared the report."""
    people.demand_reviewer(actor, comment.snapshot)
    changed = ReviewComment.objects.filter(pk=comment.pk, resolved_at__isnull=True).update(
        resolution=text, resolved_by=actor, resolved_at=timezone.now()
    )
    if not changed:
        raise WrongStatus("The comment is resolved already.")
    comment.refresh_from_db()
    accounts.record_event(comment.organisation, actor, "resolved", comment)
    return comment
