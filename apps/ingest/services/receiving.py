"""Keep a file that was sent, once it is whole on disk; take an import back."""

import hashlib
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath
from typing import IO, Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from apps.accounts.errors import Conflict
from apps.accounts.models import User
from apps.accounts.services import record_event
from apps.assessments.models import AISystem
from apps.ingest.errors import FileRejected
from apps.ingest.importers import importers
from apps.ingest.models import OPEN_STATES, TrackedRun, Upload, UploadState
from apps.ingest.services.sums import changed
from lca.queue import enqueue

MOST_BYTES = 100_000_000
CHUNK = 1 << 20
LONGEST_NAME = 120


@transaction.atomic
def receive(
    *,
    system: AISystem,
    file: IO[bytes],
    name: str,
    actor: User | None,
    asked_format: str = "",
    mapping: Mapping[str, Any] | None = None,
    is_preview: bool = False,
    by_hand: bool = False,
    **labels: Any,
) -> Upload:
    """Keep a file as evidence and ask a worker to read it, unless the caller reads it itself (``by_hand``).

    With ``is_preview`` it is only looked at: :func:`take_in` or :func:`discard` follows. ``mapping`` is a document of
    :mod:`apps.ingest.mapping`. ``labels`` are said of every run of the file: category, component, team, branch, commit.

    Raises
    ------
    FileRejected
        If it is empty or too large, or the format is not known.
    """
    if asked_format and asked_format not in importers():
        msg = f"“{asked_format[:40]}” is no format that is known here."
        raise FileRejected(msg, f"Known are: {', '.join(sorted(importers()))}.")
    sha256, size = _measure(file)
    upload = Upload(
        organisation=system.organisation,
        system=system,
        sent_by=actor,
        file_name=_safe(name),
        sha256=sha256,
        size=size,
        asked_format=asked_format,
        mapping=mapping or {},
        is_preview=is_preview,
        **labels,
    )
    upload.file.save("", File(file), save=False)
    upload.save(force_insert=True)
    record_event(system.organisation, actor, "uploaded", upload, {"sha256": sha256})
    if not by_hand:
        enqueue("ingest.read", upload.pk)
    return upload


@transaction.atomic
def look_again(*, upload: Upload, mapping: Mapping[str, Any], actor: User | None) -> Upload:
    """Have a file that was refused or looked at looked at once more, by columns that somebody named.

    Raises
    ------
    Conflict
        If it has been taken in, or is being read.
    """
    stored = _settled(upload, (UploadState.HELD, UploadState.REFUSED))
    stored.mapping, stored.asked_format, stored.is_preview = dict(mapping), "", True
    return _read_again(stored, "mapped", actor)


@transaction.atomic
def take_in(*, upload: Upload, actor: User | None) -> Upload:
    """Read a file that was looked at into the ledger.

    Raises
    ------
    Conflict
        If it is not one.
    """
    stored = _settled(upload, (UploadState.HELD,))
    stored.is_preview = False
    return _read_again(stored, "taken in", actor)


@transaction.atomic
def discard(*, upload: Upload, actor: User | None) -> Upload:
    """Put a file that was looked at aside; it stays as evidence, and nothing of it enters the ledger.

    Raises
    ------
    Conflict
        If it is not one.
    """
    stored = _settled(upload, (UploadState.HELD,))
    stored.state, stored.finished_at, stored.runs_added = UploadState.UNDONE, timezone.now(), 0
    stored.save()
    record_event(stored.organisation, actor, "discarded", stored)
    return stored


def _settled(upload: Upload, states: Collection[str]) -> Upload:
    stored = Upload.objects.select_for_update().get(pk=upload.pk)
    if stored.state not in states:
        msg = f"This file is {stored.get_state_display()}; load its page again."
        raise Conflict(msg)
    return stored


def _read_again(stored: Upload, verb: str, actor: User | None) -> Upload:
    stored.state, stored.message, stored.heartbeat_at = UploadState.WAITING, "", timezone.now()
    stored.finished_at, stored.preview = None, {}
    stored.save()
    record_event(stored.organisation, actor, verb, stored)
    enqueue("ingest.read", stored.pk)
    return stored


def _measure(file: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while part := file.read(CHUNK):
        size += len(part)
        if size > MOST_BYTES:
            msg = f"The file is larger than {MOST_BYTES / 1e6:.0f} MB."
            raise FileRejected(msg, "Send it in parts.")
        digest.update(part)
    file.seek(0)
    if not size:
        raise FileRejected("The file is empty.")
    return digest.hexdigest(), size


def _safe(name: str) -> str:
    """Keep the last part of a name, of plain characters."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(c if c.isalnum() or c in " ._-" else "_" for c in last).strip(" .")
    return plain[-LONGEST_NAME:] or "file"


@transaction.atomic
def undo(*, upload: Upload, actor: User | None) -> Upload:
    """Take the runs of a file out of the ledger; the file stays as evidence of what was done.

    Raises
    ------
    Conflict
        While it is being read.
    """
    stored = Upload.objects.select_for_update().get(pk=upload.pk)
    if stored.state in OPEN_STATES:
        raise Conflict("This file is still being read. Wait until it is done, then undo it.")
    grown = list(stored.grown.all())
    for run in grown:
        for name, value in run.before.items():
            setattr(run, name, value)
        run.grown_by, run.before = None, {}
        run.save()
    TrackedRun.objects.filter(recorded__in=[run.pk for run in grown]).update(deltas_kwh=None)
    stored.runs.all().delete()
    stored.state, stored.finished_at = UploadState.UNDONE, timezone.now()
    stored.runs_added = 0
    stored.save()
    changed(stored.system)
    record_event(stored.organisation, actor, "undone", stored)
    return stored
