"""What every page of one assessment needs: the assessment, its rows, its figures."""

from collections.abc import Collection
from typing import Any

import attrs
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from apps.accounts.models import Organisation, Role
from apps.assessments import published, selectors, services
from apps.assessments.forms import Options
from apps.assessments.median import why_median
from apps.assessments.models import Assessment, RunCategory
from apps.assessments.sections import LISTED, RUNS, SCOPE, STAGES, SYSTEM, Section
from lca.engine import EVERYTHING, Category, EngineError

ROWS_PER_PAGE = 20
PANEL = ("stage",)
LISTS = ("zone", "cloud_region", "datacentre", "accelerator", "host")
LEADING = [c for c in Category if c.detail_of is None]
RESULT_CATEGORIES = [
    (c.value, c.label, [(d.value, d.label) for d in Category if d.detail_of is c])
    for c in LEADING
    if c is not Category.GWP_LOCATION
]
USE_CATEGORIES = [(c.value, c.label) for c in LEADING]


@attrs.frozen
class Desk:
    """One request on one assessment."""

    request: HttpRequest
    assessment: Assessment
    options: Options

    @property
    def may_edit(self) -> bool:
        """Whether the visitor's role allows changes."""
        return bool(self.request.membership.may(Role.EDITOR))  # type: ignore[attr-defined]  # member_view attaches it

    def lists(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Keys that the text fields of the page suggest."""
        if not self.may_edit:
            return []
        return selectors.catalogue_lists(self.assessment.release, LISTS)

    def context(self, **more: Any) -> dict[str, Any]:
        """Names that every template of an assessment knows."""
        return {
            "organisation": self.assessment.organisation,
            "assessment": self.assessment,
            "section": "assessments",
            "may_edit": self.may_edit,
            **more,
        }

    def render(self, template: str, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render one of this app's templates."""
        name = f"assessments/{template}.html"
        return render(self.request, name, self.context(**more), status=status)


def open_desk(request: HttpRequest, organisation: Organisation, slug: str) -> Desk:
    """Find the assessment, or answer 404."""
    try:
        assessment = selectors.assessment(organisation, slug)
    except Assessment.DoesNotExist:
        raise Http404 from None
    return Desk(request, assessment, Options(assessment))


def figures(assessment: Assessment) -> dict[str, Any]:
    """Evaluate for a whole page: the result, line by line, and what was published beside it."""
    shown = panel_figures(assessment, by=EVERYTHING)
    if shown["evaluation"]:
        result = shown["evaluation"].result
        shown["comparisons"] = published.compare(assessment, result)
    return shown


def panel_figures(assessment: Assessment, *, by: Collection[str] = PANEL) -> dict[str, Any]:
    """Evaluate for the result panel alone; what the engine refuses is shown there, not raised."""
    try:
        evaluation = services.evaluate(assessment, by=by)
    except EngineError as error:
        return {"evaluation": None, "engine_error": str(error)}
    return {
        "evaluation": evaluation,
        "result_categories": RESULT_CATEGORIES,
        "use_categories": _used(evaluation.per_use),
        "median_note": why_median(evaluation.inventory, evaluation.result, Category.GWP_LOCATION),
    }


def _used(per_use: dict[str, Any]) -> list[tuple[str, str]]:
    """Name the categories that have a per-use figure of either kind."""
    kinds = [per_use["marginal"] or {}, per_use["fully_loaded"] or {}]
    return [(key, label) for key, label in USE_CATEGORIES if any(key in kind for kind in kinds)]


@attrs.frozen
class Listing:
    """A section with the page of its rows that is shown."""

    section: Section
    page: Page[Any]
    filters: dict[str, str] = attrs.field(factory=dict)


def listing(desk: Desk, section: Section, number: str | int = 1) -> Listing:
    """Rows of one section, a page at a time; runs can be filtered."""
    rows, filters = section.rows(desk.assessment), {}
    if section is RUNS:
        filters = run_filters(desk)
        rows = selectors.runs(desk.assessment, filters)
    return Listing(section, Paginator(rows, ROWS_PER_PAGE).get_page(number), filters)


def run_filters(desk: Desk) -> dict[str, str]:
    """Read the filters of the runs list; an unknown category filters nothing."""
    asked = desk.request.GET
    category = asked.get("category", "")
    return {
        "category": category if category in RunCategory.values else "",
        "q": asked.get("q", "").replace("\0", "")[:100],
    }


def work(desk: Desk, opened: str = "") -> dict[str, Any]:
    """Everything in the column of work."""
    number = desk.request.GET.get("page", 1)
    return {
        "listings": [listing(desk, s, number if s is RUNS else 1) for s in LISTED],
        "scope_rows": [
            (SYSTEM, desk.assessment.system),
            (SCOPE, desk.assessment),
            *((STAGES, stage) for stage in desk.assessment.stage_declarations.all()),
        ],
        "run_categories": RunCategory.choices,
        "lists": desk.lists(),
        "opened": opened,
    }
