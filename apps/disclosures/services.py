"""What a declarant does with reports: freeze, publish, withdraw; and rendering from the document alone."""

from datetime import datetime
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.assessments.models import Assessment
from apps.disclosures import canonical, document, selectors
from apps.disclosures.errors import NothingToFreeze, WrongStatus
from apps.disclosures.models import Edition, Snapshot, Status
from apps.disclosures.report import looks

__all__ = [
    "Edition",
    "current",
    "freeze",
    "pdf_of",
    "publish",
    "render_html",
    "render_pdf",
    "was_served",
    "withdraw",
]


@transaction.atomic
def freeze(*, assessment: Assessment, actor: User | None) -> Snapshot:
    """Write the assessment down as it stands; when nothing has changed, the newest snapshot is that already.

    A withdrawn one is not: it can never be published again, so a new one is made.
    """
    Assessment.objects.select_for_update().get(pk=assessment.pk)
    last = selectors.latest(assessment)
    if last is not None and last.status != Status.WITHDRAWN and _is_unchanged(last, assessment):
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


def _is_unchanged(last: Snapshot, assessment: Assessment) -> bool:
    """Whether freezing would give the same document now, had it been made when the last one was."""
    frozen_at = datetime.fromisoformat(last.read()["meta"]["frozen_at"])
    again = document.build(assessment, uuid=last.uuid, number=last.number, frozen_at=frozen_at)
    return canonical.canonical(again) == last.content


@transaction.atomic
def publish(*, snapshot: Snapshot, actor: User | None) -> Snapshot:
    """Show a draft to the public, for good; publishing twice changes nothing."""
    if snapshot.status == Status.PUBLISHED:
        return snapshot
    changed = Snapshot.objects.filter(pk=snapshot.pk, status=Status.DRAFT).update(
        status=Status.PUBLISHED, published_at=_now(), updated_at=timezone.now()
    )
    if not changed:
        msg = "This report was withdrawn and cannot be published again. Freeze a new one."
        raise WrongStatus(msg)
    accounts.record_event(
        snapshot.organisation, actor, "published", snapshot, {"sha256": snapshot.sha256}
    )
    snapshot.refresh_from_db()
    return snapshot


@transaction.atomic
def withdraw(*, snapshot: Snapshot, actor: User | None, reason: str) -> Snapshot:
    """Take a published report back; its page keeps the figures and says why."""
    changed = Snapshot.objects.filter(pk=snapshot.pk, status=Status.PUBLISHED).update(
        status=Status.WITHDRAWN, withdrawn_because=reason, updated_at=timezone.now()
    )
    if not changed:
        msg = "Only a published report can be withdrawn."
        raise WrongStatus(msg)
    accounts.record_event(snapshot.organisation, actor, "withdrew", snapshot, {"reason": reason})
    snapshot.refresh_from_db()
    return snapshot


def current(*, assessment: Assessment, actor: User | None = None) -> Snapshot:
    """The snapshot to report: the newest published one, else a draft of the assessment as it stands."""
    published = selectors.showcase(assessment.slug)
    return published or freeze(assessment=assessment, actor=actor)


def pdf_of(*, snapshot: Snapshot) -> bytes:
    """A snapshot's PDF; set once for each state and edition of the templates, then kept."""
    name = f"reports/{snapshot.uuid}-{snapshot.status}-{looks.fingerprint()}.pdf"
    if default_storage.exists(name):
        with default_storage.open(name) as kept:
            content: bytes = kept.read()
            return content
    made = render_pdf(snapshot.content, snapshot.edition)
    default_storage.save(name, ContentFile(made))
    return made


def was_served(*, snapshot: Snapshot, content: bytes) -> bool:
    """Whether this is the PDF of a snapshot, in its state now or an earlier one, or by earlier templates."""
    if content == pdf_of(snapshot=snapshot):
        return True
    _, names = default_storage.listdir("reports")
    for name in (name for name in names if name.startswith(f"{snapshot.uuid}-")):
        with default_storage.open(f"reports/{name}") as kept:
            if kept.size == len(content) and kept.read() == content:
                return True
    return False


def render_html(content: bytes, edition: Edition | None = None) -> str:
    """Body of the report's web page, from a snapshot's bytes alone."""
    from apps.disclosures.report.page import render_html as render

    return render(content, edition)


def render_pdf(content: bytes, edition: Edition | None = None) -> bytes:
    """The report as PDF/A-3a, from a snapshot's bytes alone."""
    from apps.disclosures.report.pdf import render_pdf as render

    return render(content, edition)
