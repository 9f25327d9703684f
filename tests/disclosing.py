"""A report's whole way to publication, walked by three people as on the pages."""

from datetime import date

from apps.accounts.models import Membership, Role, User
from apps.assessments.models import Assessment, StageDeclaration, StageStatus
from apps.disclosures import selectors, services
from apps.disclosures.models import ChangeKind, Disclosure, Snapshot
from tests.factories import MembershipFactory

FORM = {
    "name": "Remy Reviewer",
    "affiliation": "Independent Review Office",
    "level": "internal",
    "standard": "ISO 14040, ISO 14044",
    "scope": "The whole report",
    "independence": "Employed by the organisation, outside the team that made the study.",
    "tests": {
        key: {"answer": "yes", "comment": ""}
        for key in (
            "methods_consistent",
            "methods_valid",
            "data_appropriate",
            "interpretation",
            "transparent",
        )
    },
    "opinion": "The figures follow from the inventory.",
    "outcome": "passed",
}
PARTICULARS = {
    "contact": "footprint@example.org",
    "accountable_person": "Head of Sustainability",
    "commissioner": "The organisation itself",
    "practitioner": "Its sustainability team",
    "audience": "Customers and auditors.",
    "model_version": "2.0",
    "model_hash": "sha256:0123456789abcdef",
    "cut_off": "Flows below one per cent of each total may be left out.",
    "cut_off_percent": 1.0,
    "conclusions": "Training dominates.",
    "limitations": "Network and devices are outside.",
}


def complete(assessment: Assessment) -> Assessment:
    """Fill in what a report must have, where nobody has."""
    Assessment.objects.filter(pk=assessment.pk).update(
        goal="To tell what the model cost.",
        period_start=date(2024, 1, 1),
        period_end=date(2024, 12, 31),
        functional_unit_input_tokens=300,
    )
    declared = StageDeclaration.objects.filter(assessment=assessment)
    declared.filter(status=StageStatus.NOT_DECLARED).update(
        status=StageStatus.EXCLUDED, justification="Nothing is known of it."
    )
    owner = {"organisation": assessment.organisation}
    if not Disclosure.objects.filter(assessment=assessment).exists():
        Disclosure.objects.create(**owner, assessment=assessment, **PARTICULARS)
    assessment.refresh_from_db()
    return assessment


def person(assessment: Assessment, role: Role) -> User:
    """A member of the assessment's organisation with a role, made if there is none."""
    found = Membership.objects.filter(organisation=assessment.organisation, role=role).first()
    member = found or MembershipFactory(organisation=assessment.organisation, role=role)
    return member.user


def approved(assessment: Assessment, *, reason: str = "", **form: object) -> Snapshot:
    """Complete, submit, review and approve an assessment's report."""
    complete(assessment)
    if selectors.newest_released(assessment) is not None:
        reason = reason or "A figure was wrong."
    kind = ChangeKind.CORRECTION if reason else ChangeKind.FIRST
    snapshot = services.submit(
        assessment=assessment, actor=person(assessment, Role.EDITOR), kind=kind, reason=reason
    )
    services.sign(
        snapshot=snapshot, actor=person(assessment, Role.REVIEWER), form=FORM | dict(form)
    )
    return services.approve(snapshot=snapshot, actor=person(assessment, Role.OWNER))


def released(assessment: Assessment, *, reason: str = "", **form: object) -> Snapshot:
    """The same, and publish it."""
    snapshot = approved(assessment, reason=reason, **form)
    return services.publish(snapshot=snapshot, actor=person(assessment, Role.OWNER))
