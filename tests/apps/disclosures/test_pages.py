"""Pages of reports: who sees what, and that nothing missing is hidden."""

import json
import re
from pathlib import Path

import pikepdf
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Role
from apps.accounts.presentation import percent, sig3
from apps.assessments.models import Assessment
from apps.disclosures import services
from apps.disclosures.models import Snapshot, Status
from apps.disclosures.report.page import open_report
from apps.disclosures.report.sections import CATEGORIES, HEADLINE
from apps.factors.services import load_release
from tests.disclosing import approved, released
from tests.factories import MembershipFactory, UserFactory


@pytest.fixture
def draft(study: Assessment) -> Snapshot:
    return services.freeze(assessment=study, actor=None)


@pytest.fixture
def published(study: Assessment) -> Snapshot:
    return released(study)


@pytest.fixture
def editor(study: Assessment, client: Client) -> Client:
    member = MembershipFactory(organisation=study.organisation, role=Role.EDITOR)
    client.force_login(member.user)
    return client


def own(name: str, study: Assessment, *more: object) -> str:
    return reverse(f"disclosures:{name}", args=[study.organisation.slug, study.slug, *more])


def test_a_draft_does_not_exist_for_the_public(client: Client, draft: Snapshot) -> None:
    slug = draft.assessment.slug
    for address in (f"/d/{slug}/", f"/d/{slug}/v1/", f"/d/{slug}/report.pdf"):
        assert client.get(address).status_code == 404


