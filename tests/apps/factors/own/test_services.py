"""An organisation’s own factors: written in the unit of the library, with evidence, among rivals."""

import pytest
from django.core.exceptions import ValidationError

from apps.accounts.errors import Conflict, StaleEdit
from apps.accounts.models import AuditEvent
from apps.factors import selectors, services
from apps.factors.evidence import EvidenceRefused
from apps.factors.models import OwnFactor
from tests.apps.factors.own.conftest import PDF, added, attach, blank
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


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
