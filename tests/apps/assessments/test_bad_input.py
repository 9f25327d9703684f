"""Every wrong answer gets a clear message at the right field and a right status, and changes nothing."""

import pytest

from apps.assessments import services
from apps.assessments.models import ComputeRun, Deployment, Site, StageDeclaration
from tests.apps.assessments.conftest import HTMX, address, answers

SITE = [
    ("pue", "0.9", "Must be at least 1; you entered 0.9."),
    ("pue", "nan", "Enter a finite number."),
    ("pue", "inf", "Enter a finite number."),
    ("pue", "1e308", "Must be at most 100; you entered 1e+308. Check the unit."),
    ("pue", "one point two", "“one point two” is not a number. Write it like 1234.5."),
    ("pue", "1,2", "is not a number"),
    ("wue_l_per_kwh", "-1", "Must be at least 0 L/kWh; you entered -1."),
    ("zone", "ZZ-9", "is not a known electricity zone"),
    ("zone", "", "or a cloud region"),
    ("datacentre", "atlantis", "is not a known data-centre archetype"),
    ("name", "a\x00b", "Null characters are not allowed."),
]
HARDWARE = [
    ("lifetime_years", "0", "Must be more than 0 years; you entered 0."),
    ("utilisation", "0", "Must be more than 0; you entered 0."),
    ("utilisation", "60", "Must be at most 1; you entered 60. Check the unit."),
    ("node_overhead", "0.8", "Must be at least 1; you entered 0.8."),
    ("accelerator", "abacus", "is not a known accelerator"),
    ("count", "1.5", "is not a whole number"),
    ("count", "9" * 30, "is not a whole number"),
    ("count", "0", "Must be at least 1; you entered 0."),
]
RUN = [
    ("gpu_hours", "-5", "Must be at least 0 h; you entered -5."),
    ("gpu_hours", "1e999", "Enter a finite number."),
    ("gpu_hours", None, "Give the GPU-hours, the energy, or both."),
    ("category", "pondering", "Select a valid choice."),
    ("site", "00000000-0000-4000-8000-000000000000", "Select a valid choice."),
    ("site", "not-a-uuid", "is not a valid UUID"),
    ("started_at", "yesterday", "Enter a valid date/time."),
    ("runs_count", "many", "is not a whole number"),
]


def post(page, assessment, section, row, **changes):
    """Send an edit as the shown form would, by htmx."""
    url = address("edit", assessment, section, row.uuid)
    form = page.get(url, headers=HTMX).context["form"]
    return page.post(url, answers(form, **changes), headers=HTMX)


def refused(response, field, message):
    assert response.status_code == 422
    form = response.context["form"]
    assert list(form.errors) == [field]
    assert message in form.errors[field][0]
    assert f'id="{form[field].id_for_label}_live"' in response.content.decode()


@pytest.mark.parametrize(("field", "value", "message"), SITE)
def test_a_site_refuses(page, assessment, site, field, value, message):
    refused(post(page, assessment, "sites", site, **{field: value}), field, message)
    site.refresh_from_db()
    assert site.version == 1


@pytest.mark.parametrize(("field", "value", "message"), HARDWARE)
def test_hardware_refuses(page, assessment, hardware, field, value, message):
    refused(post(page, assessment, "hardware", hardware, **{field: value}), field, message)
    hardware.refresh_from_db()
    assert hardware.version == 1


@pytest.mark.parametrize(("field", "value", "message"), RUN)
def test_a_run_refuses(page, assessment, run, field, value, message):
    refused(post(page, assessment, "runs", run, **{field: value}), field, message)
    run.refresh_from_db()
    assert run.version == 1


def test_a_run_refuses_the_site_of_a_neighbour(page, assessment, run, theirs):
    foreign = str(theirs.sites.get().uuid)
    refused(post(page, assessment, "runs", run, site=foreign), "site", "Select a valid choice.")


