"""Files of evidence: added, and removed while no submitted report lists them."""

from typing import IO

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from apps.accounts import services as accounts
from apps.accounts.errors import Conflict
from apps.accounts.models import User
from apps.disclosures.errors import Listed
from apps.disclosures.models import EvidenceFile, Snapshot, Status
from apps.factors import evidence as files


def add_evidence(
    *, evidence: EvidenceFile, file: IO[bytes], name: str, actor: User | None
) -> EvidenceFile:
    """Keep a file of evidence with its hash.

    Raises
    ------
    EvidenceRefused, Conflict
        If it is no file that can be kept, or is there already.
    """
    found = files.examine(file, name)
    evidence.file_name, evidence.sha256, evidence.size = (
        found.name,
        found.sha256,
        len(found.content),
    )
    evidence.added_by = actor
    evidence.full_clean(exclude={"organisation", "file", "added_by"}, validate_unique=False)
    evidence.file.save(found.sha256, ContentFile(found.content), save=False)
    try:
        with transaction.atomic():
            evidence.save(force_insert=True)
            accounts.record_event(
                evidence.organisation, actor, "created", evidence, {"sha256": found.sha256}
            )
    except IntegrityError as error:
        evidence.file.delete(save=False)
        msg = "That very file is among this assessment's evidence already."
        raise Conflict(msg, field="file") from error
    return evidence


@transaction.atomic
def remove_evidence(*, evidence: EvidenceFile, actor: User | None) -> None:
    """Delete a file of evidence; raises ``Listed`` once a report that lists it was submitted."""
    submitted = Snapshot.objects.filter(assessment=evidence.assessment_id).exclude(
        status=Status.DRAFT
    )
    for snapshot in submitted.order_by("-number"):
        if any(
            row["sha256"] == evidence.sha256 for row in snapshot.read().get("evidence_files", [])
        ):
            msg = f"Report {snapshot.number} lists it, so it stays."
            raise Listed(msg)
    accounts.record_event(evidence.organisation, actor, "deleted", evidence)
    evidence.delete()
