"""Rival numbers for one thing: the release's, and the organisation's own beside them."""

from collections.abc import Iterable
from typing import TypeAlias

from django.db.models import Q

from apps.accounts.models import Organisation
from apps.accounts.models.base import OwnedQuerySet
from apps.factors.models import Factor, OwnFactor, Release
from apps.factors.selectors.library import rival_map

Place: TypeAlias = tuple[str, str, str]


def own_factors(organisation: Organisation, search: str = "") -> OwnedQuerySet[OwnFactor]:
    """Factors of an organisation whose name, key or source holds the search words."""
    found = OwnFactor.objects.of(organisation).select_related("organisation")
    for word in search.replace("\0", "").split():
        found = found.filter(
            Q(name__icontains=word) | Q(key__icontains=word) | Q(source_text__icontains=word)
        )
    return found


def rivals(
    release: Release, organisation: Organisation | None, kind: str, key: str, indicator: str
) -> list[Factor | OwnFactor]:
    """Every number for an indicator of an entry: the release's chosen one first, then its rivals, then one's own.

    Each answers to ``value low high gsd distribution unit year scope note source.citation``, and ``choice`` names it.
    """
    rows = Factor.objects.filter(
        entry__release=release, entry__kind=kind, entry__key=key, indicator=indicator
    )
    listed = rows.select_related("entry", "source").order_by("-chosen", "value")
    if organisation is None:
        return [*listed]
    own = own_factors(organisation).filter(kind=kind, key=key, indicator=indicator)
    return [*listed, *own]


def rivals_at(
    release: Release, organisation: Organisation, places: Iterable[Place]
) -> dict[Place, list[Factor | OwnFactor]]:
    """Rivals for many (kind, key, indicator) at once, in two queries; an own one borrows the library's entry."""
    found: dict[Place, list[Factor | OwnFactor]] = {
        place: [*rows] for place, rows in rival_map(release, places).items()
    }
    keys = {key for _, key, _ in found}
    for row in own_factors(organisation).filter(key__in=keys):
        listed = found.get((row.kind, row.key, row.indicator))
        if listed:
            row.entry = listed[0].entry
            listed.append(row)
    return found


def rival_chosen(
    release: Release,
    organisation: Organisation | None,
    *,
    kind: str,
    key: str,
    indicator: str,
    choice: str = "",
) -> Factor | OwnFactor | None:
    """The rival that ``choice`` names; the release's chosen one where nothing is named; None where it is gone."""
    found = rivals(release, organisation, kind, key, indicator)
    if choice:
        return next((rival for rival in found if rival.choice == choice), None)
    return next((rival for rival in found if rival.chosen), None)
