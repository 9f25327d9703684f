"""Publishing the factor library."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.factors.errors import ReleaseLabelTaken
from apps.factors.models import Entry, Factor, Release, Source
from apps.factors.tables import Tables, read_tables

DEFAULT_FOLDER: Path = settings.BASE_DIR / "fixtures" / "factors"
BATCH = 500


@transaction.atomic
def load_release(*, path: Path = DEFAULT_FOLDER) -> Release:
    """Publish the factor files of a folder as the current release; the same content is published once."""
    tables = read_tables(path)
    sha256 = tables.sha256
    release = Release.objects.filter(sha256=sha256).first()
    if release is None:
        if Release.objects.filter(label=tables.label).exists():
            raise ReleaseLabelTaken(tables.label, path)
        release = Release.objects.create(
            label=tables.label, published_on=tables.published_on, sha256=sha256
        )
        _insert(release, tables)
    return make_current(release=release)


@transaction.atomic
def make_current(*, release: Release) -> Release:
    """Offer a published release to new assessments; existing ones keep theirs."""
    Release.objects.filter(is_current=True).exclude(pk=release.pk).update(is_current=False)
    Release.objects.filter(pk=release.pk).update(is_current=True)
    release.refresh_from_db()
    return release


def _insert(release: Release, tables: Tables) -> None:
    sources = Source.objects.bulk_create(
        [Source(release=release, **_fields(row)) for row in tables.sources], batch_size=BATCH
    )
    entries = Entry.objects.bulk_create(
        [Entry(release=release, **_fields(row)) for row in tables.entries], batch_size=BATCH
    )
    source_of = {row.key: row for row in sources}
    entry_of = {(row.kind, row.key): row for row in entries}
    Factor.objects.bulk_create(
        [
            Factor(
                entry=entry_of[row.kind, row.key],
                source=source_of[row.source],
                **_fields(row, but=("kind", "key", "source")),
            )
            for row in tables.factors
        ],
        batch_size=BATCH,
    )


def _fields(row: Any, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """Columns of a row by name, as its model calls them."""
    return {name: getattr(row, name) for name in row.__slots__ if name not in but}
