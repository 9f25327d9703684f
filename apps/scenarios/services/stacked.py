"""Evaluating scenarios of an assessment, with the factors of its release."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.assessments.inventory.draft import from_factor
from apps.assessments.models import Assessment
from apps.assessments.services import build_inventory, inventories
from apps.factors import selectors as factors
from apps.factors.models import Release
from apps.scenarios.compression.published import published
from apps.scenarios.compression.study import study as compressing
from apps.scenarios.cooling.study import study as cooling
from apps.scenarios.errors import BadInput
from apps.scenarios.models import Scenario
from apps.scenarios.placement.costs import Link
from apps.scenarios.placement.study import Asked
from apps.scenarios.placement.study import study as placing
from apps.scenarios.serving.library import named
from apps.scenarios.serving.study import study as serving
from apps.scenarios.serving.study import sweep
from apps.scenarios.serving.trace import Shape, draw
from apps.scenarios.setting import Setting
from apps.scenarios.shifting.series import Intensity
from apps.scenarios.shifting.study import Shift
from apps.scenarios.shifting.study import study as shifting
from apps.scenarios.site import servers, shipped
from apps.scenarios.stacking import plans
from apps.scenarios.stacking.stack import Stack, compare, compared, stack, take
from apps.scenarios.stacking.trade import Trade, trades
from lca.engine import Parameter


def setting_of(release: Release) -> Setting:
    """Return the setting of an assessment's what-ifs: factors of its release, profiles that ship; no file is read by name."""

    @cache
    def entry(kind: str, key: str) -> Mapping[Any, Any]:
        return factors.factor_map(release, [(kind, key)])

    def factor(kind: str, key: str, indicator: str, label: str) -> Parameter:
        found = entry(kind, key).get((kind, key, indicator))
        if found is None:
            msg = f"The library has no {indicator} for the {kind} “{key}”. Zones are named as FR, CA-QC or WORLD."
            raise BadInput(msg, field=kind)
        return from_factor(indicator, found, label=label, symbol="")

    return replace(shipped({}), factor=factor, profile=lambda name: named(name, servers()))


def evaluate(*, assessment: Assessment, measures: Any) -> Stack:
    """Stack measures on an assessment as it stands.

    Raises
    ------
    BadInput
        For measures that cannot be, or find nothing to change.
    EngineError
        If the assessment's records contradict each other.
    """
    return stack(
        build_inventory(assessment),
        plans.read(measures),
        setting_of(assessment.release),
        draws=assessment.draws,
        seed=assessment.seed,
    )


def check(*, assessment: Assessment, measures: Any) -> None:
    """Refuse measures that cannot be stacked on an assessment, without assessing them."""
    chosen = plans.read(measures)
    for _ in take(build_inventory(assessment), chosen, setting_of(assessment.release)):
        pass


def comparison(*, assessment: Assessment, scenarios: Iterable[Scenario]) -> Mapping[str, Any]:
    """Return totals of the assessment (under "") and of up to six scenarios, and their paired differences, as plain JSON."""
    rows = {row.name: plans.read(row.measures) for row in scenarios}
    found = compare(
        build_inventory(assessment),
        rows,
        setting_of(assessment.release),
        draws=assessment.draws,
        seed=assessment.seed,
    )
    return compared(found)


def cooled(*, assessment: Assessment, zones: Sequence[str]) -> dict[str, Any]:
    """Return carbon against water of every kind of cooling at zones, with the factors of an assessment's release.

    Raises
    ------
    BadInput
        For zones that the library does not hold, or too many.
    """
    return cooling(zones, setting_of(assessment.release))


def served(
    *,
    assessment: Assessment,
    profile: str,
    zone: str,
    shape: Shape,
    memory_tokens: float | None = None,
) -> dict[str, Any]:
    """Return what policies of serving do to requests that are drawn, on a shipped profile at a zone, with a sweep of settings.

    ``memory_tokens`` limits the context that is served at a time; nothing else does where it is not given.

    Raises
    ------
    BadInput
        For a profile or zone that there is not.
    """
    setting = setting_of(assessment.release)
    server, requests = setting.profile(profile), draw(shape)
    if memory_tokens is not None:
        server = replace(server, memory_tokens=memory_tokens)
    found = serving(requests, server, setting.elsewhere(zone)).to_dict()
    return {**found, "sweep": sweep(requests, server)}


def compressed(*, before: str, after: str) -> dict[str, Any]:
    """Return two shipped profiles against each other, batch by batch.

    Raises
    ------
    BadInput
        For a profile that there is not, or the same twice.
    """
    return compressing(named(before, servers()), named(after, servers()))


def studies() -> list[dict[str, Any]]:
    """Return the studies of compression that were published, with what their figures come to."""
    return published(Path(settings.BASE_DIR) / "fixtures" / "studies" / "compression.csv")


def placed(
    *, assessment: Assessment, profiles: Sequence[str], zone: str, link: Link, asked: Asked
) -> dict[str, Any]:
    """Return prefill and decoding on every pair of shipped profiles at a zone, and the map of the best over lengths.

    Raises
    ------
    BadInput
        For profiles that there are not, that are the same, or that were not measured for the batch; or a zone that there is not.
    """
    setting = setting_of(assessment.release)
    devices = [setting.profile(name) for name in profiles]
    return placing(devices, link, setting.elsewhere(zone), asked)


def shifted(*, assessment: Assessment, known: Intensity, shift: Shift) -> dict[str, Any]:
    """Return what schedules of a job do over hourly intensities, with the PUE of an assessment's release.

    Raises
    ------
    BadInput
        Where the series is shorter than the deadline.
    """
    return shifting(known, shift, setting_of(assessment.release).site)


def accuracy_and_carbon(*, assessment: Assessment, scenarios: Iterable[Scenario]) -> list[Trade]:
    """Return the change of accuracy and the carbon of one functional unit, of the assessment and of scenarios.

    Nothing where the assessment declares no figure of one functional unit. It is fully loaded where that is declared, else marginal.
    """
    inventory, uses = inventories(assessment)
    use = uses.fully_loaded or uses.marginal
    if use is None:
        return []
    return trades(
        inventory,
        use,
        {row.name: plans.read(row.measures) for row in scenarios},
        setting_of(assessment.release),
        draws=assessment.draws,
        seed=assessment.seed,
    )