def test_energy_by_a_probe_needs_a_measurement(page, assessment, site, editor):
    row = Deployment(
        assessment=assessment, organisation=assessment.organisation, name="Chat", site=site
    )
    services.create(record=row, actor=editor.user)
    response = post(page, assessment, "deployments", row, energy_source="probe")
    refused(response, "measurement", "Choose the measurement that this figure comes from.")
    response = post(page, assessment, "deployments", row, energy_source="supplied")
    refused(response, "joules_per_output_token", "Enter the joules per output token.")


def test_an_excluded_stage_needs_a_reason(page, assessment):
    stage = StageDeclaration.objects.get(assessment=assessment, stage="end_of_life")
    response = post(page, assessment, "stages", stage, status="excluded")
    refused(response, "justification", "Say why this stage is left out")


def test_two_editors_on_one_form_the_later_is_refused_with_what_changed(page, assessment, site):
    url = address("edit", assessment, "sites", site.uuid)
    first = page.get(url, headers=HTMX).context["form"]
    second = page.get(url, headers=HTMX).context["form"]
    assert page.post(url, answers(first, pue="1.2"), headers=HTMX).status_code == 200
    response = page.post(url, answers(second, pue="1.5"), headers=HTMX)
    assert response.status_code == 409
    form = response.context["form"]
    assert "Is now “1.2”." in form.errors["pue"]
    assert "changed this since you opened it" in form.non_field_errors()[0]
    site.refresh_from_db()
    assert site.pue == 1.2


def test_the_stale_form_without_javascript_is_shown_again(page, assessment, site):
    url = address("edit", assessment, "sites", site.uuid)
    form = page.get(url).context["form"]
    page.post(url, answers(form, pue="1.2"))
    response = page.post(url, answers(form, pue="1.5"))
    assert response.status_code == 409
    assert "changed this since you opened it" in response.content.decode()


def test_an_edit_without_a_version_does_not_overwrite(page, assessment, site):
    url = address("edit", assessment, "sites", site.uuid)
    form = page.get(url).context["form"]
    assert page.post(url, answers(form, pue="1.5", version="")).status_code == 409
    assert page.post(url, answers(form, pue="1.5", version="x")).status_code == 422
    site.refresh_from_db()
    assert site.pue is None


def test_a_double_clicked_form_adds_one_row(page, assessment, site):
    url = address("new", assessment, "runs")
    form = page.get(url).context["form"]
    filled = answers(
        form, name="Ablation", category="ablation", site=str(site.uuid), gpu_hours="10"
    )
    assert [page.post(url, filled).status_code for _ in range(2)] == [302, 302]
    assert ComputeRun.objects.filter(name="Ablation").count() == 1


def test_a_second_form_adds_a_second_row(page, assessment):
    url = address("new", assessment, "sites")
    for _ in range(2):
        form = page.get(url).context["form"]
        page.post(url, answers(form, name="Same", zone="FR"))
    assert Site.objects.filter(name="Same").count() == 2


def test_numbers_may_have_spaces_between_thousands(page, assessment, run):
    response = post(page, assessment, "runs", run, gpu_hours="1 082\u202f880.5")
    assert response.status_code == 200
    run.refresh_from_db()
    assert run.gpu_hours == 1_082_880.5


def test_a_new_row_with_errors_replaces_its_own_form(page, assessment):
    url = address("new", assessment, "sites")
    form = page.get(url, headers=HTMX).context["form"]
    response = page.post(url, answers(form, name="", zone="Atlantis"), headers=HTMX)
    assert response.status_code == 422
    assert response["HX-Retarget"] == "#form_new_sites"
    assert set(response.context["form"].errors) == {"name", "zone"}


def test_get_does_not_delete(page, assessment, run):
    assert page.get(address("delete", assessment, "runs", run.uuid)).status_code == 405
    assert ComputeRun.objects.filter(pk=run.pk).exists()
