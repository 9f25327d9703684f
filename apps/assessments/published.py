"""Published figures beside the computed ones: how near they come, and why they may differ."""

from collections.abc import Mapping
from typing import Any

import attrs

from apps.assessments.models import Assessment, PublishedFigure
from lca.engine import Category, EngineError
from lca.engine.units import conversion


@attrs.frozen(kw_only=True)
class PublishedComparison:
    """One published figure and what the inventory gives for the same thing, in the same unit."""

    figure: PublishedFigure
    published: float
    computed: float | None
    unit: str

    @property
    def difference(self) -> float | None:
        """Relative difference of the computed figure from the published one."""
        if self.computed is None or self.published == 0:
            return None
        return self.computed / self.published - 1

    @property
    def is_within(self) -> bool | None:
        """Whether the difference is within the declared tolerance; ``None`` without one."""
        tolerance: float | None = self.figure.tolerance_share
        if self.difference is None or tolerance is None:
            return None
        return abs(self.difference) <= tolerance


def compare(assessment: Assessment, result: Mapping[str, Any]) -> list[PublishedComparison]:
    """Set each published figure beside the computed one."""
    rows = PublishedFigure.objects.filter(assessment=assessment).select_related("run")
    return [_compare(row, result) for row in rows.order_by("pk")]


def _compare(row: PublishedFigure, result: Mapping[str, Any]) -> PublishedComparison:
    unit = Category(row.category).unit
    try:
        value = row.value * conversion(((row.unit, 1.0),), unit)
    except EngineError:
        return PublishedComparison(figure=row, published=row.value, computed=None, unit=row.unit)
    return PublishedComparison(
        figure=row, published=value, computed=computed(row, result), unit=unit
    )


def computed(row: PublishedFigure, result: Mapping[str, Any]) -> float | None:
    """Sum the flows that a published figure speaks of; ``None`` where none is declared."""
    process = row.run.name if row.run else None
    values = [
        flow["impacts"][row.category]["nominal"]
        for flow in result["flows"]
        if row.category in flow["impacts"]
        and (not row.stage or flow["stage"] == row.stage)
        and (process is None or flow["process"] == process)
    ]
    return sum(values) if values else None
