"""Releases, entries, sources and chosen factors."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from django.db.models import Count, Prefetch, Q, QuerySet

from apps.factors.errors import NoRelease, UnknownRelease
from apps.factors.indicators import Kind
from apps.factors.models import Entry, Factor, Release, Source

REMEMBERED_MAPS = 256
ZONE_TYPES = {
    "world": "world",
    "region": "European Union",
    "country": "countries and territories",
    "us_egrid_national": "United States, eGRID",
    "us_egrid_subregion": "US eGRID subregions",
    "us_state": "US states (direct factors only)",
    "cn_province": "Chinese provinces",
    "ca_province": "Canadian provinces and territories",
    "water_region": "places with water scarcity only",
}
NEEDED = {
    Kind.ZONE: "gwp_location",
    Kind.ACCELERATOR: "tdp_w",
    Kind.DATACENTRE: "pue",
    Kind.HOST: "embodied_gwp",
}


def current_release() -> Release:
    """The release that new assessments use."""
    release = Release.objects.filter(is_current=True).first()
    if release is None:
        raise NoRelease
    return release


def release_labelled(label: str) -> Release:
    """The release of that label; raises ``UnknownRelease``, naming those there are."""
    release = Release.objects.filter(label=label).first()
    if release is None:
        raise UnknownRelease(label, list(Release.objects.values_list("label", flat=True)))
    return release


def factor_map(
    release: Release, keys: Iterable[tuple[str, str]]
) -> Mapping[tuple[str, str, str], Factor]:
    """Chosen factors of the entries (kind, key), by (kind, key, indicator), with their sources.

    Asked for again they come from memory, since what a release holds never changes.
    """
    return _factor_map(release.pk, release.sha256, frozenset(keys))


@lru_cache(maxsize=REMEMBERED_MAPS)
def _factor_map(
    release: int,
    sha256: str,  # noqa: ARG001 - two databases may give two releases the same number
    wanted: frozenset[tuple[str, str]],
) -> Mapping[tuple[str, str, str], Factor]:
    if not wanted:
        return {}
    by_kind = Q()
    for kind in {kind for kind, _ in wanted}:
        by_kind |= Q(
            entry__kind=kind, entry__key__in=[key for other, key in wanted if other == kind]
        )
    rows = Factor.objects.filter(by_kind, entry__release=release, chosen=True).select_related(
        "entry", "source"
    )
    found = {(row.entry.kind, row.entry.key, row.indicator): row for row in rows}
    return MappingProxyType(found)


def rival_map(
    release: Release, places: Iterable[tuple[str, str, str]]
) -> dict[tuple[str, str, str], list[Factor]]:
    """Every source's figure for each (kind, key, indicator), the library's choice first; one query."""
    wanted = set(places)
    rows = Factor.objects.filter(
        entry__release=release,
        entry__kind__in={kind for kind, _, _ in wanted},
        entry__key__in={key for _, key, _ in wanted},
        indicator__in={indicator for _, _, indicator in wanted},
    )
    found: dict[tuple[str, str, str], list[Factor]] = {}
    for row in rows.select_related("entry", "source").order_by("-chosen", "value", "pk"):
        place = (row.entry.kind, row.entry.key, row.indicator)
        if place in wanted:
            found.setdefault(place, []).append(row)
    return found


def defaults(release: Release) -> dict[str, Factor]:
    """The methodological defaults by key."""
    rows = Factor.objects.filter(entry__release=release, entry__kind=Kind.DEFAULT, chosen=True)
    return {row.entry.key: row for row in rows.select_related("entry", "source")}


def entries(release: Release, kind: str, search: str = "") -> QuerySet[Entry]:
    """Entries of a kind whose name or key contains the search words, with their factors and sources."""
    found = Entry.objects.filter(release=release, kind=kind)
    for word in search.replace("\0", "").split():
        found = found.filter(Q(name__icontains=word) | Q(key__icontains=word))
    factors = Factor.objects.select_related("source", "entry").order_by(
        "indicator", "-chosen", "value"
    )
    return found.order_by("name", "key").prefetch_related(Prefetch("factors", factors))


def offered(release: Release, kind: str) -> list[tuple[str, str]]:
    """Choices (key, name) for a form: entries that hold what an assessment needs of their kind."""
    found = Entry.objects.filter(release=release, kind=kind)
    if kind in NEEDED:
        found = found.filter(factors__indicator=NEEDED[Kind(kind)], factors__chosen=True)
    if kind == Kind.HOST:
        found = found.exclude(attributes__includes_accelerators=True)
        found = found.exclude(attributes__has_key="is_share_of_one_accelerator")
    return list(found.order_by("name", "key").values_list("key", "name"))


def entry(release: Release, kind: str, key: str) -> Entry:
    """One entry with its factors; raises Entry.DoesNotExist."""
    return entries(release, kind).get(key=key)


def names(release: Release, kind: str) -> list[tuple[str, str]]:
    """Every entry of a kind as (key, name)."""
    found = Entry.objects.filter(release=release, kind=kind).order_by("name", "key")
    return list(found.values_list("key", "name"))


def sources(release: Release) -> QuerySet[Source]:
    """Sources with the number of factors that rest on each."""
    return Source.objects.filter(release=release).annotate(uses=Count("factors")).order_by("key")


def counts(release: Release) -> dict[str, tuple[int, int]]:
    """How many entries and factors of each kind a release holds."""
    held = Entry.objects.filter(release=release).values_list("kind").order_by("kind")
    return {
        kind: (n_entries, n_factors)
        for kind, n_entries, n_factors in held.annotate(
            n_entries=Count("id", distinct=True), n_factors=Count("factors")
        )
    }


def tables_of(release: Release) -> list[tuple[str, int, int]]:
    """What the release covers, in readers' words: table, entries, factors; zones by their type."""
    held = Entry.objects.filter(release=release).values_list("kind", "attributes__zone_type")
    rows = held.annotate(n_entries=Count("id", distinct=True), n_factors=Count("factors"))
    order = [*Kind.values]
    found = sorted(rows, key=lambda row: (order.index(row[0]), -row[2]))
    return [(_table(kind, zone_type), n, factors) for kind, zone_type, n, factors in found]


def _table(kind: str, zone_type: str | None) -> str:
    label = str(Kind(kind).label)
    return f"{label}: {ZONE_TYPES.get(zone_type, zone_type)}" if zone_type else label
