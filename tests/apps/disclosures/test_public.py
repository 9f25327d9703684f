"""The public side: index, feed, badge, schema.org data, old addresses, and what is kept of a page."""

import json
import re
from xml.etree import ElementTree as ET

import pytest
from django.urls import reverse

from apps.assessments.models import AISystem, Assessment
from apps.disclosures import pages, services
from apps.disclosures.models import Disclosure, Snapshot
from tests.disclosing import complete, released

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(served):
    return released(served)


def test_the_index_lists_what_stands_and_others_as_not_recomputed(report, client):
    text = client.get("/d/").content.decode()
    assert report.get_absolute_url() in text
    assert "Self-declared. Not independently reviewed." in text
    assert "Mistral Large 2" in text
    assert "not recomputed" in text
    services.withdraw(snapshot=report, actor=None, reason="A site was missing.")
    assert report.get_absolute_url() not in client.get("/d/").content.decode()


def test_an_empty_installation_has_an_index_too(client, db):
    assert "Nothing is published yet" in client.get("/d/").content.decode()


def test_the_feed_is_atom_with_one_entry_per_report(report, client):
    answer = client.get("/d/feed.xml")
    assert answer["Content-Type"].startswith("application/atom+xml")
    tree = ET.fromstring(answer.content)  # noqa: S314  # our own feed
    space = {"a": "http://www.w3.org/2005/Atom"}
    [entry] = tree.findall("a:entry", space)
    assert entry.findtext("a:id", namespaces=space) == f"urn:uuid:{report.uuid}"


def test_a_page_holds_schema_org_data_that_no_name_can_leave(served, client):
    hostile = '</script><script>alert("x")</script>'
    AISystem.objects.filter(pk=served.system_id).update(description=hostile)
    Assessment.objects.filter(pk=served.pk).update(title=hostile)
    served.refresh_from_db()
    report = released(served)
    text = client.get(report.get_absolute_url()).content.decode()
    assert "<script>alert" not in text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    data = json.loads(found[1])
    assert data["@type"] == "Dataset"
    assert data["name"] == hostile
    assert data["variableMeasured"][0]["unitText"] == "kg CO2e"


def test_the_badge_states_a_figure_and_a_withdrawal(report, client):
    drawn = client.get(f"/d/{report.assessment.slug}/badge.svg").content.decode()
    ET.fromstring(drawn)  # noqa: S314  # our own drawing
    assert "each use" in drawn
    assert "CO₂e" in drawn
    services.withdraw(snapshot=report, actor=None, reason="A site was missing.")
    again = client.get(f"/d/{report.assessment.slug}/badge.svg").content.decode()
    assert "report withdrawn" in again


def test_a_page_is_read_and_not_set_again(report, client, monkeypatch):
    first = client.get(report.get_absolute_url()).content
    monkeypatch.setattr(pages, "_set", lambda _: pytest.fail("it was set again"))
    second = client.get(report.get_absolute_url()).content
    csrf = re.compile(rb'content="[A-Za-z0-9]{64}"')
    assert csrf.sub(b"", first) == csrf.sub(b"", second)


def test_a_withdrawn_reports_old_addresses_explain_themselves(report, client):
    slug = report.assessment.slug
    services.withdraw(snapshot=report, actor=None, reason="A site was missing.")
    for address in (f"/d/{slug}/", f"/d/{slug}/v1/"):
        text = client.get(address).content.decode()
        assert "This report was withdrawn." in text
        assert "A site was missing." in text
    assert client.get(f"/d/{slug}/v1/report.json").content == report.content
    assert client.get(f"/d/{slug}/v1/report.pdf").status_code == 200
    assert client.get(f"/d/{slug}/v1/exports/summary.pdf").status_code == 200
    assert client.get(f"/d/{slug}/v1/exports/nothing.json").status_code == 404


def test_the_public_api_needs_no_account_and_shows_no_draft(report, study, client):
    [row] = client.get("/api/v1/published-reports/").json()["results"]
    assert row["sha256"] == report.sha256
    assert row["address"].endswith(report.get_absolute_url())
    study.runs.filter(name="OLMo 2 7B").update(energy_kwh=1)
    services.freeze(assessment=study, actor=None)
    assert Snapshot.objects.count() == 2
    assert len(client.get("/api/v1/published-reports/").json()["results"]) == 1


def test_text_in_every_script_and_of_any_length_is_set_and_served(served, client):
    words = "שלום 你好 مرحبا <svg onload=alert(1)> **bold** {color:red} " + "x" * 4000
    long = AISystem._meta.get_field("name").max_length  # Django's public name for it
    AISystem.objects.filter(pk=served.system_id).update(name=words[:long])
    complete(served)
    texts = dict.fromkeys(
        ("audience", "cut_off", "conclusions", "limitations", "actions", "purpose", "second_order"),
        words[:1900],
    )
    Disclosure.objects.filter(assessment=served).update(**texts)
    served.refresh_from_db()
    report = released(served)
    text = client.get(report.get_absolute_url()).content.decode()
    assert "<svg onload" not in text
    assert "שלום 你好 مرحبا" in text
    assert services.pdf_of(snapshot=report).startswith(b"%PDF")
    for name in ("model-card.md", "workbook.xlsx", "tables.zip", "summary.pdf"):
        address = reverse("disclosures:export", args=[served.slug, report.number, name])
        assert client.get(address).status_code == 200
