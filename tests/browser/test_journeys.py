"""The four ways through the product, in a real Chromium, as a person would take them."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.accounts.models import Membership, Role, User
from apps.assessments.models import Assessment
from apps.disclosures.models import Snapshot, Status
from apps.factors import services as factors
from tests.browser.conftest import Watch
from tests.disclosing import PARTICULARS, complete
from tests.factories import PASSWORD, MembershipFactory
from tests.workers import DEADLINE_S

LogIn = Callable[[Page, str, str], None]
Check = Callable[[Page], None]


@pytest.fixture
def owner(transactional_db: None) -> Iterator[User]:
    factors.load_release()
    membership: Membership = MembershipFactory(
        role=Role.OWNER, organisation__slug="lab", organisation__name="Laboratory"
    )
    yield membership.user
    # the database itself refuses to delete a published report, also when a test cleans up
    Snapshot.objects.filter(status=Status.PUBLISHED).update(status=Status.WITHDRAWN)


def start(page: Page) -> None:
    """Answer the three questions of the quick start."""
    page.goto("/o/lab/assessments/new/")
    page.get_by_label("AI system").fill("Small Model")
    page.get_by_label("Accelerator").fill("nvidia-h100-sxm5-80gb")
    page.get_by_label("GPU-hours").fill("10000")
    page.get_by_label(re.compile("Country|zone", re.IGNORECASE)).fill("FR")
    page.get_by_role("button", name="See the first result").click()
    expect(page.get_by_role("heading", name="Small Model")).to_be_visible()


def headline(page: Page) -> Locator:
    return page.locator("#panel .stat").first


def kilograms(text: str) -> Decimal:
    """First figure of a text such as ``1.23 t CO2e``, in kilograms."""
    found = re.search(r"([\d\s\u2009\u202f]*\d(?:\.\d+)?)\s*(kg|t|g)\b", text)
    assert found, text
    number = Decimal(re.sub(r"\s", "", found[1]))
    return number * {"g": Decimal("0.001"), "kg": Decimal(1), "t": Decimal(1000)}[found[2]]


def become(page: Page, user: User, log_in: LogIn) -> None:
    """Sign in as somebody else."""
    page.context.clear_cookies()
    log_in(page, user.email, PASSWORD)


def colleague(owner: User, role: Role) -> User:
    """Another member of the owner's organisation."""
    organisation = owner.memberships.get().organisation
    return MembershipFactory(organisation=organisation, role=role).user


def submit(page: Page, assert_accessible: Check) -> None:
    """Freeze, fill in what is missing, and ask for the review."""
    page.get_by_role("button", name="Freeze the first snapshot").click()
    expect(page.get_by_text("draft", exact=False).first).to_be_visible()
    page.get_by_role("link", name="Checklist").click()
    expect(page.get_by_text("must be there before it can be published")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Particulars").first.click()
    for name, text in PARTICULARS.items():
        page.locator(f"[name={name}]").fill(str(text))
    assert_accessible(page)
    page.get_by_role("button", name="Keep the particulars").click()
    expect(page.get_by_text("They are in the next snapshot.")).to_be_visible()
    complete(Assessment.objects.get())
    page.get_by_role("link", name="Report", exact=True).click()
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_text("Reviewers and owners are told by mail.")).to_be_visible()


def sign(page: Page, assert_accessible: Check) -> None:
    """Fill in the review's form and sign it."""
    page.goto("/o/lab/assessments/small-model/report/")
    page.get_by_role("link", name="Review", exact=True).click()
    assert_accessible(page)
    page.get_by_label("Affiliation").fill("Review Office")
    page.get_by_label("Level").select_option("internal")
    page.get_by_label("Scope").fill("The whole report")
    page.get_by_label("Independence").fill("Outside the team.")
    for test in page.locator("select[name$=_answer]").all():
        test.select_option("yes")
    page.get_by_label("Opinion").fill("The figures follow.")
    page.get_by_label("Conclusion").select_option("passed")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("Signed: passed")).to_be_visible()
    assert_accessible(page)


