"""Variance-based indices of the finished example, followed from its result."""

import re
from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.assessments.models import Assessment
from apps.disclosures.models import Snapshot, Status
from apps.factors.services import load_release
from tests.browser.conftest import DESK, PHONE
from tests.factories import PASSWORD

LogIn = Callable[[Page, str, str], None]


@pytest.fixture
def demo(transactional_db: None) -> Iterator[User]:
    load_release()
    call_command("demo", "load", stdout=StringIO())
    user = User.objects.get(email="editor@demo.example")
    user.set_password(PASSWORD)
    user.save()
    yield user
    # the database itself refuses to delete a published report, also when a test cleans up
    Snapshot.objects.filter(status=Status.PUBLISHED).update(status=Status.WITHDRAWN)


def test_indices_are_reached_from_the_result_and_fit_the_window(
    page: Page,
    demo: User,
    log_in: LogIn,
    assert_accessible: Callable[[Page], None],
    no_sideways_scroll: Callable[[Page], None],
) -> None:
    study = Assessment.objects.select_related("organisation").get(slug="olmo-2025")
    log_in(page, demo.email, PASSWORD)
    page.goto(reverse("assessments:workbench", args=[study.organisation.slug, study.slug]))
    page.get_by_role("link", name="Variance-based indices").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Variance-based indices")
    table = page.get_by_role("table", name="Shares of the variance: climate change, location-based")
    first = table.get_by_role("row").nth(1)
    expect(first.get_by_role("rowheader")).to_have_text("Energy, OLMo 2 13B")
    expect(first.get_by_role("cell").first).to_have_text(re.compile(r"3\d\s%"))
    assert_accessible(page)
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        no_sideways_scroll(page)
