"""Rules that label runs by what is recorded of them, and views of the table that people keep."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from apps.accounts.models import Owned
from apps.assessments.models import RunCategory

OUTCOMES = [("finished", "finished"), ("failed", "failed"), ("unknown", "unknown")]
SECONDS_PER_MINUTE = 60.0


class Rule(Owned):
    """Runs that meet every condition get the labels, unless a rule before it gave them some; empty conditions are none."""

    name = models.CharField("name", max_length=120)
    place = models.PositiveSmallIntegerField("order", default=10)
    outcome = models.CharField("outcome is", max_length=10, choices=OUTCOMES, blank=True)
    name_contains = models.CharField("name contains", max_length=100, blank=True)
    tool_contains = models.CharField("tool contains", max_length=60, blank=True)
    team_is = models.CharField("team is", max_length=100, blank=True)
    shorter_than_min = models.FloatField("shorter than [min]", null=True, blank=True)
    longer_than_min = models.FloatField("longer than [min]", null=True, blank=True)
    category = models.CharField(
        "category becomes", max_length=20, choices=RunCategory.choices, blank=True
    )
    component = models.CharField("component becomes", max_length=100, blank=True)
    team = models.CharField("team becomes", max_length=100, blank=True)

    class Meta:
        ordering = ["place", "pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Demand a condition and a label."""
        if not self.conditions():
            raise ValidationError(
                "Give at least one condition: a rule without one meets every run."
            )
        if not self.labels():
            raise ValidationError(
                "Say what becomes of the runs: a category, a component or a team."
            )

    def conditions(self) -> dict[str, Any]:
        """Lookups that a run must meet."""
        found: dict[str, Any] = {
            "outcome": self.outcome,
            "name__icontains": self.name_contains,
            "tool__icontains": self.tool_contains,
            "team": self.team_is,
            "duration_s__lt": _seconds(self.shorter_than_min),
            "duration_s__gt": _seconds(self.longer_than_min),
        }
        return {lookup: value for lookup, value in found.items() if value not in {"", None}}

    def labels(self) -> dict[str, str]:
        """Labels that it gives."""
        found = {name: getattr(self, name) for name in ("category", "component", "team")}
        return {name: value for name, value in found.items() if value}

    def meets(self) -> Q:
        """The conditions as a filter of runs."""
        return Q(**self.conditions())


def _seconds(minutes: float | None) -> float | None:
    return None if minutes is None else minutes * SECONDS_PER_MINUTE


class SavedView(Owned):
    """Filters of the table of runs under a name."""

    name = models.CharField("name", max_length=80)
    query = models.CharField(max_length=1000)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
