"""The demo comes in by the services that users have, twice makes no difference, and goes without a trace."""

import json

import jsonschema
import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from apps.accounts import services as accounts
from apps.accounts.errors import Conflict
from apps.accounts.models import AuditEvent, Organisation, User
from apps.assessments import demo, services
from apps.assessments.demo.assistant import probe_document
from apps.assessments.demo.people import FOLDER
from apps.assessments.models import AISystem, Assessment, ComputeRun
from apps.disclosures import services as disclosures
from apps.factors.services import load_release
from apps.probes.models import Measurement
from lca.engine import to_document
from lca.engine.schema import schema
from tests.disclosing import released

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(release):
    return demo.load()


def counts():
    return [
        model.objects.count() for model in (User, Organisation, Assessment, ComputeRun, Measurement)
    ]


def test_loading_twice_makes_no_difference(loaded):
    before = counts()
    demo.load()
    assert counts() == before
    assert before[:3] == [4, 2, 2]


def test_every_role_can_sign_in_with_the_printed_password(loaded, capsys):
    call_command("demo", "load")
    printed = capsys.readouterr().out
    for login in json.loads((FOLDER / "logins.json").read_text()):
        assert f"{login['email']}" in printed
        assert login["password"] in printed
        user = authenticate(username=login["email"], password=login["password"])
        assert {member.role for member in user.memberships.all()} == {login["role"]}
        assert user.memberships.count() == 2


def test_a_site_served_over_https_gets_passwords_of_its_own(settings):
    settings.HTTPS_ONLY = True
    load_release()
    known = {login["password"] for login in json.loads((FOLDER / "logins.json").read_text())}
    first = demo.load()
    assert not known & {login.password for login in first}
    assert authenticate(username=first[0].email, password=first[0].password)
    assert {login.password for login in demo.load()} == {""}


def test_rows_are_written_by_the_services_and_logged(loaded):
    verbs = AuditEvent.objects.filter(target_type="assessments.computerun").values_list(
        "verb", flat=True
    )
    assert set(verbs) == {"created"}
    assert len(verbs) == ComputeRun.objects.count()


def test_an_edit_survives_another_load(loaded):
    run = ComputeRun.objects.get(name="OLMo 7B")
    run.energy_kwh = 70_000
    services.update(record=run, expected_version=run.version, actor=None)
    demo.load()
    run.refresh_from_db()
    assert run.energy_kwh == 70_000


def test_removing_leaves_nothing_behind_and_users_data_alone():
    load_release()
    mine = User.objects.create_user("me@mine.example", "a long enough one")
    organisation = accounts.create_organisation(actor=mine, name="Mine")
    services.start_assessment(
        organisation=organisation,
        actor=mine,
        system_name="Ours",
        accelerator="nvidia-a10",
        gpu_hours=5,
        zone="FR",
    )
    before = counts()
    demo.load()
    assert demo.remove() == []
    assert counts() == before
    assert demo.remove() == []
    assert AISystem.objects.get().name == "Ours"


def test_an_organisation_that_others_have_joined_stays_without_the_demo_in_it(loaded):
    organisation = Organisation.objects.get(slug="demo-olmo")
    guest = User.objects.create_user("guest@else.example", "a long enough one")
    boss = organisation.memberships.get(user__email="owner@demo.example")
    invitation, _ = accounts.invite_member(actor=boss, email=guest.email, role="owner")
    accounts.accept_invitation(invitation=invitation, user=guest)
    assert demo.remove() == [organisation]
    assert [member.user for member in organisation.memberships.all()] == [guest]
    assert not Assessment.objects.exists()
    assert list(User.objects.all()) == [guest]


def test_a_taken_address_is_said_and_nothing_is_loaded():
    load_release()
    mine = User.objects.create_user("me@mine.example", "a long enough one")
    accounts.create_organisation(actor=mine, name="Mine", slug="demo-olmo")
    with pytest.raises(CommandError, match="demo-olmo"):
        call_command("demo", "load")
    assert not User.objects.filter(email="owner@demo.example").exists()


def test_the_assistant_carries_a_real_probe_flagged_as_what_it_is(loaded):
    document = probe_document()
    measurement = Measurement.objects.get()
    assert measurement.document == document
    assert measurement.is_modelled is document["meter"]["is_modelled"]
    evaluation = services.evaluate(Assessment.objects.get(slug="helpdesk-assistant"))
    energy = evaluation.inventory.named()["deployment.helpdesk-2026.joules_decode"]
    assert energy.provenance == measurement.provenance


def test_the_assistants_per_use_figures_stand_on_the_probe(loaded):
    assessment = Assessment.objects.get(slug="helpdesk-assistant")
    per_use = services.evaluate(assessment).per_use
    marginal, full = (
        per_use["marginal"]["electricity"]["nominal"],
        per_use["fully_loaded"]["gwp_location"]["nominal"],
    )
    probe = Measurement.objects.get()
    joules = 120 * probe.decode_j_per_token + 350 * probe.prefill_j_per_token
    at_least = joules / 3.6e6 * 1.25
    assert at_least <= marginal <= 2 * at_least
    assert full > per_use["marginal"]["gwp_location"]["nominal"]


def test_a_published_report_must_be_withdrawn_before_the_demo_goes(loaded):
    owner = User.objects.get(email="owner@demo.example")
    assessment = Assessment.objects.get(slug="olmo-2025")
    report = released(assessment)
    with pytest.raises(Conflict, match=r"has a published report\. Withdraw it"):
        demo.remove()
    assert Assessment.objects.filter(pk=assessment.pk).exists()
    disclosures.withdraw(snapshot=report, actor=owner, reason="Only an example.")
    demo.remove()
    assert not Assessment.objects.exists()


def test_the_assistants_water_is_given_in_detail(loaded):
    evaluation = services.evaluate(Assessment.objects.get(slug="helpdesk-assistant"))
    totals = evaluation.result["totals"]
    assert totals["water_without_hydropower"]["nominal"] < totals["water"]["nominal"] / 4
    assert totals["water_scarcity"]["unit"] == "L world eq"
    marginal = evaluation.per_use["marginal"]
    assert marginal["water_scarcity"]["nominal"] == pytest.approx(
        2.17 * marginal["water"]["nominal"]
    )


def test_every_inventory_of_the_demo_follows_the_published_schema(loaded):
    validator = jsonschema.Draft202012Validator(schema())
    for assessment in Assessment.objects.all():
        evaluation = services.evaluate(assessment)
        uses = (evaluation.uses.marginal, evaluation.uses.fully_loaded)
        documents = [to_document(found) for found in (evaluation.inventory, *uses) if found]
        assert documents
        for document in documents:
            validator.validate(json.loads(json.dumps(document)))
