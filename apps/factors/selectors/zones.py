"""Electricity zones: what lies inside one, and several side by side."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from apps.factors.indicators import Kind
from apps.factors.models import Entry, Release
from apps.factors.selectors.library import entries

MOST_COMPARED = 6


def sub_zones(release: Release, key: str) -> QuerySet[Entry]:
    """Zones inside a zone, by name, with their factors."""
    return entries(release, Kind.ZONE).filter(attributes__parent=key)


def compared(release: Release, kind: str, keys: Sequence[str]) -> list[Entry]:
    """Entries of a kind in the order asked for, each once, with their factors; unknown keys are left out."""
    wanted = list(dict.fromkeys(key for key in keys if "\0" not in key))[:MOST_COMPARED]
    found = {row.key: row for row in entries(release, kind).filter(Q(key__in=wanted))}
    return [found[key] for key in wanted if key in found]
