"""What would reduce it: measures are stacked, the result follows as they are filled in, and scenarios stand side by side."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import Membership, Role
from apps.assessments import services as assessments
from apps.assessments.models import Assessment
from apps.factors.services import load_release
from apps.scenarios.models import Scenario
from tests.browser.conftest import DESK, PHONE
from tests.factories import PASSWORD, MembershipFactory

LogIn = Callable[[Page, str, str], None]


@pytest.fixture
def member(transactional_db: None) -> Membership:
    load_release()
    return MembershipFactory(role=Role.EDITOR)


@pytest.fixture
def assessment(member: Membership) -> Assessment:
    return assessments.start_assessment(
        organisation=member.organisation,
        actor=member.user,
        system_name="Aurora",
        accelerator="nvidia-h100-sxm5-80gb",
        gpu_hours=1000.0,
        zone="DE",
    )


def test_measures_are_stacked_and_compared(
    page: Page,
    member: Membership,
    assessment: Assessment,
    log_in: LogIn,
    assert_accessible: Callable[[Page], None],
    no_sideways_scroll: Callable[[Page], None],
) -> None:
    log_in(page, member.user.email, PASSWORD)
    page.goto(f"/o/{member.organisation.slug}/assessments/{assessment.slug}/")
    page.get_by_role("link", name="What would reduce it").click()
    expect(page.get_by_role("heading", name="No scenario yet")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="New scenario").click()
    page.get_by_label("Name").fill("Sweden, seven years")
    for key in ("region", "lifetime"):
        page.get_by_label("Another measure").select_option(key)
        page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("Zone", exact=True).fill("SE")
    page.get_by_label("Service life").fill("7")
    page.get_by_label("Service life").press("Tab")
    drawing = page.get_by_role("img", name=re.compile("measure by measure"))
    expect(drawing).to_be_visible()  # nothing was sent by hand
    assert_accessible(page)
    page.get_by_role("button", name="Move Keep hardware longer up").click()
    expect(page.get_by_role("group").first).to_contain_text("1. Keep hardware longer")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("is kept")).to_be_visible()
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        no_sideways_scroll(page)
    page.get_by_role("link", name="What would reduce it").click()
    table = page.get_by_role("table", name="Side by side")
    expect(table).to_contain_text("Sweden, seven years")
    assert_accessible(page)
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        no_sideways_scroll(page)


def test_a_roadmap_is_made_from_a_scenario(
    page: Page,
    member: Membership,
    assessment: Assessment,
    log_in: LogIn,
    assert_accessible: Callable[[Page], None],
    no_sideways_scroll: Callable[[Page], None],
) -> None:
    Scenario.objects.create(
        organisation=member.organisation,
        assessment=assessment,
        name="Sweden, seven years",
        measures=[
            {"measure": "region", "options": {"to": "SE"}},
            {"measure": "lifetime", "options": {"years": 7}},
        ],
    )
    log_in(page, member.user.email, PASSWORD)
    page.goto(f"/o/{member.organisation.slug}/assessments/{assessment.slug}/scenarios/")
    page.get_by_role("link", name="Roadmap of Aurora").click()
    page.get_by_role("link", name="Make one from this assessment").click()
    page.get_by_role("button", name="Take the measures of “Sweden, seven years”").click()
    page.get_by_role("button", name="Add a target").click()
    target = page.get_by_role("group", name="Target 1")
    target.get_by_label("Less by").fill("30")
    target.get_by_label("By", exact=True).fill("2030-12-31")
    page.get_by_role("group", name="Action 1").get_by_label("Due").fill("2027-06-30")
    page.get_by_role("group", name="Action 2").get_by_label("Due").fill("2028-06-30")
    assert_accessible(page)
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("The roadmap is kept")).to_be_visible()
    expect(page.get_by_role("table", name="Targets")).to_contain_text("by 31 December 2030")
    expect(page.get_by_role("table", name="Actions by phase")).to_contain_text(
        "Keep hardware longer"
    )
    expect(page.get_by_role("img", name=re.compile("Climate change in time"))).to_be_visible()
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        no_sideways_scroll(page)
        assert_accessible(page)
    page.get_by_role("link", name="What would reduce it").click()
    page.get_by_role("link", name="Carbon against water").click()
    page.get_by_label("Places").fill("SE, PL")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("table", name="PL: per kWh of the servers")).to_be_visible()
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        no_sideways_scroll(page)
        assert_accessible(page)


def test_every_strategy_can_be_met_on_a_phone(
    page: Page,
    member: Membership,
    assessment: Assessment,
    log_in: LogIn,
    assert_accessible: Callable[[Page], None],
    no_sideways_scroll: Callable[[Page], None],
) -> None:
    log_in(page, member.user.email, PASSWORD)
    place = f"/o/{member.organisation.slug}/assessments/{assessment.slug}/scenarios/"
    for strategy in ("serving", "compression", "placement", "routing", "timing"):
        page.goto(f"{place}{strategy}/")
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            no_sideways_scroll(page)
            assert_accessible(page)
