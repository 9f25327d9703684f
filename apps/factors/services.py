"""Publishing the factor library."""

from pathlib import Path

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
        [
            Source(
                release=release,
                key=row.key,
                citation=row.citation,
                url=row.url,
                licence=row.licence,
                year=row.year,
                retrieval=row.retrieval,
            )
            for row in tables.sources
        ],
        batch_size=BATCH,
    )
    entries = Entry.objects.bulk_create(
        [
            Entry(
                release=release,
                kind=row.kind,
                key=row.key,
                name=row.name,
                attributes=row.attributes,
            )
            for row in tables.entries
        ],
        batch_size=BATCH,
    )
    _insert_factors(
        tables, {row.key: row for row in sources}, {(row.kind, row.key): row for row in entries}
    )


def _insert_factors(
    tables: Tables, sources: dict[str, Source], entries: dict[tuple[str, str], Entry]
) -> None:
    Factor.objects.bulk_create(
        [
            Factor(
                entry=entries[row.kind, row.key],
                source=sources[row.source],
                indicator=row.indicator,
                value=row.value,
                low=row.low,
                high=row.high,
                gsd=row.gsd,
                distribution=row.distribution,
                unit=row.unit,
                scope=row.scope,
                year=row.year,
                retrieval=row.retrieval,
                note=row.note,
                chosen=row.chosen,
            )
            for row in tables.factors
        ],
        batch_size=BATCH,
    )
