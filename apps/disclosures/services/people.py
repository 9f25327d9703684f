"""Who may review, approve and publish: preparer, reviewer and approver are different people, whatever their roles."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import models

from apps.accounts.models import AuditEvent, User
from apps.assessments.models import AISystem, Assessment, Part
from apps.disclosures.errors import SamePerson
from apps.disclosures.models import Disclosure, EvidenceFile, Snapshot
from apps.ingest.models import Upload

AT_ONCE = 500


def demand_reviewer(user: User, snapshot: Snapshot) -> None:
    """Raise ``SamePerson`` if somebody would review what they prepared."""
    if has_prepared(user, snapshot):
        msg = (
            "You took part in preparing this report, so somebody else must review it. "
            "What you entered stays yours when your role changes."
        )
        raise SamePerson(msg)


def demand_approver(user: User, snapshot: Snapshot, reviewer_id: int | None) -> None:
    """Raise ``SamePerson`` if somebody would approve what they prepared or reviewed."""
    if user.pk == reviewer_id:
        raise SamePerson("You reviewed this report, so somebody else must approve it.")
    if has_prepared(user, snapshot):
        msg = "You took part in preparing this report, so somebody else must approve it."
        raise SamePerson(msg)


def has_prepared(user: User, snapshot: Snapshot) -> bool:
    """Whether somebody froze, submitted or entered anything of what a snapshot holds, by the audit log."""
    assessment = snapshot.assessment
    if user.pk in {snapshot.created_by_id, snapshot.submitted_by_id}:
        return True
    if Upload.objects.filter(system=assessment.system_id, sent_by=user).exists():
        return True
    touched = _touched(user, assessment)
    return any(_is_of(model, assessment, touched[_label(model)]) for model in _inputs())


def _inputs() -> list[type[models.Model]]:
    return [AISystem, Assessment, Disclosure, EvidenceFile, *Part.__subclasses__()]


def _label(model: type[models.Model]) -> str:
    return model._meta.label_lower  # noqa: SLF001  # Django's public name for it


def _touched(user: User, assessment: Assessment) -> dict[str, list[str]]:
    """Rows that a person made or changed, by kind."""
    events = AuditEvent.objects.of(assessment.organisation).filter(
        actor=user, target_type__in=[_label(model) for model in _inputs()]
    )
    found: dict[str, list[str]] = defaultdict(list)
    for kind, target in events.values_list("target_type", "target_id").distinct().order_by():
        found[kind].append(target)
    return found


def _is_of(model: type[models.Model], assessment: Assessment, ids: list[str]) -> bool:
    if model in (Assessment, AISystem):
        row = assessment if model is Assessment else assessment.system
        return str(row.uuid) in ids
    rows: Any = model._default_manager.filter(assessment=assessment)  # noqa: SLF001  # Django's public name for it
    return any(rows.filter(uuid__in=part).exists() for part in _parts(ids))


def _parts(ids: list[str]) -> Iterable[list[str]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
