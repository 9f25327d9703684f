"""Scenarios of the demo's studies."""

import json

from apps.assessments.demo.people import FOLDER
from apps.assessments.models import Assessment
from apps.scenarios.models import Scenario


def load() -> None:
    """Add what is missing of the demo's scenarios."""
    texts = json.loads((FOLDER / "scenarios.json").read_text("utf-8"))
    for slug, rows in texts.items():
        assessment = Assessment.objects.select_related("organisation").get(slug=slug)
        for row in rows:
            Scenario.objects.get_or_create(
                organisation=assessment.organisation,
                assessment=assessment,
                name=row["name"],
                defaults={"notes": row["notes"], "measures": row["measures"]},
            )
