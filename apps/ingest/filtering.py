"""Filters of the table of runs, the same on the page, for changes of many runs, and for the download."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from apps.accounts.models import Organisation
from apps.assessments.models import RunCategory
from apps.ingest import selectors
from apps.ingest.flags import TEXTS
from apps.ingest.models import RecordedRun
from apps.ingest.models.rule import OUTCOMES

NO_CATEGORY = "none"
CATEGORIES = [(NO_CATEGORY, "not categorised"), *RunCategory.choices]
FLAGS = [("any", "any flag"), *((code, code) for code in TEXTS)]
SECONDS_PER_MINUTE = 60.0
DATE = forms.DateInput(attrs={"type": "date"})


class RunFilter(filters.FilterSet):  # type: ignore[misc]  # the library is untyped
    """Which runs are shown; what cannot be read filters nothing and is said at its field."""

    system = filters.ChoiceFilter(field_name="system__slug", label="System", empty_label="all")
    category = filters.ChoiceFilter(
        choices=CATEGORIES, method="by_category", label="Category", empty_label="all"
    )
    outcome = filters.ChoiceFilter(choices=OUTCOMES, label="Outcome", empty_label="all")
    flag = filters.ChoiceFilter(
        choices=FLAGS, method="by_flag", label="Flags", empty_label="with and without"
    )
    team = filters.CharFilter(lookup_expr="iexact", label="Team")
    component = filters.CharFilter(lookup_expr="iexact", label="Component")
    branch = filters.CharFilter(label="Branch")
    q = filters.CharFilter(field_name="name", lookup_expr="icontains", label="Name contains")
    tool = filters.CharFilter(lookup_expr="icontains", label="Tool contains")
    since = filters.DateFilter(
        field_name="happened_at", lookup_expr="date__gte", label="From", widget=DATE
    )
    until = filters.DateFilter(
        field_name="happened_at", lookup_expr="date__lte", label="To", widget=DATE
    )
    longer = filters.NumberFilter(method="by_longer", label="Longer than [min]")
    shorter = filters.NumberFilter(method="by_shorter", label="Shorter than [min]")

    class Meta:
        model = RecordedRun
        fields: list[str] = []

    def __init__(self, data: Any, *, organisation: Organisation) -> None:
        super().__init__(
            data, queryset=selectors.runs(organisation).select_related("system", "upload")
        )
        systems = selectors.systems(organisation).values_list("slug", "name")
        self.filters["system"].extra["choices"] = list(systems)

    def by_category(self, rows: QuerySet[RecordedRun], _name: str, value: str) -> Any:
        """One category, or none."""
        return rows.filter(category="" if value == NO_CATEGORY else value)

    def by_flag(self, rows: QuerySet[RecordedRun], _name: str, value: str) -> Any:
        """One flag, or any."""
        return rows.filter(~Q(flags="") if value == "any" else Q(flags__contains=f",{value},"))

    def by_longer(self, rows: QuerySet[RecordedRun], _name: str, value: float) -> Any:
        """Duration above some minutes."""
        return rows.filter(duration_s__gt=float(value) * SECONDS_PER_MINUTE)

    def by_shorter(self, rows: QuerySet[RecordedRun], _name: str, value: float) -> Any:
        """Duration below some minutes."""
        return rows.filter(duration_s__lt=float(value) * SECONDS_PER_MINUTE)
