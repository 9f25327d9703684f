"""Reads: assessments of an organisation, and keys of the factor catalogue."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, User
from apps.assessments.models import Assessment, ComputeRun, StageDeclaration
from apps.factors import selectors as factors
from apps.factors.models import Entry, Release

SUGGESTIONS = 3
DEMO_SLUG = "olmo-2025"


class UnknownKey(DomainError):
    """A key that the factor release does not hold."""

    code = "unknown_key"


def assessments(organisation: Organisation) -> QuerySet[Assessment]:
    """List an organisation's assessments with their system and the number of runs."""
    return (
        Assessment.objects.of(organisation)
        .select_related("system", "release")
        .annotate(run_count=Count("runs"))
        .order_by("-updated_at", "pk")
    )


def assessment(organisation: Organisation, slug: str) -> Assessment:
    """Return one assessment with what its pages need; raises ``Assessment.DoesNotExist``."""
    stages = Prefetch("stage_declarations", StageDeclaration.objects.order_by("pk"))
    return (
        Assessment.objects.of(organisation)
        .select_related("system", "release", "organisation")
        .prefetch_related(stages)
        .get(slug=slug)
    )


def runs(of: Assessment, filters: Mapping[str, Any]) -> QuerySet[ComputeRun]:
    """List runs, narrowed to the category, site and words that ``filters`` name."""
    found = ComputeRun.objects.filter(assessment=of).select_related("site", "hardware")
    if filters.get("category"):
        found = found.filter(category=filters["category"])
    if filters.get("site"):
        found = found.filter(site=filters["site"])
    if filters.get("q"):
        found = found.filter(name__icontains=filters["q"])
    return found.order_by("pk")


def catalogue_key(release: Release, kind: str, text: str, *, field: str) -> str:
    """Return the key of the entry that ``text`` means: its key, its name, or words that only it has.

    Raises ``UnknownKey``, naming the nearest known ones, if there is none.
    """
    entries = Entry.objects.filter(release=release, kind=kind)
    if not text or entries.filter(key=text).exists():
        return text
    names = dict(entries.order_by("key").values_list("key", "name"))
    return _read(names, text) or _refuse(names, release, kind, text, field)


def zone_of_region(release: Release, key: str) -> str:
    """Return the electricity zone of a cloud region; empty for an unknown region or one without a zone."""
    if not key:
        return ""
    attributes = Entry.objects.filter(release=release, kind="cloud_region", key=key)
    return str((attributes.values_list("attributes", flat=True).first() or {}).get("zone", ""))


def _read(names: Mapping[str, str], text: str) -> str | None:
    """Find the one key that ``text`` can only mean, else ``None``."""
    wanted = text.strip().casefold()
    keys = [key for key in names if key.casefold() == wanted]
    keys = keys or [key for key, name in names.items() if name.casefold() == wanted]
    keys = keys or [key for key, name in names.items() if _words(wanted) <= _words(name)]
    return keys[0] if len(keys) == 1 else None


def _words(text: str) -> set[str]:
    return set(text.casefold().replace(",", " ").replace("-", " ").split())


def _refuse(names: Mapping[str, str], release: Release, kind: str, text: str, field: str) -> str:
    """Raise with the nearest known keys."""
    spellings = {key.casefold(): key for key in names} | {
        name.casefold(): key for key, name in names.items()
    }
    near = get_close_matches(text.strip().casefold(), spellings, n=6, cutoff=0.5)
    keys = list(dict.fromkeys(spellings[match] for match in near))[:SUGGESTIONS]
    nearest = ", ".join(f"{key} ({names[key]})" for key in keys)
    hint = f" Nearest: {nearest}." if nearest else " Choose one of the list."
    word = {
        "zone": "electricity zone",
        "datacentre": "data-centre archetype",
        "cloud_region": "cloud region",
    }.get(kind, kind)
    msg = f"“{text[:60]}” is not a known {word} in factor release {release.label}.{hint}"
    raise UnknownKey(msg, field=field)


def demo_for(user: User, organisation: Organisation) -> Assessment | None:
    """Return the finished example, if ``user`` can see it and it is not of this organisation."""
    return (
        Assessment.objects.visible_to(user)
        .filter(slug=DEMO_SLUG)
        .exclude(organisation=organisation)
        .select_related("organisation")
        .first()
    )


def catalogue_lists(
    release: Release, kinds: Iterable[str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what the text fields of a page suggest: for each kind, keys and names."""
    return [(kind, catalogue_choices(release, kind)) for kind in kinds]


def catalogue_choices(release: Release, kind: str) -> list[tuple[str, str]]:
    """Keys and names to offer in a form."""
    return factors.offered(release, kind)
