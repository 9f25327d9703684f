"""Own factors in the browser."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import Role
from apps.factors.models import OwnFactor
from tests.apps.factors.own.conftest import PDF, added, attach
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(client, member):
    client.force_login(member.user)
    return f"/o/{member.organisation.slug}/factors/"


def posted(**values):
    stated = {
        "measures": "zone/gwp_location",
        "key": "FR",
        "value": "38",
        "unit": "g CO2e/kWh",
        "distribution": "none",
        "year": "2025",
        "source_text": "Supplier statement",
        "licence": "internal",
    }
    return stated | values


def test_a_factor_is_added_with_its_evidence_in_one_form(client, release, site, member):
    file = SimpleUploadedFile("../../etc/page.PDF", PDF, "text/html")
    response = client.post(f"{site}new/", posted(file=file))
    factor = OwnFactor.objects.of(member.organisation).get()
    assert response["Location"] == factor.get_absolute_url()
    assert (factor.evidence_name, factor.evidence_type) == ("page.pdf", "application/pdf")
    page = client.get(factor.get_absolute_url()).content.decode()
    for text in ("Supplier statement", factor.evidence_sha256, "Ember yearly data", "0.038"):
        assert text in page
    assert "page.pdf" in client.get(site).content.decode()


def test_observed_values_are_typed_one_after_the_other(client, release, site, member):
    typed = posted(distribution="empirical", observed="36; 39.5\n44")
    response = client.post(f"{site}new/", typed)
    factor = OwnFactor.objects.of(member.organisation).get()
    assert response.status_code == 302
    assert factor.observed == pytest.approx([0.036, 0.0395, 0.044])
    page = client.get(factor.get_absolute_url()).content.decode()
    assert "0.036 0.0395 0.044" in page
    assert "3 observed" in page
    refused = client.post(f"{site}new/", typed | {"observed": "36,5 44", "source_text": "Other"})
    assert "“36,5” is not a number" in refused.content.decode()


def test_a_form_at_fault_saves_neither_number_nor_file(client, release, site):
    file = SimpleUploadedFile("page.pdf", b"<html>", "application/pdf")
    response = client.post(f"{site}new/", posted(file=file))
    assert response.status_code == 422
    assert "whatever its name says" in response.content.decode()
    assert not OwnFactor.objects.exists()
    response = client.post(f"{site}new/", posted(value="0,038", unit="bananas"))
    assert response.status_code == 422
    assert not OwnFactor.objects.exists()


def test_an_edit_in_the_browser_says_when_somebody_else_was_first(client, release, site, member):
    factor = added(member)
    address = factor.get_absolute_url()
    first = client.post(address, posted(value="0.04", unit="kg CO2e/kWh", version="1"))
    assert first.status_code == 302
    second = client.post(address, posted(value="0.05", unit="kg CO2e/kWh", version="1"))
    assert second.status_code == 422
    assert "changed this since you opened it" in second.content.decode()
    assert OwnFactor.objects.get().value == 0.04


def test_evidence_is_sent_as_a_download_that_no_browser_renders(client, release, site, member):
    factor = attach(member, added(member), b"name,value\n=cmd|' /C calc'!A0,1", "sheet.csv")
    response = client.get(f"{site}{factor.uuid}/evidence/")
    assert response["Content-Disposition"] == 'attachment; filename="sheet.csv"'
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response.content.startswith(b"name,value")
    assert client.get(f"{site}{added(member, key='SE').uuid}/evidence/").status_code == 404


def test_a_hostile_text_is_printed_and_not_run(client, release, site, member):
    factor = added(member, source_text="<script>alert(1)</script>", note="<img src=x onerror=a>")
    page = client.get(factor.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<img src=x" not in page


def test_a_curious_neighbour_finds_nothing(client, release, site):
    theirs = attach(*[(m := MembershipFactory()), added(m)])
    for address in (
        f"{site}{theirs.uuid}/",
        f"{site}{theirs.uuid}/evidence/",
        theirs.get_absolute_url(),
        f"{theirs.get_absolute_url()}evidence/",
    ):
        assert client.get(address).status_code == 404
    for address in (f"{site}{theirs.uuid}/", f"{site}{theirs.uuid}/delete/"):
        assert client.post(address, posted(version="1")).status_code == 404
    assert "Supplier statement" not in client.get(site).content.decode()
    assert OwnFactor.objects.get() == theirs


def test_a_viewer_reads_and_changes_nothing(client, release, member):
    factor = added(member)
    viewer = MembershipFactory(organisation=member.organisation, role=Role.VIEWER)
    client.force_login(viewer.user)
    page = client.get(factor.get_absolute_url()).content.decode()
    assert "As declared" in page
    assert "disabled" in page
    base = f"/o/{member.organisation.slug}/factors/"
    assert client.get(f"{base}new/").status_code == 403
    for address in (f"{base}new/", factor.get_absolute_url(), f"{base}{factor.uuid}/delete/"):
        assert client.post(address, posted(version="1")).status_code == 403


def test_a_factor_is_deleted_from_its_page(client, release, site, member):
    factor = added(member)
    assert client.post(f"{site}{factor.uuid}/delete/").status_code == 302
    assert not OwnFactor.objects.exists()


def test_a_list_of_many_takes_as_many_queries_as_of_one(
    client, release, site, member, django_assert_max_num_queries
):
    for key in ("FR", "SE"):
        added(member, key=key)
    for n in range(20):
        added(member, key=f"tariff-{n}", name=f"Tariff {n}")
    with django_assert_max_num_queries(9):
        client.get(site)
