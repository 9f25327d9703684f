"""A service is followed in the browser and its page moves as tokens arrive; a table's columns are named."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.accounts.models import Membership, Role
from apps.assessments.models import AISystem
from apps.factors.services import load_release
from apps.ingest import services as ingest
from apps.ingest.models import Upload
from apps.live import services, stream
from apps.live.models import LiveService
from tests.apps.live.conftest import make_deployment, point
from tests.browser.conftest import DESK, PHONE
from tests.factories import PASSWORD, MembershipFactory
from tests.workers import until

LogIn = Callable[[Page, str, str], None]
Check = Callable[[Page], None]


@pytest.fixture
def member(transactional_db: None) -> Membership:
    return MembershipFactory(role=Role.EDITOR)


@pytest.fixture
def system(member: Membership) -> AISystem:
    return AISystem.objects.create(
        organisation=member.organisation, name="Aurora 7B", slug="aurora-7b"
    )


@pytest.fixture
def streams(monkeypatch: pytest.MonkeyPatch, page: Page) -> Iterator[None]:
    """Let streams end soon, and wait for the last before the database goes."""
    monkeypatch.setattr(stream, "HELD_S", 2.0)
    yield
    page.goto("about:blank")
    until(lambda: stream.held._value == stream.MOST_HELD)


def test_a_service_is_followed_and_its_page_moves(
    streams: None,
    page: Page,
    member: Membership,
    system: AISystem,
    log_in: LogIn,
    assert_accessible: Check,
    no_sideways_scroll: Check,
) -> None:
    make_deployment(system, load_release())
    base = f"/o/{member.organisation.slug}/runs"
    log_in(page, member.user.email, PASSWORD)
    page.goto(f"{base}/deployed/")
    expect(page.get_by_text("Nothing has been counted yet")).to_be_visible()
    page.get_by_role("link", name="Follow a service").click()
    assert_accessible(page)
    page.get_by_label("Name of the service").fill("Chat, production")
    page.get_by_label("Valued by").select_option(label="Aurora 7B, A: chat")
    page.get_by_role("button", name="Follow it").click()
    expect(page.get_by_role("status").get_by_text("live", exact=True)).to_be_visible()
    region = page.locator("[data-live]")
    expect(region).to_contain_text("nothing yet")
    services.count(
        service=LiveService.objects.get(), points=[point(4321, timezone.now(), delta=True)]
    )
    expect(region).to_contain_text("4\u202f321")
    expect(region).not_to_contain_text("nothing yet")
    page.reload()
    assert_accessible(page)
    for name in ("live/", "deployed/", "deployed/?by=week"):
        page.goto(f"{base}/{name}")
        expect(page.get_by_role("table").first).to_contain_text("Aurora 7B")
        assert_accessible(page)
    for address in (f"{base}/live/", f"{base}/deployed/", LiveService.objects.get().get_absolute_url()):  # fmt: skip
        page.goto(address)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            no_sideways_scroll(page)


def name_columns(page: Page) -> None:
    page.get_by_label("Name of the run").select_option("Lauf")
    page.get_by_label("Energy optional", exact=True).select_option("Verbrauch [Wh]")
    page.get_by_label("Energy, unit").select_option("Wh")
    page.get_by_label("Decimal mark").select_option(",")
    page.get_by_label("Keep these columns as").fill("Lab")
    page.get_by_role("button", name="Show what it holds").click()


def test_columns_of_a_strange_table_are_named_and_it_is_taken_in(
    page: Page,
    member: Membership,
    system: AISystem,
    log_in: LogIn,
    tmp_path: Path,
    assert_accessible: Check,
    no_sideways_scroll: Check,
) -> None:
    path = tmp_path / "lab.csv"
    path.write_text("Lauf;Verbrauch [Wh]\nVersuch 1;1.500,5\nVersuch 2;x\n")
    base = f"/o/{member.organisation.slug}/runs"
    log_in(page, member.user.email, PASSWORD)
    page.goto(f"{base}/")
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Send the file").click()
    expect(page.get_by_role("status").get_by_text("waiting")).to_be_visible()
    upload = Upload.objects.get()
    ingest.read_upload(upload_id=upload.pk)
    page.get_by_role("link", name="Say which column is what").click()
    expect(page.get_by_role("heading", name="Which column is what?")).to_be_visible()
    assert_accessible(page)
    name_columns(page)
    expect(page.get_by_text("The columns are kept")).to_be_visible()
    ingest.read_upload(upload_id=upload.pk)
    expect(page.get_by_role("table", name="New runs")).to_contain_text("Versuch 1")
    assert_accessible(page)
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        no_sideways_scroll(page)
    page.get_by_role("button", name="Take it in").click()
    expect(page.get_by_role("status").get_by_text("waiting")).to_be_visible()
    ingest.read_upload(upload_id=upload.pk)
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()
    page.goto(f"{base}/columns/")
    expect(page.get_by_role("table", name="Kept columns")).to_contain_text("Lab")
    assert_accessible(page)
