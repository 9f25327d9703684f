"""The library and an organisation's own factors, as a person and an auditor use them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import Role
from apps.factors import services as factors
from tests.browser.conftest import Watch
from tests.factories import PASSWORD, MembershipFactory

LogIn = Callable[[Page, str, str], None]
Check = Callable[[Page], None]


@pytest.fixture
def member(transactional_db: None) -> str:
    factors.load_release()
    membership = MembershipFactory(role=Role.EDITOR, organisation__slug="lab")
    return str(membership.user.email)


def test_a_reader_follows_a_zone_to_its_mix_and_compares_it(
    page: Page, phone: Page, member: str, assert_accessible: Check, no_sideways_scroll: Check
) -> None:
    page.goto("/factors/zone/")
    page.get_by_label("Search by name or key").fill("fran")
    page.get_by_role("link", name="France", exact=True).click()
    expect(page.get_by_role("heading", name="Generation mix, 2023")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Compare with other zones").click()
    expect(page.get_by_role("heading", name="France, World")).to_be_visible()
    assert_accessible(page)
    for address in ("zone/FR/", "compare/zone/?zone=FR&zone=DE", "sources/", "method/gwp100_ar6/"):
        phone.goto(f"/factors/{address}")
        no_sideways_scroll(phone)
        assert_accessible(phone)


def test_a_member_adds_a_factor_with_its_evidence_and_fetches_it_back(
    page: Page, member: str, log_in: LogIn, assert_accessible: Check, watch: Watch, tmp_path: Path
) -> None:
    watch.expect("422")
    evidence = tmp_path / "statement.pdf"
    evidence.write_bytes(b"%PDF-1.7 the page that shows the number")
    log_in(page, member, PASSWORD)
    page.goto("/o/lab/factors/")
    page.get_by_role("link", name="Add a factor").click()
    page.get_by_label("What it measures").select_option("zone/gwp_location")
    page.get_by_label("Key").fill("FR")
    page.get_by_label("Value", exact=True).fill("38")
    page.get_by_label("Unit").fill("L/kWh")
    page.get_by_label("Year").fill("2025")
    page.get_by_label("Source", exact=True).fill("Supplier statement, page 14")
    page.get_by_label("Licence").fill("internal")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("does not measure the same thing").first).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Unit").fill("g CO2e/kWh")
    page.get_by_label("Evidence").set_input_files(evidence)
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Rival values")).to_be_visible()
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="statement.pdf").click()
    assert download.value.path().read_bytes() == evidence.read_bytes()
