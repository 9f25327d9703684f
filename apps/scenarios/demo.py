"""Scenarios and roadmaps of the demo's studies."""

import json
from typing import Any

from apps.assessments.demo.people import FOLDER
from apps.assessments.models import Assessment
from apps.scenarios.models import Roadmap, Scenario


def load() -> None:
    """Add what is missing of the demo's scenarios and roadmaps."""
    for slug, rows in _texts("scenarios.json").items():
        assessment = _assessment(slug)
        for row in rows:
            kept = {key: value for key, value in row.items() if key != "name"}
            Scenario.objects.get_or_create(
                organisation=assessment.organisation,
                assessment=assessment,
                name=row["name"],
                defaults=kept,
            )
    for slug, row in _texts("roadmaps.json").items():
        assessment = _assessment(slug)
        Roadmap.objects.get_or_create(
            organisation=assessment.organisation,
            system=assessment.system,
            defaults={"baseline": assessment, **row},
        )


def _texts(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / name).read_text("utf-8"))
    return found


def _assessment(slug: str) -> Assessment:
    return Assessment.objects.select_related("organisation", "system").get(slug=slug)
