"""How many queries a page takes, however much there is."""

import pytest
from django.urls import reverse

from apps.assessments.models import ComputeRun, Site
from tests.apps.assessments.conftest import HTMX, address, answers, started
from tests.apps.assessments.pages.conftest import declare


def many(assessment, count):
    site, hardware = assessment.sites.get(), assessment.hardware.get()
    for number in range(count):
        declare(
            ComputeRun,
            assessment,
            name=f"R{number}",
            category="failed",
            gpu_hours=1.0,
            site=site,
            hardware=hardware,
        )
        declare(Site, assessment, name=f"S{number}", zone="FR")


def queries(page, url, headers=None):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    page.get(url, headers=headers or {})  # what never changes is read once and remembered
    with CaptureQueriesContext(connection) as captured:
        assert page.get(url, headers=headers or {}).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["workbench", "section"])
def test_more_rows_cost_no_more_queries(page, assessment, name):
    url = address(name, assessment, *(["runs"] if name == "section" else []))
    few = queries(page, url)
    many(assessment, 12)
    assert queries(page, url) <= few
    assert few <= 30


def test_an_edit_costs_a_bounded_number_of_queries(page, assessment, site):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    many(assessment, 12)
    url = address("edit", assessment, "sites", site.uuid)
    form = page.get(url, headers=HTMX).context["form"]
    with CaptureQueriesContext(connection) as captured:
        assert page.post(url, answers(form, pue="1.3"), headers=HTMX).status_code == 200
    assert len(captured) <= 40


def test_a_second_look_at_the_dashboard_costs_no_more_for_more_assessments(
    page, assessment, editor
):
    home = reverse("assessments:dashboard", args=[editor.organisation.slug])
    page.get(home)
    few = queries(page, home)
    for number in range(3):
        started(editor, f"Other {number}")
    page.get(home)
    assert queries(page, home) <= few