def test_declare_a_system_and_publish_its_report(
    page: Page,
    phone: Page,
    owner: User,
    log_in: LogIn,
    assert_accessible: Check,
    no_sideways_scroll: Check,
) -> None:
    log_in(page, owner.email, PASSWORD)
    page.goto("/o/lab/")
    assert_accessible(page)
    start(page)
    assert_accessible(page)

    page.get_by_role("link", name="Report", exact=True).click()
    expect(page.get_by_role("button", name="Freeze the first snapshot")).to_be_visible()
    assert_accessible(page)
    page.on("dialog", lambda dialog: dialog.accept())
    submit(page, assert_accessible)
    become(page, colleague(owner, Role.REVIEWER), log_in)
    sign(page, assert_accessible)
    become(page, colleague(owner, Role.OWNER), log_in)
    page.goto("/o/lab/assessments/small-model/report/")
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published. The report can now be read by anybody.")).to_be_visible()
    address = page.get_by_role("link", name="Public page").get_attribute("href")
    assert address

    phone.goto(address)
    expect(phone.get_by_role("heading", name="Small Model").first).to_be_visible()
    assert_accessible(phone)
    no_sideways_scroll(phone)
    pdf = phone.request.get(f"{address}report.pdf")
    assert pdf.ok
    assert pdf.body().startswith(b"%PDF-1.7")
    data = phone.request.get(f"{address}report.json").json()
    assert data["schema"] == "ai-footprint-disclosure/1.0"


def test_an_edit_moves_the_result_at_once(page: Page, owner: User, log_in: LogIn) -> None:
    log_in(page, owner.email, PASSWORD)
    start(page)
    text = headline(page).inner_text()

    page.locator("#runs .row__summary").first.click()
    hours = page.locator("#runs").get_by_label("GPU-hours").first
    hours.fill("20000")
    hours.blur()

    expect(headline(page)).not_to_have_text(text)
    before = kilograms(text)
    after = kilograms(headline(page).inner_text())
    assert after == pytest.approx(2 * before, rel=Decimal("0.01"))


def test_a_wrong_edit_is_refused_at_its_field(
    page: Page, owner: User, log_in: LogIn, watch: Watch
) -> None:
    watch.expect("422")
    log_in(page, owner.email, PASSWORD)
    start(page)
    before = headline(page).inner_text()

    page.locator("#runs .row__summary").first.click()
    hours = page.locator("#runs").get_by_label("GPU-hours").first
    hours.fill("-5")
    hours.blur()

    expect(page.get_by_text("Must be at least 0 h; you entered -5.").first).to_be_visible()
    assert headline(page).inner_text() == before


def test_one_number_is_followed_to_its_source(
    page: Page, owner: User, log_in: LogIn, assert_accessible: Check
) -> None:
    log_in(page, owner.email, PASSWORD)
    start(page)

    page.locator("#panel .result__head a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Climate change")
    assert_accessible(page)
    page.locator("table").first.locator("tbody tr").first.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Formula")).to_be_visible()
    expect(page.get_by_text("EF_grid").first).to_be_visible()
    expect(page.get_by_text("Ember", exact=False).first).to_be_visible()
    assert_accessible(page)


def test_everything_works_without_javascript(plain_page: Page, owner: User, log_in: LogIn) -> None:
    log_in(plain_page, owner.email, PASSWORD)
    start(plain_page)
    before = kilograms(headline(plain_page).inner_text())

    plain_page.locator("#runs .row__summary").first.click()
    plain_page.locator("#runs .row__form a").first.click()
    plain_page.get_by_label("GPU-hours").fill("20000")
    plain_page.get_by_role("button", name="Save").click()

    plain_page.goto("/o/lab/")
    plain_page.get_by_role("link", name="Small Model").first.click()
    after = kilograms(headline(plain_page).inner_text())
    assert after == pytest.approx(2 * before, rel=Decimal("0.01"))


@pytest.mark.timeout(400)
def test_a_probe_is_run_to_its_end_and_picked_for_a_deployment(
    page: Page,
    owner: User,
    log_in: LogIn,
    worker: object,
    assert_accessible: Check,
) -> None:
    log_in(page, owner.email, PASSWORD)
    start(page)
    page.goto("/o/lab/probes/")
    page.get_by_label("Model", exact=True).select_option("tiny")
    page.get_by_label("Precision").select_option("bf16")
    page.get_by_label("Prompt", exact=True).fill("8")
    page.get_by_label("Output", exact=True).fill("4")
    page.get_by_role("button", name=re.compile("Start|Run|Measure")).click()
    expect(page.locator("#probe-live")).to_have_attribute(
        "data-state", "succeeded", timeout=DEADLINE_S * 1000
    )
    expect(page.get_by_text("Writing one token (decode)")).to_be_visible()
    assert_accessible(page)

    page.goto("/o/lab/assessments/small-model/deployments/new/")
    form = page.locator("form.record")
    form.locator("[name=name]").fill("Chat")
    form.locator("[name=requests]").fill("1000000")
    form.locator("[name=tokens_out]").fill("400")
    form.locator("[name=energy_source]").select_option("probe")
    form.locator("[name=measurement]").select_option(index=1)
    form.get_by_role("button", name="Add").click()
    expect(page.locator("#deployments")).to_contain_text("Chat")
    page.goto("/o/lab/assessments/small-model/")
    expect(page.locator("#panel")).to_contain_text("Inference")
    assert_accessible(page)
