"""Runs that programs send by themselves, one by one, without a file."""

from typing import Any

from django.db import IntegrityError, transaction

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
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return _grown(system, row), False
    if sort_by_rules(RecordedRun.objects.filter(pk=row.pk), system.organisation):
        row.refresh_from_db()
    changed(system, row.happened_at)
    return row, True


def _grown(system: AISystem, row: RecordedRun) -> RecordedRun:
    """The run that is there, brought to its later state where this is one; a run of a file stays as its file says."""
    known = RecordedRun.objects.select_for_update().get(system=system, key=row.key)
    if known.upload_id is None and grew(known, row):
        grow(known, row)
        known.save(update_fields=GROWING)
        changed(system, known.happened_at)
    return known
