"""Labelling runs: by rules as they arrive, and by hand, many at once."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, User
from apps.accounts.services import record_event
from apps.assessments.models import AISystem
from apps.ingest.models import RecordedRun, Rule
from apps.ingest.services.sums import changed

LABELS_SET = ("category", "component", "team")


def sort_by_rules(rows: QuerySet[RecordedRun], organisation: Organisation) -> int:
    """Label the runs that nobody has labelled, rule by rule in their order; return how many runs were changed.

    A rule gives a label only where the run has none, so that what people or earlier rules said stays.
    """
    n = 0
    for rule in Rule.objects.of(organisation):
        for name, value in rule.labels().items():
            n += rows.filter(rule.meets(), **{name: ""}).update(**{name: value})
    return n


def met_by(rule: Rule, rows: QuerySet[RecordedRun]) -> int:
    """How many runs a rule would change."""
    return sum(rows.filter(rule.meets(), **{name: ""}).count() for name in rule.labels())


@transaction.atomic
def sort_ledger(
    *, organisation: Organisation, rows: QuerySet[RecordedRun], actor: User | None
) -> int:
    """Apply the rules to runs that are in the ledger already."""
    systems = _systems(rows)
    n = sort_by_rules(rows, organisation)
    record_event(organisation, actor, "sorted", organisation, {"runs": n})
    for system in systems:
        changed(system)
    return n


@transaction.atomic
def relabel(
    *, organisation: Organisation, rows: QuerySet[RecordedRun], actor: User | None, **labels: str
) -> int:
    """Give runs other labels; return how many.

    Raises
    ------
    DomainError
        If no label is given.
    """
    given = {name: labels[name] for name in LABELS_SET if labels.get(name)}
    if not given:
        raise DomainError("Choose a category, or give a component or a team.")
    systems = _systems(rows)
    n = RecordedRun.objects.filter(pk__in=rows.order_by().values("pk")).update(**given)
    record_event(organisation, actor, "relabelled", organisation, {"runs": n, **given})
    for system in systems:
        changed(system)
    return n


def _systems(rows: QuerySet[RecordedRun]) -> Iterable[AISystem]:
    return list(AISystem.objects.filter(pk__in=rows.order_by().values("system_id")))
