"""Three answers give a first result."""

import uuid

import pytest
from django.urls import reverse

from apps.accounts.models import AuditEvent
from apps.assessments import services
from apps.assessments.models import AISystem, Assessment, StageDeclaration
from tests.apps.assessments.conftest import signed_in, started

ANSWERS = {
    "system_name": "Aurora 7B",
    "accelerator": "H100 SXM5 80GB",
    "gpu_hours": "184 000",
    "zone": "germany",
}


@pytest.fixture
def start_page(editor, release):
    return reverse("assessments:start", args=[editor.organisation.slug])


def test_three_answers_give_a_result(page, start_page, editor):
    response = page.post(start_page, ANSWERS, follow=True)
    assert response.status_code == 200
    assessment = Assessment.objects.get()
    site, machine, run = assessment.sites.get(), assessment.hardware.get(), assessment.runs.get()
    assert (site.zone, site.name) == ("DE", "Germany")
    assert machine.accelerator == "nvidia-h100-sxm5-80gb"
    assert (run.gpu_hours, run.category) == (184000.0, "final_training")
    totals = services.evaluate(assessment).result["totals"]
    assert totals["gwp_location"]["p05"] < totals["gwp_location"]["nominal"]
    assert totals["gwp_location"]["nominal"] < totals["gwp_location"]["p95"]


def test_every_stage_waits_to_be_declared(assessment):
    found = dict(assessment.stage_declarations.values_list("stage", "status"))
    assert found == {
        "hardware": "included",
        "development": "not_declared",
        "training": "included",
        "inference": "not_declared",
        "network_devices": "excluded",
        "end_of_life": "not_declared",
    }
    excluded = StageDeclaration.objects.get(assessment=assessment, stage="network_devices")
    assert excluded.justification


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("gpu_hours", "-5", "Must be at least 0"),
        ("gpu_hours", "many", "is not a number"),
        ("gpu_hours", "nan", "finite number"),
        ("gpu_hours", "1e308", "Must be at most 1e+12"),
        ("gpu_hours", "", "This field is required"),
        ("zone", "Gremany", "Nearest: DE (Germany)"),
        ("accelerator", "H1000", "is not a known accelerator"),
        ("system_name", "", "This field is required"),
        ("system_name", "x\x00y", "Null characters"),
        ("system_name", "x" * 201, "at most 200 characters"),
    ],
)
def test_a_wrong_answer_is_named_at_its_field(page, start_page, field, value, message):
    response = page.post(start_page, {**ANSWERS, field: value})
    assert response.status_code == 422
    form = response.context["form"]
    assert list(form.errors) == [field]
    assert message in form.errors[field][0]
    assert not Assessment.objects.exists()
    assert not AISystem.objects.exists()


def test_a_double_clicked_start_makes_one_assessment(page, start_page):
    token = {"token": str(uuid.uuid4())}
    first = page.post(start_page, ANSWERS | token)
    second = page.post(start_page, ANSWERS | token)
    assert (first.status_code, first["Location"]) == (302, second["Location"])
    assert Assessment.objects.count() == 1


def test_two_studies_of_one_system_share_it_and_have_addresses_of_their_own(editor, release):
    first, second = started(editor), started(editor)
    assert first.system == second.system
    assert (first.slug, second.slug) == ("aurora-7b", "aurora-7b-2")


def test_a_name_without_letters_still_gets_an_address(editor, release):
    assert started(editor, "模型").slug


def test_viewers_may_not_start(viewer, start_page):
    assert signed_in(viewer).get(start_page).status_code == 403
    assert signed_in(viewer).post(start_page, ANSWERS).status_code == 403
    assert not Assessment.objects.exists()


def test_starting_is_in_the_audit_log(assessment, editor):
    events = AuditEvent.objects.filter(organisation=editor.organisation, verb="created")
    kinds = {event.target_type.split(".")[1] for event in events}
    assert kinds == {"aisystem", "assessment", "site", "hardware", "computerun"}
