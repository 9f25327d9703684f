"""Publishing an approved report, and taking one back."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.assessments.models import Assessment
from apps.disclosures import canonical, gate, selectors
from apps.disclosures.document import with_publication
from apps.disclosures.errors import GateClosed, WrongStatus
from apps.disclosures.models import ChangeKind, Review, Snapshot, Status
from apps.disclosures.publication import publication
from apps.disclosures.services import filing, notices, workflow


def publish(*, snapshot: Snapshot, actor: User | None) -> Snapshot:
    """Show an approved report to the public, for good; publishing twice changes nothing.

    Publication, review and the hash of the report before are added to the document, which is then written for the last
    time. A correction supersedes the report before it.

    Raises
    ------
    WrongStatus, InputsChanged, GateClosed
        If it is not approved, inputs changed since, or something that a report must have is missing.
    """
    if snapshot.status == Status.PUBLISHED:
        return snapshot
    if snapshot.status != Status.APPROVED:
        raise WrongStatus(_why_not(snapshot))
    workflow.demand_settled(snapshot, actor)
    moment = timezone.now().replace(microsecond=0)
    before = selectors.newest_released(snapshot.assessment)
    content = _final(snapshot, before, moment)
    _demand_open(content)
    digest = canonical.sha256(content)
    with transaction.atomic():
        Assessment.objects.select_for_update().get(pk=snapshot.assessment_id)
        if selectors.newest_released(snapshot.assessment) != before:
            raise WrongStatus("Another report was published a moment ago. Look at it first.")
        workflow.move(
            snapshot,
            (Status.APPROVED,),
            Status.PUBLISHED,
            "Somebody else published it, or took it back, a moment ago.",
            document=content,
            signed_sha256=snapshot.sha256,
            sha256=digest,
            predecessor=before,
            published_at=moment,
        )
        if before is not None and snapshot.kind == ChangeKind.CORRECTION:
            _supersede(before, actor)
        accounts.record_event(
            snapshot.organisation, actor, "published", snapshot, {"sha256": digest}
        )
        notices.tell(snapshot, "published", actor)
        filing.file_later(snapshot)
    return snapshot


def _why_not(snapshot: Snapshot) -> str:
    if snapshot.status in {Status.WITHDRAWN, Status.SUPERSEDED}:
        return f"This report was {snapshot.status} and cannot be published again. Submit a new one."
    return (
        f"Only an approved report is published; this one is “{snapshot.get_status_display().lower()}”. "
        "It is submitted by who prepared it, reviewed by a second person and approved by a third."
    )


def _final(snapshot: Snapshot, before: Snapshot | None, moment: datetime) -> bytes:
    """The document with its publication, as it will be read from now on."""
    review = Review.objects.select_related("reviewer").get(snapshot=snapshot)
    comments = list(snapshot.assessment.review_comments.all())
    document = snapshot.read()
    added = publication(
        snapshot, document, before=before, review=review, comments=comments, moment=moment
    )
    return canonical.canonical(with_publication(document, added))


def _demand_open(content: bytes) -> None:
    failing = [check for check in gate.checks(content) if check.is_required and not check.passed]
    if failing:
        what = "; ".join(f"{check.code} {check.title}: {check.why}" for check in failing)
        msg = f"This report cannot be published yet. {what}"
        raise GateClosed(msg)


def _supersede(before: Snapshot, actor: User | None) -> None:
    if before.status != Status.PUBLISHED:
        return
    workflow.move(before, (Status.PUBLISHED,), Status.SUPERSEDED, "It was withdrawn a moment ago.")
    accounts.record_event(before.organisation, actor, "superseded", before)


@transaction.atomic
def withdraw(*, snapshot: Snapshot, actor: User | None, reason: str) -> Snapshot:
    """Take a published report back; its page keeps the figures and says why."""
    workflow.move(
        snapshot,
        (Status.PUBLISHED, Status.SUPERSEDED),
        Status.WITHDRAWN,
        "Only a published report can be withdrawn.",
        withdrawn_because=reason,
    )
    accounts.record_event(snapshot.organisation, actor, "withdrew", snapshot, {"reason": reason})
    notices.tell(snapshot, "withdrawn", actor)
    return snapshot
