"""Runs that programs send by themselves, one by one, without a file."""

from typing import Any

from django.db import transaction

from apps.assessments.models import AISystem
from apps.ingest.identity import key_of
from apps.ingest.models import RecordedRun
from apps.ingest.record import Run
from apps.ingest.services.rows import GROWING, grew, grow, row_of
from apps.ingest.services.sorting import sort_by_rules
from apps.ingest.services.sums import changed

FAMILY = "sent"


@transaction.atomic
def record(
    *, system: AISystem, run: Run, family: str = FAMILY, **labels: Any
) -> tuple[RecordedRun, bool]:
    """Enter a run in the ledger, once: sent again it is the same row; sent in a later state, the row grows.

    Returns
    -------
    RecordedRun, bool
        The row, and whether it is new.
    """
    row = row_of(run, key_of(run, family), system, **labels)
    known, is_new = RecordedRun.objects.get_or_create(
        system=system, key=row.key, defaults=_values(row)
    )
    if not is_new and known.upload_id is None and grew(known, row):
        grow(known, row)
        known.save(update_fields=GROWING)
        changed(system, known.happened_at)
    if is_new:
        _label(known)
        changed(system, known.happened_at)
    return known, is_new


def _label(row: RecordedRun) -> None:
    """Label a new run by the organisation's rules, where there are some."""
    if sort_by_rules(RecordedRun.objects.filter(pk=row.pk), row.organisation):
        row.refresh_from_db()


def _values(row: RecordedRun) -> dict[str, Any]:
    fields = RecordedRun._meta.concrete_fields  # noqa: SLF001  Django's public name for it
    return {field.name: getattr(row, field.name) for field in fields if field.name != "id"}
