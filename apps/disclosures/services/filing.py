"""The files of a report: those of a published one are made once, hashed, and kept read-only."""

from contextlib import suppress
from pathlib import Path

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from apps.accounts.errors import Conflict
from apps.disclosures import canonical, exports, pages
from apps.disclosures.models import PublishedFile, Snapshot, Status
from apps.disclosures.report import looks
from apps.disclosures.services.snapshots import render_pdf, render_summary
from lca.queue import offer

log = structlog.get_logger()
PDF, SUMMARY = "report.pdf", "summary.pdf"
RENDERERS = {PDF: render_pdf, SUMMARY: render_summary}
READ_ONLY = 0o444


def file_later(snapshot: Snapshot) -> None:
    """Make the files of a published report after the commit, in the background."""
    offer("disclosures.file", snapshot.pk)


def file_all(*, snapshot_id: int) -> list[PublishedFile]:
    """Make every file of a published report that is not made yet, and its page."""
    rows = Snapshot.objects.select_related("assessment", "organisation")
    snapshot = rows.filter(pk=snapshot_id, status=Status.PUBLISHED).first()
    if snapshot is None:
        return []
    pages.kept(snapshot)
    return [_filed(snapshot, name) for name in names(snapshot)]


def names(snapshot: Snapshot) -> list[str]:
    """Names of the public files of a report."""
    return [PDF, SUMMARY, *exports.public_names(snapshot.read())]


def file_of(*, snapshot: Snapshot, name: str) -> bytes:
    """Content of one of a report's public files; raises ``KeyError`` for a name that it does not have.

    That of a published report is made once and is the same bytes ever after.
    """
    if name not in names(snapshot):
        raise KeyError(name)
    if snapshot.status in {Status.PUBLISHED, Status.SUPERSEDED}:
        return _read(_filed(snapshot, name), snapshot)
    return _rendered(snapshot, name) if name in RENDERERS else _made(snapshot, name)


def pdf_of(*, snapshot: Snapshot) -> bytes:
    """A snapshot's full report."""
    if snapshot.status in {Status.PUBLISHED, Status.SUPERSEDED}:
        return _read(_filed(snapshot, PDF), snapshot)
    return _rendered(snapshot, PDF)


def _rendered(snapshot: Snapshot, name: str) -> bytes:
    """A PDF that is not filed, set once for each state and edition of the templates."""
    state = f"{snapshot.sha256[:12]}-{snapshot.status}-{looks.fingerprint()}"
    path = f"reports/{snapshot.uuid}-{state}-{name}"
    if default_storage.exists(path):
        with default_storage.open(path) as kept:
            content: bytes = kept.read()
            return content
    made = _made(snapshot, name)
    default_storage.save(path, ContentFile(made))
    return made


def was_served(*, snapshot: Snapshot, content: bytes) -> bool:
    """Whether this is the PDF of a snapshot, as published or in another state of it."""
    digest = canonical.sha256(content)
    if PublishedFile.objects.filter(snapshot=snapshot, sha256=digest).exists():
        return True
    if content == pdf_of(snapshot=snapshot):
        return True
    _, kept = default_storage.listdir("reports") if default_storage.exists("reports") else ([], [])
    for name in (name for name in kept if name.startswith(f"{snapshot.uuid}-")):
        with default_storage.open(f"reports/{name}") as file:
            if file.size == len(content) and file.read() == content:
                return True
    return False


def _filed(snapshot: Snapshot, name: str) -> PublishedFile:
    """The kept file of that name, made now if it is not there yet; two who make it at once keep one."""
    found = PublishedFile.objects.filter(snapshot=snapshot, name=name).first()
    if found is not None:
        return found
    content = _made(snapshot, name)
    digest = canonical.sha256(content)
    path = f"published/{snapshot.uuid}/{digest[:16]}-{name}"
    _keep(path, content)
    try:
        with transaction.atomic():
            return PublishedFile.objects.create(
                organisation=snapshot.organisation,
                snapshot=snapshot,
                name=name,
                media_type=exports.media_type(name),
                sha256=digest,
                size=len(content),
                path=path,
            )
    except IntegrityError:
        return PublishedFile.objects.get(snapshot=snapshot, name=name)


def _keep(path: str, content: bytes) -> None:
    """Write a file once and take the right to write away; the same content is there already, or nothing."""
    if default_storage.exists(path):
        with default_storage.open(path) as kept:
            if kept.read() == content:
                return
    default_storage.save(path, ContentFile(content))
    with suppress(NotImplementedError):  # a storage that is no disk
        Path(default_storage.path(path)).chmod(READ_ONLY)


def _read(file: PublishedFile, snapshot: Snapshot) -> bytes:
    """The kept bytes, if they are still those that were hashed; else made anew, and served only if the hash agrees."""
    try:
        with default_storage.open(file.path) as kept:
            content: bytes = kept.read()
    except OSError:
        content = b""
    if canonical.sha256(content) == file.sha256:
        return content
    log.error("published_file.damaged", snapshot=str(snapshot.uuid), name=file.name)
    made = _made(snapshot, file.name)
    if canonical.sha256(made) != file.sha256:
        raise DamagedFile(snapshot, file)
    return made


def _made(snapshot: Snapshot, name: str) -> bytes:
    if render := RENDERERS.get(name):
        return render(snapshot.content, snapshot.edition)
    return exports.make(name, snapshot.content)


class DamagedFile(Conflict):
    """A kept file is gone or changed, and today's templates do not make the same one."""

    code = "damaged_file"

    def __init__(self, snapshot: Snapshot, file: PublishedFile) -> None:
        super().__init__(
            f"{file.name} of {snapshot} no longer has the hash that was recorded when it was published, so it is not served. "
            "Its data stay; the operator of this site must restore the file from a backup."
        )
