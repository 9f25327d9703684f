"""The demo with its published reports: prepared, reviewed and approved by three demo people, as users do it."""

import json
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from apps.accounts.models import Organisation, Role
from apps.assessments import demo
from apps.assessments.demo.loading import STUDIES
from apps.assessments.demo.people import FOLDER, existing
from apps.assessments.models import Assessment
from apps.disclosures import services
from apps.disclosures.models import ChangeKind, Disclosure, Outcome, PublishedFile, Snapshot
from apps.disclosures.models.review import TESTS
from apps.disclosures.models.snapshot import Status
from apps.scenarios import demo as scenarios

STANDING = (Status.PUBLISHED, Status.SUPERSEDED)


@transaction.atomic
def load() -> list[demo.Login]:
    """Load what is missing of the demo, and publish its studies; returns the logins."""
    logins = demo.load()
    scenarios.load()
    texts = json.loads((FOLDER / "disclosures.json").read_text("utf-8"))
    for slug, text in texts.items():
        assessment = Assessment.objects.select_related("organisation").get(slug=slug)
        if not Snapshot.objects.filter(assessment=assessment, status__in=STANDING).exists():
            _publish(assessment, text)
    return logins


def _publish(assessment: Assessment, text: dict[str, Any]) -> None:
    preparer, reviewer, approver = (
        demo.holding(assessment.organisation, role)
        for role in (Role.EDITOR, Role.REVIEWER, Role.OWNER)
    )
    if not Disclosure.objects.filter(assessment=assessment).exists():
        row = Disclosure(
            organisation=assessment.organisation, assessment=assessment, **text["particulars"]
        )
        services.save_particulars(disclosure=row, expected_version=1, actor=preparer)
    again = Snapshot.objects.released().filter(assessment=assessment).exists()
    snapshot = services.submit(
        assessment=assessment,
        actor=preparer,
        kind=ChangeKind.CORRECTION if again else ChangeKind.FIRST,
        reason="The demo was loaded again." if again else "",
    )
    comment = text["review"].pop("comment")
    form = {
        "standard": "ISO 14040, ISO 14044",
        "outcome": Outcome.PASSED,
        "tests": {key: {"answer": "yes", "comment": comment} for key, _ in TESTS},
        **text["review"],
    }
    services.sign(snapshot=snapshot, actor=reviewer, form=form)
    services.approve(snapshot=snapshot, actor=approver)
    services.publish(snapshot=snapshot, actor=approver)


@transaction.atomic
def remove() -> list[Organisation]:
    """Remove the demo with its reports; returns organisations that stay because others have joined them."""
    snapshots = Snapshot.objects.filter(
        assessment__slug__in=[study.SLUG for study in STUDIES.values()],
        organisation__in=existing(),
    )
    for snapshot in snapshots.filter(status__in=STANDING):
        services.withdraw(snapshot=snapshot, actor=None, reason="The demo was removed.")
    kept = list(PublishedFile.objects.filter(snapshot__in=snapshots).values_list("path", flat=True))
    for snapshot in snapshots.order_by("-number"):
        snapshot.delete()
    transaction.on_commit(partial(_forget, kept))
    return demo.remove()


def _forget(paths: list[str]) -> None:
    for path in paths:
        default_storage.delete(path)
