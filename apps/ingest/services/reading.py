"""Reading a file that was kept: all its runs enter the ledger at once, or none does."""

from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.assessments.models import AISystem
from apps.ingest.errors import FileRejected
from apps.ingest.models import OPEN_STATES, RecordedRun, RefusedRow, Upload, UploadState
from apps.ingest.services.ledger import Ledger, Overtaken
from apps.ingest.summary import Summary, summarise
from apps.ingest.unpacking import asked_for, named, parts_of
from lca.queue import enqueue

SILENT_AFTER = timedelta(minutes=2)


def preview(path: Path, asked_format: str = "") -> tuple[str, Summary]:
    """Say what a file holds without keeping anything: its format and its figures.

    Raises
    ------
    FileRejected
        If no row can be taken from it.
    """
    with parts_of(path, asked_for(asked_format, None)) as parts:
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
    except Overtaken:
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
    ledger = Ledger(upload)
    asked = asked_for(upload.asked_format, upload.mapping)
    with parts_of(Path(upload.file.path), asked) as parts:
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


def resume(*, now: datetime | None = None) -> int:
    """Give silent readers up and send uploads again that a worker or the broker lost; return how many were lost.

    Of each system only the first is sent: its reading goes on to the following.
    """
    silent = (now or timezone.now()) - SILENT_AFTER
    lost = Upload.objects.filter(state__in=OPEN_STATES).filter(
        Q(heartbeat_at__lt=silent) | Q(heartbeat_at=None, created_at__lt=silent)
    )
    keys = dict(lost.order_by("-pk").values_list("pk", "system_id"))
    lost.update(state=UploadState.WAITING, heartbeat_at=timezone.now())
    for key in {system: key for key, system in keys.items()}.values():
        enqueue("ingest.read", key)
    return len(keys)
