"""A newcomer's first page: sign in by keyboard alone, on a desk and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch
from tests.factories import PASSWORD, MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def email() -> str:
    return MembershipFactory().user.email


def test_the_sign_in_page_is_accessible(
    page: Page, assert_accessible: Callable[[Page], None]
) -> None:
    page.goto("/accounts/login/")
    assert_accessible(page)


def test_the_sign_in_page_fits_a_phone(
    phone: Page, no_sideways_scroll: Callable[[Page], None]
) -> None:
    phone.goto("/accounts/login/")
    no_sideways_scroll(phone)


def test_a_member_signs_in_by_keyboard_and_lands_inside(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.locator("main input[type=email]").focus()
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out").first).to_be_attached()


def test_a_member_signs_in_without_javascript(
    plain_page: Page, email: str, log_in: Callable[[Page, str, str], None]
) -> None:
    log_in(plain_page, email, PASSWORD)
    expect(plain_page.get_by_role("button", name="Sign out").first).to_be_attached()


def test_a_wrong_password_is_refused_in_words(page: Page, email: str, watch: Watch) -> None:
    watch.expect("422")
    page.goto("/accounts/login/")
    page.locator("main input[type=email]").fill(email)
    page.locator("main input[type=password]").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("You are not signed in")).to_be_visible()
    assert "/accounts/login" in page.url
