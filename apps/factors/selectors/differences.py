"""What changed from one release to another: entries, numbers and sources, and what it means."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from apps.factors.indicators import Kind, label_of
from apps.factors.models import Factor, Release, Source

Place: TypeAlias = tuple[str, str, str, str]
WATCHED = ("low", "high", "gsd", "distribution", "unit", "year", "scope", "note", "chosen")
COMPARED = ("value", *WATCHED, "entry__name")


@dataclass(frozen=True, slots=True)
class Moved:
    """One number of one source that differs between two releases; ``before`` or ``after`` is None where it is absent."""

    kind: str
    key: str
    name: str
    indicator: str
    source: str
    unit: str
    before: float | None
    after: float | None
    columns: tuple[str, ...] = ()
    is_chosen: bool = False

    @property
    def label(self) -> str:
        """Name of the indicator for readers."""
        return label_of(self.kind, self.indicator)

    @property
    def share(self) -> float | None:
        """Relative change of the value; None where there is none to speak of."""
        if self.before is None or self.after is None or self.before in {0, self.after}:
            return None
        return self.after / self.before - 1


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs from ``before`` to ``after``."""

    before: Release
    after: Release
    added: list[Moved] = field(default_factory=list)
    removed: list[Moved] = field(default_factory=list)
    changed: list[Moved] = field(default_factory=list)
    sources: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether the two hold the same."""
        return not (self.added or self.removed or self.changed or self.sources)

    @property
    def meaning(self) -> list[str]:
        """What follows for assessments, kind by kind, in sentences."""
        lines = [_meant(Kind(kind), self) for kind in Kind.values]
        found = [line for line in lines if line]
        if not found and not self.is_empty:
            found = ["No number that assessments use moves; sources or notes alone differ."]
        return found or ["Nothing differs."]


def difference(before: Release, after: Release) -> Difference:
    """Compare two releases number by number; a number is known by entry, indicator and source."""
    old, new = _numbers(before), _numbers(after)
    both = [place for place in new if place in old]
    changed = [_moved(place, old[place], new[place]) for place in both if old[place] != new[place]]
    return Difference(
        before,
        after,
        added=[_moved(place, None, new[place]) for place in new if place not in old],
        removed=[_moved(place, old[place], None) for place in old if place not in new],
        changed=sorted(changed, key=_by_size),
        sources=_sources(before, after),
    )


def _numbers(release: Release) -> dict[Place, dict[str, Any]]:
    rows = Factor.objects.filter(entry__release=release).order_by(
        "entry__kind", "entry__key", "indicator", "source__key"
    )
    place = ("entry__kind", "entry__key", "indicator", "source__key")
    return {tuple(row.pop(name) for name in place): row for row in rows.values(*place, *COMPARED)}


def _moved(place: Place, old: dict[str, Any] | None, new: dict[str, Any] | None) -> Moved:
    kind, key, indicator, source = place
    shown = new or old or {}
    columns = [name for name in ("value", *WATCHED) if old and new and old[name] != new[name]]
    return Moved(
        kind=kind,
        key=key,
        name=shown["entry__name"],
        indicator=indicator,
        source=source,
        unit=shown["unit"],
        before=old["value"] if old else None,
        after=new["value"] if new else None,
        columns=tuple(columns),
        is_chosen=bool((old or {}).get("chosen")) or bool((new or {}).get("chosen")),
    )


def _by_size(moved: Moved) -> tuple[float, str, str]:
    return -abs(moved.share or 0), moved.kind, moved.key


def _sources(before: Release, after: Release) -> list[tuple[str, str]]:
    """Sources that came, went, or say something else."""
    columns = ("citation", "url", "licence", "year", "retrieval", "title", "publisher", "edition")
    old, new = (
        {row["key"]: row for row in Source.objects.filter(release=release).values("key", *columns)}
        for release in (before, after)
    )
    return [(key, text) for key in sorted({*old, *new}) if (text := _said(old, new, key))]


def _said(old: dict[str, Any], new: dict[str, Any], key: str) -> str:
    if key not in old:
        return f"added: {new[key]['citation']}"
    if key not in new:
        return f"removed: {old[key]['citation']}"
    names = [name for name, value in new[key].items() if old[key][name] != value]
    return f"changed: {', '.join(names)}" if names else ""


def _meant(kind: Kind, found: Difference) -> str:
    """One sentence on the numbers that assessments take by themselves."""
    moved = [row for row in found.changed if row.kind == kind and row.is_chosen and row.share]
    came, gone = (
        _chosen(rows, kind, but=other)
        for rows, other in ((found.added, found.removed), (found.removed, found.added))
    )
    parts = []
    if moved:
        largest = max(moved, key=lambda row: abs(row.share or 0))
        parts.append(
            f"{len(moved)} chosen value(s) move, most {largest.name}, {largest.label}: {largest.share:+.1%}"
        )
    parts += [f"{came} chosen value(s) are new"] if came else []
    parts += [f"{gone} chosen value(s) are gone"] if gone else []
    return f"{kind.label}: {'; '.join(parts)}." if parts else ""


def _chosen(rows: Iterable[Moved], kind: str, but: Iterable[Moved]) -> int:
    """Chosen numbers for which the other release has none at all of the same indicator."""
    other = Counter((row.kind, row.key, row.indicator) for row in but)
    return sum(
        row.kind == kind and row.is_chosen and (row.kind, row.key, row.indicator) not in other
        for row in rows
    )
