"""Charts of a published report answer in the browser, under the site's own content security policy."""

from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.assessments.models import Assessment
from apps.disclosures import services
from apps.disclosures.models import Disclosure, Snapshot, Status
from apps.factors.services import load_release
from tests.browser.conftest import DESK, PHONE
from tests.factories import PASSWORD

Check = Callable[[Page], None]
ADDRESS = "/d/helpdesk-assistant/"


@pytest.fixture
def published(transactional_db: None) -> Iterator[None]:
    load_release()
    call_command("demo", "load", stdout=StringIO())
    yield
    # the database itself refuses to delete a published report, also when a test cleans up
    Snapshot.objects.filter(status=Status.PUBLISHED).update(status=Status.WITHDRAWN)


def draw_all(page: Page) -> int:
    """Bring each chart into view, and wait until a browser's drawing stands in its place."""
    stills = page.locator("svg[data-chart]")
    for place in range(stills.count()):
        stills.nth(place).scroll_into_view_if_needed()
        expect(page.locator(".chart--live svg")).to_have_count(place + 1)
    return stills.count()


def test_charts_answer_and_keep_their_words(
    published: None, page: Page, assert_accessible: Check, no_sideways_scroll: Check
) -> None:
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        page.goto(ADDRESS)
        assert draw_all(page) >= 10
        no_sideways_scroll(page)
    assert_accessible(page)
    page.set_viewport_size(DESK)
    first = page.locator(".chart--live").first
    first.locator(".mark-rect path").first.hover(force=True)
    expect(page.locator("#vg-tooltip-element")).to_contain_text("Climate change, Hardware:")
    title = page.locator("svg[data-chart] > title").first
    assert "Share of each life-cycle stage" in str(title.text_content())


def test_a_legend_picks_a_stage_and_a_slider_leaves_flows_out(published: None, page: Page) -> None:
    page.goto(ADDRESS)
    draw_all(page)
    chart = page.locator(".chart--live").first
    faint = chart.locator('.mark-rect path[opacity="0.2"]')
    expect(faint).to_have_count(0)
    chart.locator(".role-legend-symbol path").first.click(force=True)
    expect(faint).not_to_have_count(0)
    ribbons = page.locator("svg.sankey [data-share]:not([hidden])")
    before = ribbons.count()
    page.locator("[data-cut-off] input").fill("10")
    assert 0 < ribbons.count() < before
    expect(page.locator("[data-cut-off] output")).to_contain_text("10")


def test_without_scripts_the_drawings_of_the_report_stay(published: None, plain_page: Page) -> None:
    page = plain_page
    page.goto(ADDRESS)
    expect(page.locator("svg[data-chart]").first).to_be_visible()
    expect(page.locator("[data-cut-off]")).to_be_hidden()
    expect(page.locator(".chart--live")).to_have_count(0)


def test_the_organisations_colour_is_used_where_it_can_be_read(
    published: None, page: Page, log_in: Callable[[Page, str, str], None], assert_accessible: Check
) -> None:
    user = User.objects.get(email="editor@demo.example")
    user.set_password(PASSWORD)
    user.save()
    study = Assessment.objects.select_related("organisation").get(slug="helpdesk-assistant")
    log_in(page, user.email, PASSWORD)
    colours = {"#005a9c": "#005a9c", "#ffe08a": "#882255"}  # the second cannot be read on paper
    for number, (accent, seen) in enumerate(colours.items(), start=2):
        Disclosure.objects.filter(assessment=study).update(accent=accent)
        services.freeze(assessment=study, actor=user)
        page.goto(
            reverse("disclosures:numbered", args=[study.organisation.slug, study.slug, number])
        )
        shown = page.locator(".report").first
        expect(shown).to_be_visible()
        reads = "part => getComputedStyle(part).getPropertyValue('--accent').trim()"
        assert shown.evaluate(reads) == seen
        assert_accessible(page)
