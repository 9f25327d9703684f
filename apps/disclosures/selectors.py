"""Reads: the snapshots of an assessment, and what the public may see."""

from django.db.models import QuerySet

from apps.accounts.models import Organisation
from apps.assessments.models import Assessment
from apps.disclosures.models import Disclosure, Snapshot, Status


def snapshots(assessment: Assessment) -> QuerySet[Snapshot]:
    """List an assessment's snapshots, newest first, without their documents."""
    return (
        Snapshot.objects.filter(assessment=assessment)
        .select_related("created_by", "assessment")
        .defer("document")
        .order_by("-number")
    )


def snapshot(organisation: Organisation, slug: str, number: int) -> Snapshot:
    """Return one snapshot of an organisation; raises ``Snapshot.DoesNotExist``."""
    return (
        Snapshot.objects.of(organisation)
        .select_related("assessment", "organisation")
        .get(assessment__slug=slug, number=number)
    )


def latest(assessment: Assessment) -> Snapshot | None:
    """Return the newest snapshot, whatever its state."""
    return Snapshot.objects.filter(assessment=assessment).order_by("-number").first()


def newest_released(assessment: Assessment) -> Snapshot | None:
    """Return the newest snapshot that was ever published."""
    rows = Snapshot.objects.released().filter(assessment=assessment).select_related("assessment")
    return rows.order_by("-published_at", "-number").first()


def disclosure(assessment: Assessment) -> Disclosure:
    """Return the particulars of an assessment's reports; new and unsaved where nobody wrote any yet."""
    found = Disclosure.objects.filter(assessment=assessment).first()
    return found or Disclosure(organisation=assessment.organisation, assessment=assessment)


def public(slug: str, number: int | None = None) -> Snapshot:
    """Return what the public sees at an address: the newest published snapshot, else the newest withdrawn one.

    A numbered address always shows that number. Drafts do not exist for the public; raises
    ``Snapshot.DoesNotExist``.
    """
    released = (
        Snapshot.objects.released()
        .filter(assessment__slug=slug)
        .select_related("assessment")
        .defer("document", "reason", "withdrawn_because")
    )
    if number is not None:
        return released.get(number=number)
    found = released.filter(status=Status.PUBLISHED).order_by("-number").first()
    found = found or released.order_by("-number").first()
    if found is None:
        raise Snapshot.DoesNotExist
    return found


def index() -> QuerySet[Snapshot]:
    """List the reports of this installation that stand, newest first."""
    rows = Snapshot.objects.filter(status=Status.PUBLISHED)
    return rows.select_related("assessment__system", "organisation").order_by(
        "-published_at", "-pk"
    )


def showcase(slug: str) -> Snapshot | None:
    """Return the published report that the home page shows, if there is one."""
    return (
        Snapshot.objects.filter(assessment__slug=slug, status=Status.PUBLISHED)
        .select_related("assessment", "organisation")
        .order_by("-number")
        .first()
    )
