"""The validation page in a real browser: on a desk and on a phone, in the dark, by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]


def test_a_visitor_filters_by_verdict_and_follows_a_case(
    page: Page, assert_accessible: Check, no_sideways_scroll: Check
) -> None:
    page.goto("/validation/")
    assert_accessible(page)
    no_sideways_scroll(page)
    page.get_by_role("link", name="explained").click()
    expect(page.get_by_role("link", name="explained")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="OLMo, final training", exact=True).click()
    expect(page.locator("#olmo-training")).to_be_in_viewport()
    assert_accessible(page)


def test_a_long_table_opens_by_keyboard_on_a_phone(
    phone: Page, assert_accessible: Check, no_sideways_scroll: Check
) -> None:
    phone.goto("/validation/#li-water")
    details = phone.locator("#li-water details")
    details.locator("summary").focus()
    phone.keyboard.press("Enter")
    expect(details).to_have_attribute("open", "")
    no_sideways_scroll(phone)
    assert_accessible(phone)


def test_the_page_is_readable_in_the_dark(
    open_page: Callable[..., Page], assert_accessible: Check
) -> None:
    dark = open_page(color_scheme="dark")
    dark.goto("/validation/")
    assert_accessible(dark)