def test_anybody_reads_a_published_report(client: Client, published: Snapshot) -> None:
    page = client.get(f"/d/{published.assessment.slug}/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "Self-declared. Not independently reviewed." in text
    assert published.sha256 in text
    assert 'style="' not in text


def test_a_page_says_what_is_not_declared(client: Client, published: Snapshot) -> None:
    text = client.get(f"/d/{published.assessment.slug}/").content.decode()
    assert "Per-use figures need a deployment" in text
    assert "Nothing is known of it." in text
    assert "no market-based figure" in text


def test_fully_loaded_without_a_lifetime_is_not_declared(served: Assessment) -> None:
    Assessment.objects.filter(pk=served.pk).update(lifetime_queries=None)
    served.refresh_from_db()
    text = services.render_html(services.freeze(assessment=served, actor=None).content)
    assert "the number of queries over the model&#x27;s life is missing" in text
    assert "Marginal" in text


def test_the_json_is_the_snapshot_to_the_byte(client: Client, published: Snapshot) -> None:
    answer = client.get(f"/d/{published.assessment.slug}/report.json")
    assert answer.content == published.content
    assert answer["Content-Type"] == "application/json"


def test_a_numbered_address_keeps_showing_its_number(client: Client, published: Snapshot) -> None:
    study = published.assessment
    study.runs.filter(name="OLMo 2 7B").update(energy_kwh=1)
    newer = released(study)
    assert newer.number == 2
    assert "This report was corrected" in client.get(f"/d/{study.slug}/v1/").content.decode()
    assert newer.sha256 in client.get(f"/d/{study.slug}/").content.decode()


def test_a_withdrawn_page_keeps_its_figures_and_says_why(
    client: Client, published: Snapshot
) -> None:
    services.withdraw(snapshot=published, actor=None, reason="The <b>meter</b> was broken.")
    text = client.get(f"/d/{published.assessment.slug}/").content.decode()
    assert "This report was withdrawn." in text
    assert "The &lt;b&gt;meter&lt;/b&gt; was broken." in text


def test_a_figure_leads_to_its_formula_and_source(client: Client, published: Snapshot) -> None:
    flow = published.read()["result"]["flows"][-1]
    category = next(iter(flow["impacts"]))
    address = reverse(
        "disclosures:why", args=[published.assessment.slug, 1, flow["name"], category]
    )
    text = client.get(address).content.decode()
    assert "Morrison et al. 2025" in text
    for wrong in (("nothing", category), (flow["name"], "gwp_marke")):
        address = reverse("disclosures:why", args=[published.assessment.slug, 1, *wrong])
        assert client.get(address).status_code == 404


def test_a_neighbour_sees_no_report_of_another_organisation(
    client: Client, draft: Snapshot
) -> None:
    neighbour = MembershipFactory(role=Role.OWNER)
    client.force_login(neighbour.user)
    study = draft.assessment
    assert client.get(own("report", study)).status_code == 404
    assert client.get(own("own_file", study, 1, "json")).status_code == 404
    stolen = reverse("disclosures:publish", args=[neighbour.organisation.slug, study.slug, 1])
    assert client.post(stolen).status_code == 404
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_a_viewer_reads_but_does_not_publish(client: Client, draft: Snapshot) -> None:
    study = draft.assessment
    member = MembershipFactory(organisation=study.organisation, role=Role.VIEWER)
    client.force_login(member.user)
    assert client.get(own("report", study)).status_code == 200
    assert client.post(own("publish", study, 1)).status_code == 403


def test_an_editor_freezes_looks_and_publishes(editor: Client, study: Assessment) -> None:
    assert "No report yet" in editor.get(own("report", study)).content.decode()
    assert editor.post(own("freeze", study)).status_code == 302
    assert "Draft, not published" in editor.get(own("numbered", study, 1)).content.decode()
    answer = editor.post(own("publish", study, 1), follow=True).content.decode()
    assert "Only an approved report is published" in answer
    assert study.snapshots.get().status == Status.DRAFT
    approved(study)
    editor.post(own("publish", study, study.snapshots.first().number))
    assert study.snapshots.first().status == Status.PUBLISHED
    assert editor.post(own("withdraw", study, 1), {"reason": "No."}).status_code == 403


def test_a_withdrawal_without_a_reason_changes_nothing(client: Client, published: Snapshot) -> None:
    study = published.assessment
    owner = MembershipFactory(organisation=study.organisation, role=Role.OWNER)
    client.force_login(owner.user)
    client.post(own("withdraw", study, 1), {"reason": " "})
    published.refresh_from_db()
    assert published.status == Status.PUBLISHED


def test_changing_a_report_by_a_link_is_refused(editor: Client, study: Assessment) -> None:
    assert editor.get(own("freeze", study)).status_code == 405


def test_the_home_page_shows_the_example_to_visitors(client: Client, db: None) -> None:
    load_release()
    call_command("demo", "load", verbosity=0)
    text = client.get("/").content.decode()
    assert "OLMo" in text
    assert "Checked against what was published" in text
    call_command("demo", "remove", verbosity=0)
    assert "No example is loaded" in client.get("/").content.decode()
    assert not Snapshot.objects.exists()


def test_the_home_page_takes_members_to_their_organisation(client: Client, db: None) -> None:
    member = MembershipFactory()
    client.force_login(member.user)
    assert client.get("/").url == f"/o/{member.organisation.slug}/"
    client.force_login(UserFactory())
    assert client.get("/").url == reverse("accounts:home")


def test_the_command_writes_pdf_summary_json_and_exports(draft: Snapshot, tmp_path: Path) -> None:
    pdf, brief, data = (tmp_path / name for name in ("report.pdf", "summary.pdf", "report.json"))
    folder = tmp_path / "new" / "exports"
    call_command("report", draft.assessment.slug, pdf=pdf, summary=brief, json=data, exports=folder)
    assert pdf.read_bytes().startswith(b"%PDF-1.7")
    with pikepdf.open(brief) as opened:
        assert len(opened.pages) == 2
    assert json.loads(data.read_bytes())["meta"]["slug"] == draft.assessment.slug
    made = {path.name for path in folder.iterdir()}
    assert {"cyclonedx.json", "workbook.xlsx", "eu-gpai-form.json"} <= made
    assert "pact.json" not in made  # there is no deployment, so there is no functional unit


def test_the_command_says_what_is_wrong(draft: Snapshot, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no assessment “nothing”"):
        call_command("report", "nothing", json=tmp_path / "x.json")
    with pytest.raises(CommandError, match="Say what to write"):
        call_command("report", draft.assessment.slug)
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("report", draft.assessment.slug, json=tmp_path / "no" / "x.json")


def test_a_report_page_asks_the_database_for_little(
    client: Client, published: Snapshot, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(4):
        client.get(f"/d/{published.assessment.slug}/")


def test_no_two_tables_of_a_page_have_one_name(client: Client, served: Assessment) -> None:
    released(served)
    text = client.get(f"/d/{served.slug}/").content.decode()
    names = re.findall(r'class="table-wrap"[^>]* aria-label="([^"]*)"', text)
    assert len(names) > 10
    assert len(set(names)) == len(names)


def test_a_report_rates_the_data_behind_each_category(client: Client, published: Snapshot) -> None:
    ratings = published.read()["result"]["data_quality"]
    text = client.get(f"/d/{published.assessment.slug}/").content.decode()
    part = text.rsplit("Data quality of each result", 1)[1].split("</table>")[0]
    leading = {key: ratings[key] for key in CATEGORIES if key in ratings}
    for rating in leading.values():
        assert percent(rating["primary_share"]) in part
        assert percent(rating["unscored_share"]) in part
        assert "not stated" in part if rating["score"] is None else sig3(rating["score"]) in part
    assert len(re.findall(r"<tr><th scope=.row.", part)) == len(leading)


def test_a_report_says_why_median_and_deterministic_value_differ(published: Snapshot) -> None:
    document = published.read()
    notes = [row["median"] for row in open_report(published.content).headline()]
    for (key, *_), note in zip(HEADLINE, notes, strict=True):
        stat = document["result"]["totals"][key]
        assert bool(note) == (sig3(stat["nominal"]) != sig3(stat["p50"]))
    text = services.render_html(published.content)
    assert any(notes)
    assert text.count("the deterministic value") >= sum(map(bool, notes))
