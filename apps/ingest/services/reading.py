"""Reading a file that was kept: all its runs enter the ledger at once, or none does."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.assessments.models import AISystem
from apps.ingest.errors import FileRejected
from apps.ingest.identity import key_of
from apps.ingest.models import OPEN_STATES, RecordedRun, RefusedRow, Upload, UploadState
from apps.ingest.record import Found, Rejected, Run
from apps.ingest.services.reconciling import reconcile, settle
from apps.ingest.services.rows import GROWING, grew, grow, to_row
from apps.ingest.services.sorting import sort_by_rules
from apps.ingest.services.sums import changed
from apps.ingest.summary import Summary, summarise
from apps.ingest.unpacking import named, parts_of
from lca.queue import enqueue

BATCH = 2_000
REFUSED_KEPT = 1_000
SILENT_AFTER = timedelta(minutes=2)


def preview(path: Path, asked_format: str = "") -> tuple[str, Summary]:
    """Say what a file holds without keeping anything: its format and its figures.

    Raises
    ------
    FileRejected
        If no row can be taken from it.
    """
    with parts_of(path, asked_format) as parts:
        return named(parts), summarise(item for part in parts for item in part.read())


def read_upload(*, upload_id: int) -> None:
    """Read one upload into the ledger; does nothing to one that was read before, is gone or must wait its turn.

    Files of one system are read one after another. Runs are written some at a time, so that nobody waits for a long
    file, and exist for readers from the moment that the upload is done; a worker that is killed leaves the upload to be
    read again from its start.
    """
    upload = _claim(upload_id)
    if upload is None:
        return
    RecordedRun.objects.filter(upload=upload).delete()
    RefusedRow.objects.filter(upload=upload).delete()
    try:
        _read(upload)
    except _Overtaken:
        return
    except FileRejected as error:
        _refuse(upload, error.message)
    waiting = Upload.objects.filter(system=upload.system_id, state=UploadState.WAITING)
    if following := waiting.order_by("pk").values_list("pk", flat=True).first():
        enqueue("ingest.read", following)


@transaction.atomic
def _claim(upload_id: int) -> Upload | None:
    """Take a waiting upload to read, unless another file of its system is being read."""
    found = Upload.objects.filter(pk=upload_id).first()
    if found is None:
        return None
    AISystem.objects.select_for_update().get(pk=found.system_id)
    now = timezone.now()
    others = Upload.objects.filter(system=found.system_id, state=UploadState.READING)
    if others.exclude(pk=upload_id).filter(heartbeat_at__gt=now - SILENT_AFTER).exists():
        return None
    mine = Upload.objects.filter(pk=upload_id, state=UploadState.WAITING)
    if not mine.update(state=UploadState.READING, heartbeat_at=now, attempt=F("attempt") + 1):
        return None
    return Upload.objects.select_related("system", "organisation").get(pk=upload_id)


def _read(upload: Upload) -> None:
    ledger = _Ledger(upload)
    with parts_of(Path(upload.file.path), upload.asked_format) as parts:
        upload.format = named(parts)
        for part in parts:
            for item in part.read():
                ledger.add(item, part.family)
    ledger.close()


@transaction.atomic
def _refuse(upload: Upload, why: str) -> None:
    RecordedRun.objects.filter(upload=upload).delete()
    Upload.objects.filter(pk=upload.pk).update(
        state=UploadState.REFUSED, message=why[:1000], finished_at=timezone.now()
    )


class _Overtaken(Exception):
    """Raised where an attempt was given up for lost and another has begun."""


class _Ledger:
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
            raise _Overtaken

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
        """Write the rest, what the file came to, and make its runs exist."""
        self._write()
        for old, new in self.grown:
            _replace(old, new)
            settle(old, self.tracked.get(old.key))
        RefusedRow.objects.bulk_create(self.refused)
        upload, summary = self.upload, self.summary
        upload.runs_added = RecordedRun.objects.filter(upload=upload).count()
        upload.runs_duplicate = summary.runs - upload.runs_added
        upload.rows_read, upload.rows_refused = summary.rows_accepted, summary.rows_rejected
        upload.notes = summary.notes
        upload.state, upload.finished_at = UploadState.DONE, timezone.now()
        upload.save()
        sort_by_rules(RecordedRun.objects.filter(upload=upload), upload.organisation)
        changed(upload.system)


def _replace(old: RecordedRun, new: RecordedRun) -> None:
    """Take over a later state of a run that was still going when an earlier file was written."""
    old.before = {name: getattr(old, name) for name in GROWING}
    grow(old, new)
    old.grown_by = new.upload
    old.save()


def resume(*, now: datetime | None = None) -> int:
    """Give silent readers up and send uploads again that a worker or the broker lost; return how many."""
    silent = (now or timezone.now()) - SILENT_AFTER
    lost = Upload.objects.filter(state__in=OPEN_STATES).filter(
        Q(heartbeat_at__lt=silent) | Q(heartbeat_at=None, created_at__lt=silent)
    )
    keys = list(lost.values_list("pk", flat=True)[:100])
    lost.filter(pk__in=keys).update(state=UploadState.WAITING, heartbeat_at=timezone.now())
    for key in keys:
        enqueue("ingest.read", key)
    return len(keys)
