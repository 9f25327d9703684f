"""From draft to approved: submit, comment, request changes, sign, approve; and back, when inputs change."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.assessments.models import Assessment
from apps.disclosures import selectors
from apps.disclosures.errors import InputsChanged, Unanswered, WrongStatus
from apps.disclosures.models import ChangeKind, Outcome, Review, Severity, Snapshot, Status
from apps.disclosures.services import notices, people, snapshots
from lca.engine import EngineError

SIGNED_OFF = (Status.IN_REVIEW, Status.APPROVED)


@transaction.atomic
def submit(
    *,
    assessment: Assessment,
    actor: User,
    kind: ChangeKind = ChangeKind.FIRST,
    reason: str = "",
) -> Snapshot:
    """Freeze the assessment as it stands and ask for its review.

    After the first report ``kind`` tells a correction from a new period, and ``reason`` why.

    Raises
    ------
    WrongStatus
        If that very snapshot is under review or further already, or a reason is missing.
    """
    snapshot = snapshots.freeze(assessment=assessment, actor=actor)
    kind = _kind(assessment, kind, reason)
    Review.objects.filter(snapshot=snapshot, outcome=Outcome.CHANGES).delete()
    move(
        snapshot,
        (Status.DRAFT, Status.CHANGES_REQUESTED),
        Status.IN_REVIEW,
        _why_not_again(snapshot),
        submitted_by=actor,
        submitted_at=timezone.now(),
        kind=kind,
        reason=reason.strip(),
    )
    accounts.record_event(
        assessment.organisation, actor, "submitted", snapshot, {"sha256": snapshot.sha256}
    )
    notices.tell(snapshot, "submitted", actor)
    return snapshot


def _why_not_again(snapshot: Snapshot) -> str:
    if snapshot.is_released:
        return f"Nothing has changed since report {snapshot.number} was published, so there is nothing to submit."
    return "It is under review or approved already. What you change in the assessment takes it back to draft."


def _kind(assessment: Assessment, kind: ChangeKind, reason: str) -> ChangeKind:
    if selectors.newest_released(assessment) is None:
        return ChangeKind.FIRST
    if kind == ChangeKind.FIRST or not reason.strip():
        msg = "A report was published before. Say whether this one corrects it or covers a new period, and why."
        raise WrongStatus(msg)
    return kind


def settle(*, snapshot: Snapshot, actor: User | None = None) -> Snapshot:
    """Take a snapshot under review, or approved, back to draft if the assessment has changed since it was frozen."""
    if snapshot.status not in SIGNED_OFF or _stands(snapshot):
        return snapshot
    with transaction.atomic():
        Review.objects.filter(snapshot=snapshot).delete()
        move(
            snapshot,
            SIGNED_OFF,
            Status.DRAFT,
            "It has been published or withdrawn meanwhile.",
            approved_by=None,
            approved_at=None,
        )
        accounts.record_event(
            snapshot.organisation,
            actor,
            "returned to draft",
            snapshot,
            {"why": "inputs or factors changed after it was frozen", "sha256": snapshot.sha256},
        )
        notices.tell(snapshot, "returned", actor)
    return snapshot


def _stands(snapshot: Snapshot) -> bool:
    """Whether what was frozen is what is declared; inputs that can no longer be computed are others."""
    try:
        return snapshots.is_unchanged(snapshot, snapshot.assessment)
    except EngineError:
        return False


def demand_settled(snapshot: Snapshot, actor: User | None) -> None:
    """Raise ``InputsChanged`` if what was frozen is no longer what is declared."""
    was = snapshot.status
    if settle(snapshot=snapshot, actor=actor).status != was:
        msg = "Inputs or factors changed after this report was frozen, so it went back to draft. Submit it again."
        raise InputsChanged(msg)


def sign(*, snapshot: Snapshot, actor: User, form: dict[str, Any]) -> Review:
    """Sign the review of a snapshot; ``form`` holds the fields of ``Review``.

    Raises
    ------
    SamePerson, InputsChanged, WrongStatus
        If the reviewer prepared the report, it changed, or it is not under review.
    Unanswered
        If the review passes while a comment that must be resolved is open.
    """
    people.demand_reviewer(actor, snapshot)
    demand_settled(snapshot, actor)
    passed = form["outcome"] == Outcome.PASSED
    major = snapshot.assessment.review_comments.filter(
        severity=Severity.MAJOR, resolved_at__isnull=True
    )
    if passed and major.exists():
        numbers = ", ".join(str(n) for n in major.values_list("number", flat=True))
        msg = f"Comments that must be resolved are open: {numbers}. Resolve them first."
        raise Unanswered(msg)
    with transaction.atomic():
        Assessment.objects.select_for_update().get(pk=snapshot.assessment_id)
        _demand(snapshot, Status.IN_REVIEW, "Only a report under review can be signed.")
        Review.objects.filter(snapshot=snapshot).delete()
        review = Review.objects.create(
            organisation=snapshot.organisation,
            snapshot=snapshot,
            reviewer=actor,
            sha256=snapshot.sha256,
            signed_at=timezone.now().replace(microsecond=0),
            **form,
        )
        if not passed:
            move(snapshot, (Status.IN_REVIEW,), Status.CHANGES_REQUESTED, "It is not under review.")
        accounts.record_event(
            snapshot.organisation,
            actor,
            "passed the review of" if passed else "requested changes of",
            snapshot,
            {"level": review.level, "sha256": snapshot.sha256},
        )
        notices.tell(snapshot, "passed" if passed else "changes", actor)
    return review


def approve(*, snapshot: Snapshot, actor: User) -> Snapshot:
    """Approve a reviewed snapshot for publication; raises ``WrongStatus``, ``SamePerson`` or ``InputsChanged``."""
    review = Review.objects.filter(snapshot=snapshot, outcome=Outcome.PASSED).first()
    if review is None:
        raise WrongStatus("A report is approved after its review is signed, and this one has none.")
    people.demand_approver(actor, snapshot, review.reviewer_id)
    demand_settled(snapshot, actor)
    with transaction.atomic():
        move(
            snapshot,
            (Status.IN_REVIEW,),
            Status.APPROVED,
            "Only a report under review can be approved.",
            approved_by=actor,
            approved_at=timezone.now().replace(microsecond=0),
        )
        accounts.record_event(
            snapshot.organisation, actor, "approved", snapshot, {"sha256": snapshot.sha256}
        )
        notices.tell(snapshot, "approved", actor)
    return snapshot


def move(
    snapshot: Snapshot,
    origin: tuple[Status, ...],
    target: Status,
    otherwise: str,
    **also: Any,
) -> None:
    """Change the status where it stands at ``origin`` still, in one statement; raises ``WrongStatus``."""
    moved = Snapshot.objects.filter(pk=snapshot.pk, status__in=origin).update(
        status=target, updated_at=timezone.now(), **also
    )
    if not moved:
        raise WrongStatus(otherwise)
    snapshot.refresh_from_db()


def _demand(snapshot: Snapshot, status: Status, otherwise: str) -> None:
    if not Snapshot.objects.filter(pk=snapshot.pk, status=status).exists():
        raise WrongStatus(otherwise)
