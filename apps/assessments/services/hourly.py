"""Hourly series: from an uploaded file to a row."""

import hashlib

from apps.accounts.models import User
from apps.assessments.inventory.builder import from_records
from apps.assessments.inventory.records import read
from apps.assessments.inventory.series_use import SeriesUse, series_uses
from apps.assessments.models import Assessment, HourlySeries, Site
from apps.assessments.services import records
from lca.engine import assess

FEWEST_DRAWS = 2  # only deterministic amounts are read


def upload_series(
    *,
    site: Site,
    content: bytes,
    timezone: str,
    unit: str,
    scope: str,
    gsd: float | None,
    source: str,
    actor: User | None,
) -> tuple[HourlySeries, tuple[str, ...]]:
    """Save the hourly factors of a file; also give what was noted about clock changes.

    Raises ``SeriesRejected`` with each fault and its line, or ``Conflict`` where hours are there already.
    """
    from apps.assessments.hourly import read_series  # brings pandas

    read = read_series(content, timezone=timezone, unit=unit)
    series = HourlySeries(
        organisation=site.organisation,
        assessment=site.assessment,
        site=site,
        starts_at=read.starts_at,
        factors=read.factors,
        scope=scope,
        gsd=gsd,
        timezone=read.timezone,
        source=source,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return records.create(record=series, actor=actor), read.notes


def hourly_uses(assessment: Assessment) -> list[SeriesUse]:
    """Who takes their hours from each series of an assessment, who does not, and why.

    Raises ``EngineError`` if the inventory cannot be assessed.
    """
    found = read(assessment, all_series=True)
    inventory = from_records(found)
    result = assess(inventory, draws=FEWEST_DRAWS, seed=assessment.seed, by=("flow",))
    return series_uses(found, inventory, result.to_dict())
