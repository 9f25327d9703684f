"""An organisation's own factors: checked, versioned, logged, and nobody else's business."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.errors import Conflict, StaleEdit
from apps.accounts.models import AuditEvent, Role
from apps.factors import selectors, services
from apps.factors.evidence import EvidenceRefused
from apps.factors.models import OwnFactor
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\nthe page that shows the number"


@pytest.fixture
def release(library):
    library.factors(
        library.row(),
        library.row(source="RIVAL", value="0.063", chosen="no"),
        library.row(key="SE", value="0.035"),
    )
    return services.load_release(path=library.folder)


@pytest.fixture
def member():
    return MembershipFactory(role=Role.EDITOR)


def blank(member, **values):
    stated = {
        "kind": "zone",
        "key": "FR",
        "indicator": "gwp_location",
        "value": 38.0,
        "unit": "g CO2e/kWh",
        "year": 2025,
        "source_text": "Supplier statement",
        "licence": "internal",
    }
    return OwnFactor(organisation=member.organisation, **stated | values)


def added(member, **values):
    return services.add(factor=blank(member, **values), actor=member.user)


def attach(member, factor, content=PDF, name="page.pdf"):
    return services.attach(
        factor=factor,
        file=io.BytesIO(content),
        name=name,
        expected_version=factor.version,
        actor=member.user,
    )


def test_a_factor_is_written_in_the_unit_of_the_library_and_named_after_its_entry(release, member):
    factor = added(member, low=30.0, high=50.0, distribution="triangular")
    factor.refresh_from_db()
    assert (factor.value, factor.low, factor.high) == pytest.approx((0.038, 0.030, 0.050))
    assert (factor.unit, factor.name) == ("kg CO2e/kWh", "France")
    assert factor.source.citation == "Supplier statement"


def test_observed_values_are_written_in_the_unit_of_the_library_too(release, member):
    factor = added(member, observed=[36.0, 39.0, 44.0], distribution="empirical")
    factor.refresh_from_db()
    assert factor.observed == pytest.approx([0.036, 0.039, 0.044])


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"unit": "L/kWh"}, "unit", "does not measure the same thing"),
        ({"unit": "furlong"}, "unit", "does not measure the same thing"),
        ({"unit": "kg COO"}, "unit", "is not a unit that is known here"),
        ({"value": 3800.0, "unit": "kg CO2e/kWh"}, "value", "outside the physical range"),
        ({"value": float("nan")}, "value", "outside the physical range"),
        ({"value": float("inf")}, "value", "outside the physical range"),
        ({"low": 50.0}, "value", "outside its own range"),
        ({"gsd": 0.9}, "gsd", "not above 1"),
        ({"distribution": "lognormal"}, "distribution", "needs a gsd"),
        ({"distribution": "beta_pert"}, "distribution", "pert needs a low below a high"),
        ({"distribution": "empirical"}, "observed", "at least 2 observed values, not 0"),
        ({"distribution": "empirical", "observed": [1, 2]}, "observed", "outside its own range"),
        ({"distribution": "empirical", "observed": [1, "a"]}, "observed", "not a number"),
        ({"distribution": "empirical", "observed": 7}, "observed", "not a list"),
        ({"observed": [30, 40]}, "observed", "count in an empirical distribution only"),
        ({"indicator": "happiness"}, "indicator", "is not one of"),
        ({"kind": "planet"}, "kind", "not a valid choice"),
        ({"year": 2999}, "year", "lies in the future"),
        ({"year": 1066}, "year", "greater than or equal to 1990"),
        ({"source_text": ""}, "source_text", "cannot be blank"),
        ({"licence": ""}, "licence", "cannot be blank"),
        ({"key": "XX"}, "name", "give the new thing a name"),
        ({"key": "not a key"}, "key", "valid"),
        ({"source_url": "javascript:alert(1)"}, "source_url", "valid URL"),
    ],
)
def test_what_the_library_would_refuse_is_refused_here(release, member, values, field, message):
    with pytest.raises(ValidationError) as refused:
        added(
            member,
            **{"name": "A thing"} | values
            if "key" not in values or " " in values["key"]
            else values,
        )
    assert message in " ".join(refused.value.message_dict[field])
    assert not OwnFactor.objects.exists()


def test_a_new_thing_needs_a_name_and_no_library(member):
    factor = added(member, key="green-tariff", name="Green tariff")
    assert OwnFactor.objects.of(member.organisation).get() == factor


def test_the_same_number_of_the_same_source_is_a_conflict_and_a_double_click_is_not(
    release, member
):
    factor = added(member)
    assert services.add(factor=blank(member, uuid=factor.uuid), actor=member.user) == factor
    with pytest.raises(Conflict, match="already from the same source"):
        added(member, value=39.0)
    assert OwnFactor.objects.count() == 1


def test_an_edit_of_an_older_version_is_refused_and_says_what_changed(release, member):
    factor = added(member)
    factor.value = 0.04
    services.change(factor=factor, expected_version=1, actor=member.user)
    late = OwnFactor.objects.get(pk=factor.pk)
    late.value = 0.05
    with pytest.raises(StaleEdit, match="value"):
        services.change(factor=late, expected_version=1, actor=member.user)
    assert OwnFactor.objects.get(pk=factor.pk).value == 0.04


def test_every_step_is_logged(release, member):
    factor = attach(member, added(member))
    services.remove(factor=factor, actor=member.user)
    events = AuditEvent.objects.filter(target_id=str(factor.uuid)).order_by("id")
    assert [event.verb for event in events] == ["created", "changed", "deleted"]
    assert "evidence_sha256" in events[1].data["changes"]


def test_evidence_is_kept_under_its_hash_and_goes_with_the_factor(
    release, member, django_capture_on_commit_callbacks
):
    factor = attach(member, added(member))
    path = factor.evidence.path
    assert factor.evidence_sha256 in path
    assert "page" not in path
    with django_capture_on_commit_callbacks(execute=True):
        factor = attach(member, factor, PDF + b" 2")
    assert not factor.evidence.storage.exists(path)
    with django_capture_on_commit_callbacks(execute=True):
        services.remove(factor=factor, actor=member.user)
    assert not factor.evidence.storage.exists(factor.evidence.name or "gone")


def test_refused_evidence_leaves_the_factor_as_it_was(release, member):
    factor = attach(member, added(member))
    with pytest.raises(EvidenceRefused):
        attach(member, OwnFactor.objects.get(pk=factor.pk), b"<svg onload=alert(1)>")
    stored = OwnFactor.objects.get(pk=factor.pk)
    assert (stored.evidence_sha256, stored.version) == (factor.evidence_sha256, 2)
    with stored.evidence.open() as file:
        assert file.read() == PDF


def test_stale_evidence_is_refused_and_leaves_no_file(release, member):
    factor = attach(member, added(member))
    stale = OwnFactor.objects.get(pk=factor.pk)
    stale.version = 1
    with pytest.raises(StaleEdit):
        attach(member, stale, PDF + b" 3")
    folder = OwnFactor.objects.get(pk=factor.pk).evidence.path.rsplit("/", 1)[0]
    assert factor.evidence.storage.listdir(folder)[1] == [factor.evidence_sha256]


def test_rivals_stand_side_by_side_with_ones_own_and_no_one_elses(
    release, member, django_assert_num_queries
):
    mine, theirs = added(member), added(MembershipFactory(), value=20.0)
    with django_assert_num_queries(2):
        found = selectors.rivals(release, member.organisation, "zone", "FR", "gwp_location")
    assert [row.choice for row in found] == ["library:EMBER", "library:RIVAL", mine.choice]
    assert [row.value for row in found] == [0.041, 0.063, pytest.approx(0.038)]
    for row in found:
        assert {row.source.citation, row.unit, row.year, row.note} <= {
            *("Ember yearly data", "Another study", "Supplier statement", "kg CO2e/kWh", 2025, "")
        }
    assert theirs.choice not in {row.choice for row in found}
    assert len(selectors.rivals(release, None, "zone", "FR", "gwp_location")) == 2


def test_a_choice_names_a_rival_and_a_foreign_one_names_nothing(release, member):
    mine, theirs = added(member), added(MembershipFactory(), value=20.0)
    place = {"kind": "zone", "key": "FR", "indicator": "gwp_location"}
    for choice, value in (
        ("", 0.041),
        ("library:RIVAL", 0.063),
        (mine.choice, pytest.approx(0.038)),
    ):
        found = selectors.rival_chosen(release, member.organisation, **place, choice=choice)
        assert found.value == value
    for choice in (theirs.choice, "library:GONE", "own:nonsense"):
        assert selectors.rival_chosen(release, member.organisation, **place, choice=choice) is None


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
