"""Writing what an importer streams into the ledger, some runs at a time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.ingest.identity import key_of
from apps.ingest.models import RecordedRun, RefusedRow, Upload, UploadState
from apps.ingest.record import Found, Rejected, Run
from apps.ingest.services.reconciling import reconcile, settle
from apps.ingest.services.rows import GROWING, grew, grow, to_row
from apps.ingest.services.sorting import sort_by_rules
from apps.ingest.services.sums import changed
from apps.ingest.summary import Summary

BATCH = 2_000
REFUSED_KEPT = 1_000
PREVIEWED = 20
SUMS = ("runs", "failed", "energy_kwh", "emissions_kg", "gpu_hours")
SHOWN = (
    "line",
    "name",
    "external_id",
    "started_at",
    "ended_at",
    "outcome",
    "energy_kwh",
    "gpu_hours",
    "notes",
)


class Overtaken(Exception):
    """Raised where an attempt was given up for lost and another has begun."""


class Ledger:
    """Writes what an importer streams, some runs at a time; memory does not grow with the file."""

    def __init__(self, upload: Upload) -> None:
        self.upload = upload
        self.waiting: dict[str, Run] = {}
        self.refused: list[RefusedRow] = []
        self.summary = Summary(keeps_rejected=False)
        self.grown: list[tuple[RecordedRun, RecordedRun]] = []
        self.tracked: dict[str, float] = {}

    def add(self, item: Found, family: str) -> None:
        """Take one run or refused row of a format."""
        self.summary.add(item)
        if isinstance(item, Rejected):
            self._refused(item)
        else:
            self._run(item, family)

    def _run(self, run: Run, family: str) -> None:
        key = key_of(run, family)
        if key in self.waiting:  # the same line twice
            return
        self.waiting[key] = run
        if len(self.waiting) >= BATCH:
            self._write()

    def _refused(self, row: Rejected) -> None:
        if len(self.refused) < REFUSED_KEPT:
            kept = {"line": row.line, "why": row.why[:500], "remedy": row.remedy[:500]}
            self.refused.append(RefusedRow(upload=self.upload, **kept))

    @transaction.atomic
    def _write(self) -> None:
        rows = self._rows()
        known = {row.key: row for row in self._known(list(rows))}
        fresh = [row for key, row in rows.items() if key not in known]
        RecordedRun.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
        self.grown += [
            (known[key], row)
            for key, row in rows.items()
            if key in known and (key in self.tracked or grew(known[key], row))
        ]
        self.waiting = {}
        mine = Upload.objects.filter(pk=self.upload.pk, attempt=self.upload.attempt)
        if not mine.update(heartbeat_at=timezone.now(), rows_read=self.summary.rows_accepted):
            raise Overtaken

    def _rows(self) -> dict[str, RecordedRun]:
        """Rows to be, by key; records of tracked runs have the key of these."""
        runs = list(self.waiting.values())
        matches = reconcile(self.upload.system, runs)
        rows = {}
        for place, (key, run) in enumerate(self.waiting.items()):
            match = matches.get(place)
            found = match.tracked.recorded.key if match else key
            rows[found] = to_row(match.run if match else run, found, self.upload)
            if match:
                self.tracked[found] = match.heard_kwh
        return rows

    def _known(self, keys: list[str]) -> Iterator[RecordedRun]:
        while part := keys[:500]:
            yield from RecordedRun.objects.filter(system=self.upload.system_id, key__in=part)
            keys = keys[500:]

    @transaction.atomic
    def close(self) -> None:
        """Write the rest and what the file came to; make its runs exist, unless it is only to be looked at."""
        self._write()
        RefusedRow.objects.bulk_create(self.refused)
        mine = RecordedRun.objects.filter(upload=self.upload)
        upload, summary = self.upload, self.summary
        upload.runs_added = mine.count()
        upload.runs_duplicate = summary.runs - upload.runs_added
        upload.rows_read, upload.rows_refused = summary.rows_accepted, summary.rows_rejected
        upload.notes, upload.finished_at = summary.notes, timezone.now()
        if upload.is_preview:
            upload.preview = _shown(summary, mine)
            mine.delete()
            upload.state = UploadState.HELD
            upload.save()
            return
        for old, new in self.grown:
            _replace(old, new)
            settle(old, self.tracked.get(old.key))
        upload.state = UploadState.DONE
        upload.save()
        sort_by_rules(mine, upload.organisation)
        changed(upload.system)


def _shown(summary: Summary, rows: QuerySet[RecordedRun]) -> dict[str, Any]:
    """Sums and first new runs of a file, as its page shows them before anything is taken in."""
    sums = {name: getattr(summary, name) for name in SUMS}
    first = rows.order_by("line", "pk")[:PREVIEWED]
    return {"sums": sums, "runs": [{name: _plain(row, name) for name in SHOWN} for row in first]}


def _plain(row: RecordedRun, name: str) -> Any:
    value = getattr(row, name)
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value


def _replace(old: RecordedRun, new: RecordedRun) -> None:
    """Take over a later state of a run that was still going when an earlier file was written."""
    old.before = {name: getattr(old, name) for name in GROWING}
    grow(old, new)
    old.grown_by = new.upload
    old.save()
