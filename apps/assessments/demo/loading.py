"""Putting the demo in and taking it out."""

from django.db import IntegrityError, transaction

from apps.accounts.errors import Conflict
from apps.accounts.models import Organisation, Role
from apps.assessments import services
from apps.assessments.demo import assistant, olmo, people
from apps.assessments.models import Assessment

STUDIES = {"demo-olmo": olmo, "demo-assistant": assistant}


@transaction.atomic
def load() -> list[people.Login]:
    """Load what is missing of the demo; returns its logins."""
    logins = people.logins()
    for slug, organisation in people.organisations(logins).items():
        study = STUDIES[slug]
        if not Assessment.objects.of(organisation).filter(slug=study.SLUG).exists():
            study.declare(organisation, people.holding(organisation, Role.EDITOR))
    return logins


@transaction.atomic
def remove() -> list[Organisation]:
    """Remove the demo; returns organisations that stay because others have joined them.

    An organisation in which there are demo people alone goes with everything in it; of another one only
    the demo's own assessment and people go.
    """
    kept = []
    for organisation in people.existing():
        if people.has_others(organisation):
            _remove_study(organisation)
            people.leave(organisation)
            kept.append(organisation)
        else:
            _delete(organisation)
    people.forget_people()
    return kept


def _delete(organisation: Organisation) -> None:
    """Delete an organisation and all it owns; a published report, which nobody may delete, stops it."""
    try:
        organisation.delete()
    except IntegrityError as error:
        msg = f"“{organisation}” has a published report. Withdraw it on the report's page, then remove the demo again."
        raise Conflict(msg) from error


def _remove_study(organisation: Organisation) -> None:
    study = STUDIES[organisation.slug]
    for assessment in Assessment.objects.of(organisation).filter(slug=study.SLUG):
        services.delete(record=assessment, actor=None)
