"""Freezing an assessment, and setting pages from what was frozen alone."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.assessments.models import Assessment
from apps.disclosures import canonical, document, selectors
from apps.disclosures.errors import NothingToFreeze
from apps.disclosures.models import Edition, Snapshot, Status


@transaction.atomic
def freeze(*, assessment: Assessment, actor: User | None) -> Snapshot:
    """Write the assessment down as it stands; when nothing has changed, the newest snapshot is that already.

    A withdrawn one is not: it can never be published again, so a new one is made.
    """
    Assessment.objects.select_for_update().get(pk=assessment.pk)
    last = selectors.latest(assessment)
    if last is not None and last.status != Status.WITHDRAWN and is_unchanged(last, assessment):
        return last
    uuid, number = uuid4(), (last.number if last else 0) + 1
    built = document.build(assessment, uuid=uuid, number=number, frozen_at=_now())
    if not built["inventory"]["flows"]:
        msg = "Nothing is declared yet, so there is nothing to report. Declare a run or a deployment first."
        raise NothingToFreeze(msg)
    content = canonical.canonical(built)
    snapshot = Snapshot.objects.create(
        organisation=assessment.organisation,
        uuid=uuid,
        assessment=assessment,
        number=number,
        document=content,
        sha256=canonical.sha256(content),
        created_by=actor,
    )
    accounts.record_event(
        assessment.organisation, actor, "froze", snapshot, {"sha256": snapshot.sha256}
    )
    return snapshot


def _now() -> datetime:
    return timezone.now().replace(microsecond=0)


def is_unchanged(last: Snapshot, assessment: Assessment) -> bool:
    """Whether freezing would give the same document now, had it been made when the last one was."""
    frozen = document.without_publication(last.read())
    frozen_at = datetime.fromisoformat(frozen["meta"]["frozen_at"])
    again = document.build(assessment, uuid=last.uuid, number=last.number, frozen_at=frozen_at)
    return canonical.canonical(again) == canonical.canonical(frozen)


def current(*, assessment: Assessment, actor: User | None = None) -> Snapshot:
    """The snapshot to report: the newest published one, else a draft of the assessment as it stands."""
    published = selectors.showcase(assessment.slug)
    return published or freeze(assessment=assessment, actor=actor)


def render_html(content: bytes, edition: Edition | None = None) -> str:
    """Body of the report's web page, from a snapshot's bytes alone."""
    from apps.disclosures.report.page import render_html as render

    return render(content, edition)


def render_pdf(content: bytes, edition: Edition | None = None) -> bytes:
    """The report as PDF/A-3a, from a snapshot's bytes alone."""
    from apps.disclosures.report.pdf import render_pdf as render

    return render(content, edition)


def render_summary(content: bytes, edition: Edition | None = None) -> bytes:
    """The summary of two pages as PDF/A-3a, from a snapshot's bytes alone."""
    from apps.disclosures.report.pdf import render_summary as render

    return render(content, edition)
