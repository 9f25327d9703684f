"""The demo with its published report: what the home page of a new installation shows."""

from django.db import transaction

from apps.accounts.models import Organisation
from apps.assessments import demo
from apps.assessments.demo.loading import STUDIES
from apps.assessments.demo.people import existing
from apps.assessments.models import Assessment
from apps.assessments.selectors import DEMO_SLUG
from apps.disclosures import services
from apps.disclosures.models import Snapshot, Status


@transaction.atomic
def load() -> list[demo.Login]:
    """Load what is missing of the demo, and publish its study; returns the logins."""
    logins = demo.load()
    assessment = Assessment.objects.select_related("organisation").get(slug=DEMO_SLUG)
    if not Snapshot.objects.filter(assessment=assessment, status=Status.PUBLISHED).exists():
        actor = assessment.organisation.memberships.earliest("joined_at").user
        snapshot = services.freeze(assessment=assessment, actor=actor)
        if snapshot.status == Status.DRAFT:
            services.publish(snapshot=snapshot, actor=actor)
    return logins


@transaction.atomic
def remove() -> list[Organisation]:
    """Remove the demo with its reports; returns organisations that stay because others have joined them."""
    snapshots = Snapshot.objects.filter(
        assessment__slug__in=[study.SLUG for study in STUDIES.values()],
        organisation__in=existing(),
    )
    for snapshot in snapshots.filter(status=Status.PUBLISHED):
        services.withdraw(snapshot=snapshot, actor=None, reason="The demo was removed.")
    snapshots.delete()
    return demo.remove()
