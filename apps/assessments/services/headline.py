"""Headline figures for lists: evaluated once, and again only after an edit."""

from typing import Any

from django.core.cache import cache

from apps.assessments.inventory import evaluate
from apps.assessments.models import Assessment
from lca.engine import EngineError
from lca.engine.result import ENGINE_VERSION

KEPT_SECONDS = 7 * 24 * 3600


def headline(*, assessment: Assessment) -> dict[str, Any]:
    """Return totals and stages of an assessment, or the ``problem`` that the engine has with it.

    Kept until the assessment, one of its parts or its system is edited; every edit moves ``updated_at``.
    """
    moments = f"{assessment.updated_at.timestamp()}:{assessment.system.updated_at.timestamp()}"
    key = f"headline:{ENGINE_VERSION}:{assessment.uuid}:{moments}"
    known: dict[str, Any] | None = cache.get(key)
    if known is None:
        known = _evaluated(assessment)
        cache.set(key, known, KEPT_SECONDS)
    return known


def _evaluated(assessment: Assessment) -> dict[str, Any]:
    try:
        result = evaluate(assessment, by=("stage",)).result
    except EngineError as error:
        return {"problem": str(error)}
    return {"totals": result["totals"], "by_stage": result["by_stage"]}
