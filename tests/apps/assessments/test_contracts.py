"""Contracts of a site cover at most all of its consumption, whichever way they are entered."""

import pytest
from django.urls import reverse

from apps.assessments import services
from apps.assessments.models import Contract
from apps.assessments.services.agreement import CoverageExceeded
from tests.apps.assessments.conftest import HTMX, address, answers


def contract(assessment, site, share, **fields):
    return Contract(
        organisation=assessment.organisation,
        assessment=assessment,
        site=site,
        **{"name": f"C {share:g}", "kind": "certificates", "kg_co2e_per_kwh": 0.0} | fields,
        coverage_share=share,
    )


def test_certificates_for_more_than_everything_are_refused(assessment, site, editor):
    services.create(record=contract(assessment, site, 0.7), actor=editor.user)
    with pytest.raises(CoverageExceeded, match=r"cover 1\.2 .* enter at most 0\.3\.") as error:
        services.create(record=contract(assessment, site, 0.5), actor=editor.user)
    assert error.value.field == "coverage_share"
    assert Contract.objects.count() == 1


def test_an_edit_counts_without_the_contract_s_own_former_share(assessment, site, editor):
    row = services.create(record=contract(assessment, site, 0.7), actor=editor.user)
    row.coverage_share = 1.0
    services.update(record=row, expected_version=row.version, actor=editor.user)
    row.coverage_share = 1.2
    with pytest.raises(services.records.ValidationError):
        services.update(record=row, expected_version=row.version, actor=editor.user)


def test_the_form_says_at_the_field_how_much_is_left(page, assessment, site, editor):
    services.create(record=contract(assessment, site, 0.8), actor=editor.user)
    url = address("new", assessment, "contracts")
    form = page.get(url, headers=HTMX).context["form"]
    data = answers(form, name="More", kind="ppa", coverage_share="0.4", kg_co2e_per_kwh="0.01")
    response = page.post(url, {**data, "site": str(site.uuid)}, headers=HTMX)
    assert response.status_code == 422
    assert "enter at most 0.2" in response.context["form"].errors["coverage_share"][0]


def test_a_site_in_a_cloud_region_needs_no_zone(page, assessment):
    url = address("new", assessment, "sites")
    form = page.get(url, headers=HTMX).context["form"]
    data = answers(form, name="Cape Town", cloud_region="aws-af-south-1")
    assert page.post(url, data, headers=HTMX).status_code == 200
    assert assessment.sites.get(name="Cape Town").zone == "ZA"


def test_a_site_needs_a_zone_or_a_region(page, assessment):
    url = address("new", assessment, "sites")
    form = page.get(url, headers=HTMX).context["form"]
    response = page.post(url, answers(form, name="Nowhere"), headers=HTMX)
    assert "or a cloud region" in response.context["form"].errors["zone"][0]


def test_the_workbench_shows_contracts(page, assessment, site, editor):
    services.create(record=contract(assessment, site, 0.25, name="Wind"), actor=editor.user)
    text = page.get(
        reverse("assessments:workbench", args=[assessment.organisation.slug, assessment.slug])
    ).content.decode()
    assert "Electricity contracts" in text
    assert "25" in text
    assert "Wind" in text
