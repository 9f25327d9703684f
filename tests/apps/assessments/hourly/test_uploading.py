"""Uploading hourly factors, by page and API."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.errors import Conflict
from apps.assessments import services
from apps.assessments.models import HourlySeries
from tests.apps.assessments.conftest import address, signed_in
from tests.apps.assessments.hourly.conftest import PARIS, YEAR, at, file, grid, local, read
from tests.factories import bearer


def test_a_clock_that_does_not_exist_is_refused(assessment, site, editor):
    data = {
        "assessment": str(assessment.uuid),
        "site": str(site.uuid),
        "starts_at": "2025-05-01T00:00:00Z",
        "factors": [0.1],
        "source": "Operator",
    }
    client = Client(headers=bearer(editor))
    for clock in ("Mars", "../etc/passwd", "Europe"):
        answer = client.post(
            "/api/v1/hourly-series/", data | {"timezone": clock}, content_type="application/json"
        )
        assert answer.status_code == 422
        assert "is not a time zone" in answer.json()["errors"][0]["message"]


def upload(site, editor, content):
    return services.upload_series(
        site=site,
        content=content,
        timezone="UTC",
        unit="kg CO2e/kWh",
        scope="life_cycle",
        gsd=1.1,
        source="S",
        actor=editor.user,
    )


def test_hours_that_are_there_already_are_refused(series, site, editor):
    with pytest.raises(Conflict, match="another one already"):
        upload(site, editor, file(["2025-05-02T12:00Z", "2025-05-02T13:00Z"]))
    later, _ = upload(site, editor, file(["2025-05-03T00:00Z"]))
    assert later.hours == 1
    assert len(later.sha256) == 64


def test_a_gap_is_drawn_as_a_gap():
    from apps.assessments.views.hourly import curves

    assert len(curves([0.1] * 48 + [None] * 48 + [0.2] * 24)) == 2
    assert curves([None, 0.0]) == ["0.0,60.0"]


def test_the_page_takes_a_file_and_shows_it(page, assessment, site):
    url = address("hourly", assessment)
    data = {"site": str(site.uuid), "timezone": PARIS, "unit": "kg CO2e/kWh", "source": "Operator"}
    content = SimpleUploadedFile("hours.csv", file(list(dict.fromkeys(local(YEAR)))))
    response = page.post(url, data | {"file": content, "scope": "life_cycle"}, follow=True)
    text = response.content.decode()
    assert "1 of them missing" in text
    assert "comes twice" in text
    assert "<polyline" in text
    back = page.get(address("hourly_csv", assessment, HourlySeries.objects.get().uuid))
    again = read(back.content)
    assert again.factors == HourlySeries.objects.get().factors
    assert HourlySeries.objects.get().timezone == PARIS


def test_the_page_says_line_by_line_what_is_wrong(page, assessment, site):
    data = {"site": str(site.uuid), "timezone": "Mars", "unit": "kg CO2e/kWh", "source": "x"}
    content = SimpleUploadedFile("hours.csv", b"a,b\n2025-01-01T00:00,412\n")
    response = page.post(address("hourly", assessment), data | {"file": content})
    assert response.status_code == 422
    assert "is not a time zone" in response.context["form"].errors["timezone"][0]
    content = SimpleUploadedFile("hours.csv", b"a,b\n2025-01-01T00:00,412\n")
    response = page.post(address("hourly", assessment), data | {"file": content, "timezone": "UTC"})
    assert "Line 2: 412" in response.context["form"].errors["file"][0]


def test_a_deleted_series_gives_the_yearly_factor_back(page, assessment, run, series):
    at(run, 0, 12)
    page.post(address("hourly_delete", assessment, series.uuid))
    assert grid(assessment) is None


def test_a_viewer_reads_and_does_not_upload(assessment, viewer, series):
    client = signed_in(viewer)
    assert client.get(address("hourly", assessment)).status_code == 200
    assert client.post(address("hourly", assessment), {}).status_code == 403


def test_the_api_takes_hours_and_gives_their_summary(assessment, site, editor):
    client = Client(headers=bearer(editor))
    data = {
        "assessment": str(assessment.uuid),
        "site": str(site.uuid),
        "starts_at": "2025-05-01T00:00:00Z",
        "factors": [0.1, None, 0.3],
        "source": "Operator",
    }
    made = client.post("/api/v1/hourly-series/", data, content_type="application/json")
    assert made.status_code == 201, made.content
    assert made.json()["hours"] == 3
    assert made.json()["gap_hours"] == 1
    assert made.json()["mean_kg_co2e_per_kwh"] == pytest.approx(0.2)
    wrong = client.post(
        "/api/v1/hourly-series/", data | {"factors": [9]}, content_type="application/json"
    )
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["pointer"].startswith("/factors")
