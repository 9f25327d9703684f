"""Recorded runs: a file is sent, read while the page waits, looked at, taken back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import Membership, Role
from apps.assessments.models import AISystem
from apps.ingest import services
from apps.ingest.models import Upload
from tests.apps.ingest.conftest import csv, line, send
from tests.browser.conftest import DESK, PHONE
from tests.factories import PASSWORD, MembershipFactory

LogIn = Callable[[Page, str, str], None]


@pytest.fixture
def member(transactional_db: None) -> Membership:
    member = MembershipFactory(role=Role.EDITOR)
    AISystem.objects.create(organisation=member.organisation, name="Aurora 7B", slug="aurora-7b")
    return member


def test_a_file_is_sent_read_and_taken_back(
    page: Page,
    member: Membership,
    log_in: LogIn,
    tmp_path: Path,
    assert_accessible: Callable[[Page], None],
    no_sideways_scroll: Callable[[Page], None],
) -> None:
    path = tmp_path / "emissions.csv"
    path.write_bytes(csv([line("a"), line("b", 2.0)]) + b"torn,\n")
    log_in(page, member.user.email, PASSWORD)
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.get_by_text("No file has been sent yet")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Send the file").click()
    expect(page.get_by_role("status").get_by_text("waiting")).to_be_visible()
    services.read_upload(upload_id=Upload.objects.get().pk)
    table = page.get_by_role("table", name="Runs of this file")
    expect(table.get_by_role("row")).to_have_count(3)
    refused = page.get_by_role("table", name="Rows that were refused")
    expect(refused.get_by_role("cell").first).to_contain_text("is empty")
    assert_accessible(page)
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        no_sideways_scroll(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("are taken out")).to_be_visible()
    page.goto(f"/o/{member.organisation.slug}/runs/")
    expect(page.get_by_role("table", name="Files, newest first")).to_contain_text("undone")
    assert_accessible(page)


def test_runs_are_labelled_taken_apart_and_held_against_a_budget(
    page: Page,
    member: Membership,
    log_in: LogIn,
    assert_accessible: Callable[[Page], None],
    no_sideways_scroll: Callable[[Page], None],
) -> None:
    system = AISystem.objects.get()
    send(system, csv([line("a"), line("b", 2.0, 60.0)]))
    base = f"/o/{member.organisation.slug}"
    log_in(page, member.user.email, PASSWORD)
    page.goto(f"{base}/runs/")
    page.get_by_role("link", name="All runs").click()
    page.get_by_label("Choose demo").first.check()
    labels = page.get_by_role("group", name="Label runs")
    labels.get_by_label("Category").select_option("ablation")
    page.get_by_role("button", name="Label those ticked").click()
    expect(page.get_by_text("1 run labelled")).to_be_visible()
    assert_accessible(page)
    services.refresh_all()
    page.goto(f"{base}/runs/aurora-7b/anatomy/")
    expect(page.get_by_role("table", name="By category")).to_contain_text("ablation")
    assert_accessible(page)
    page.goto(f"{base}/budgets/new/")
    page.get_by_label("Name").fill("Energy")
    page.get_by_label("It counts").select_option("it_energy")
    page.get_by_label("For", exact=True).select_option("total")
    page.get_by_label("Exceeded above").fill("2.5")
    assert_accessible(page)
    page.get_by_role("button", name="Keep").click()
    page.get_by_role("button", name="Check Aurora 7B now").click()
    expect(page.get_by_role("table", name="Where each stands")).to_contain_text("exceeded")
    for name in ("budgets/", "budgets/webhooks/", "runs/rules/", "runs/connect/", "runs/all/"):
        page.goto(f"{base}/{name}")
        assert_accessible(page)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            no_sideways_scroll(page)
