"""Choosing another source for a factor of one assessment, and what that changes."""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs
from django.db import transaction

from apps.accounts.models import User
from apps.assessments.inventory.builder import from_records
from apps.assessments.inventory.records import AnyFactor, Place, Records, read
from apps.assessments.models import Assessment, FactorChoice
from apps.assessments.services import records as rows
from apps.assessments.services.records import UnknownSource
from apps.factors import selectors as factors
from lca.engine import Category, EngineError, Result, Stat, assess, difference


@attrs.frozen(kw_only=True)
class UsedFactor:
    """A factor that an assessment's inventory rests on, the library's own choice, and the rivals of both."""

    place: Place
    used: AnyFactor
    library: AnyFactor
    rivals: list[AnyFactor]

    @property
    def is_own_choice(self) -> bool:
        """Whether the assessment departs from the library's choice."""
        return self.used.source.key != self.library.source.key


def used_factors(assessment: Assessment) -> list[UsedFactor]:
    """List the factors that the inventory of an assessment takes from its release, those with rivals first.

    Raises ``EngineError`` if the records contradict each other.
    """
    records = read(assessment)
    from_records(records)
    found = factors.rivals_at(assessment.release, assessment.organisation, records.asked)
    used = [_used(records, place, found[place]) for place in sorted(records.asked)]
    return sorted(used, key=lambda item: (len(item.rivals) < 2, item.place))  # noqa: PLR2004 - a rival takes two


def _used(records: Records, place: Place, rivals: list[AnyFactor]) -> UsedFactor:
    library = next(row for row in rivals if row.chosen)
    return UsedFactor(place=place, used=records.factors[place], library=library, rivals=rivals)


def effects(
    assessment: Assessment, place: Place, rivals: Iterable[AnyFactor]
) -> dict[str, Mapping[Category, Stat]]:
    """What each rival would change, by its source: paired differences (then − now) in each category that moves.

    A rival with which the inventory cannot be assessed is left out.
    """
    records = read(assessment)
    now = _assessed(assessment, records, None)
    found: dict[str, Mapping[Category, Stat]] = {}
    for rival in rivals:
        swapped = attrs.evolve(records, factors={**records.factors, place: rival}, asked=set())
        try:
            then = _assessed(assessment, swapped, now)
        except EngineError:
            continue
        found[rival.source.key] = {
            category: stat for category, stat in difference(now, then).items() if _moves(stat)
        }
    return found


@attrs.frozen(kw_only=True)
class OwnChoice:
    """A factor whose source the assessment chose itself: why, and what that makes of each total."""

    factor: UsedFactor
    reason: str
    effects: Mapping[Category, Stat] | None


def own_choices(assessment: Assessment) -> list[OwnChoice]:
    """List the choices that the result rests on, each with its paired difference from the library's own.

    ``effects`` is ``None`` where the inventory cannot be assessed with the library's factor. Raises ``EngineError``
    if the records contradict each other.
    """
    reasons = {row.place: row.reason for row in FactorChoice.objects.filter(assessment=assessment)}
    if not reasons:
        return []
    records = read(assessment)
    now = _assessed(assessment, records, None)
    return [
        OwnChoice(
            factor=item,
            reason=reasons[item.place],
            effects=_against_library(assessment, records, now, item),
        )
        for item in used_factors(assessment)
        if item.place in reasons and item.is_own_choice
    ]


def _against_library(
    assessment: Assessment, records: Records, now: Result, item: UsedFactor
) -> Mapping[Category, Stat] | None:
    """Totals with the choice less those with the library's factor, on the same draws."""
    factors = {**records.factors, item.place: item.library}
    try:
        library = _assessed(assessment, attrs.evolve(records, factors=factors, asked=set()), now)
    except EngineError:
        return None
    return {key: stat for key, stat in difference(library, now).items() if _moves(stat)}


def _assessed(assessment: Assessment, records: Records, like: Result | None) -> Result:
    return assess(
        from_records(records), draws=assessment.draws, seed=assessment.seed, like=like, by=()
    )


def _moves(stat: Stat) -> bool:
    return any((stat.nominal, stat.p05, stat.p95))


@transaction.atomic
def choose_factor(
    *, assessment: Assessment, place: Place, source: str, reason: str, actor: User | None
) -> FactorChoice | None:
    """Use one source's figure from now on; the library's own choice needs no reason and gives ``None``."""
    rivals = factors.rivals_at(assessment.release, assessment.organisation, [place]).get(place, [])
    rival = next((row for row in rivals if row.source.key == source), None)
    if rival is None:
        raise UnknownSource(place, source, rivals)
    choice = FactorChoice.objects.filter(assessment=assessment).filter(**_named(place)).first()
    if rival.chosen:
        if choice is not None:
            rows.delete(record=choice, actor=actor)
        return None
    if choice is None:
        part = {"organisation": assessment.organisation, "assessment": assessment}
        made = FactorChoice(**part, **_named(place), source=source, reason=reason)
        return rows.create(record=made, actor=actor)
    choice.source, choice.reason = source, reason
    return rows.update(record=choice, expected_version=choice.version, actor=actor)


def _named(place: Place) -> dict[str, Any]:
    return dict(zip(("kind", "key", "indicator"), place, strict=True))
