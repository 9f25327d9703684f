"""Hourly grid factors: files with every trap of the clock, and runs that take their own hours."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.errors import Conflict
from apps.assessments import services
from apps.assessments.hourly import MOST_BYTES, SeriesRejected, read_series
from apps.assessments.models import Deployment, HourlySeries
from tests.apps.assessments.conftest import address, signed_in
from tests.factories import bearer

PARIS = "Europe/Paris"
YEAR = pd.date_range("2025-01-01", "2025-12-31 23:00", freq="h", tz=PARIS)


def file(times, factor="0.1", separator=","):
    rows = [f"{time}{separator}{factor}" for time in times]
    return "\n".join([f"time{separator}factor", *rows]).encode()


def local(times):
    return [at.isoformat() for at in times.tz_localize(None)]


def read(content, timezone=PARIS, unit="kg CO2e/kWh"):
    return read_series(content, timezone=timezone, unit=unit)


def test_a_year_of_local_hours_has_no_gap_when_the_repeated_hour_stands_twice():
    series = read(file(local(YEAR)))
    assert series.starts_at == datetime(2024, 12, 31, 23, tzinfo=UTC)
    assert len(series.factors) == 8760
    assert series.gaps() == []
    assert series.notes == ()


def test_a_repeated_hour_that_stands_once_is_noted_and_leaves_a_gap():
    once = list(dict.fromkeys(local(YEAR)))
    series = read(file(once))
    assert [(gap.start, gap.hours) for gap in series.gaps()] == [
        (datetime(2025, 10, 26, 1, tzinfo=UTC), 1)
    ]
    assert "comes twice in Europe/Paris" in series.notes[0]


def test_an_hour_that_clocks_skip_is_refused_with_its_line():
    naive = [at.isoformat() for at in pd.date_range("2025-03-30", periods=4, freq="h")]
    with pytest.raises(SeriesRejected, match=r"Line 4: 2025-03-30 02:00 does not exist in Europe"):
        read(file(naive))
    assert len(read(file(naive), timezone="UTC").factors) == 4


def test_missing_hours_are_reported_in_runs():
    hours = list(YEAR[:10].delete([3, 4, 7]))
    series = read(file([at.isoformat() for at in hours]))
    assert [gap.hours for gap in series.gaps()] == [2, 1]
    assert series.factors.count(None) == 3


def test_an_empty_factor_is_a_missing_hour_and_grams_are_converted():
    content = b"time;factor\n2025-01-01T00:00Z;100\n2025-01-01T01:00Z;\n"
    series = read(content, unit="g CO2e/kWh")
    assert series.factors == [pytest.approx(0.1), None]


def test_half_hour_zones_are_read():
    series = read(file(["2025-01-01T00:00", "2025-01-01T01:00"]), timezone="Asia/Kolkata")
    assert series.starts_at == datetime(2024, 12, 31, 18, 30, tzinfo=UTC)
    assert len(series.factors) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no hour"),
        (b"a,b\n", "holds no hour"),
        (b"\xff\xfe", "not UTF-8"),
        (b"x" * (MOST_BYTES + 1), "larger than 3 MB"),
        (b"a,b\n2025-01-01T00:00,412\n", r"Line 2: 412 .* check the unit"),
        (b"a,b\n2025-01-01T00:00,-1\n", "not between 0 and 5"),
        (b"a;b\n2025-01-01T00:00;0,4\n", "decimal point"),
        (b"a,b\n2025-01-01T00:00,nan\n", "nan .* is not between"),
        (b"a,b\n2025-01-01T00:00,x\n", "“x” is not a number"),
        (b"a,b\nyesterday,0.1\n", "“yesterday” is not a time"),
        (b"a,b,c\n2025-01-01T00:00,0.1,1\n", "has 3 cells"),
        (file(["2025-01-01T00:00", "2025-01-01T00:30"]), "not a full hour from the first"),
        (file(["2025-01-01T00:00Z"] * 2), "stands in the file already"),
        (file(["2025-01-01T00:00", "2025-01-01T01:00Z"]), "give all or none"),
        (file(["2024-01-01T00:00Z", "2025-06-01T00:00Z"]), "at most a year"),
    ],
)
def test_a_faulty_file_is_refused_whole(content, message):
    with pytest.raises(SeriesRejected, match=message):
        read(content)


def test_every_fault_is_named_up_to_a_limit():
    with pytest.raises(SeriesRejected, match="And 5 more") as error:
        read(file([at.isoformat() for at in YEAR[:25]], factor="x"))
    assert len(error.value.faults) == 25


@pytest.fixture
def series(assessment, site):
    """Two days: 0.1 by day and 0.5 by night, with hour 30 missing."""
    factors = [0.1 if 6 <= hour % 24 < 18 else 0.5 for hour in range(48)]
    factors[30] = None
    return HourlySeries.objects.create(
        organisation=assessment.organisation,
        assessment=assessment,
        site=site,
        starts_at=datetime(2025, 5, 1, tzinfo=UTC),
        factors=factors,
        scope="life_cycle",
        source="Grid operator, hourly, 2025",
    )


def at(run, start_hour, end_hour):
    run.started_at = datetime(2025, 5, 1, tzinfo=UTC) + timedelta(hours=start_hour)
    run.ended_at = datetime(2025, 5, 1, tzinfo=UTC) + timedelta(hours=end_hour)
    run.save()


def grid(assessment):
    return services.build_inventory(assessment).named().get("run.training.grid")


@pytest.mark.parametrize(
    ("start", "end", "mean"),
    [(6, 18, 0.1), (0, 6, 0.5), (0, 12, 0.3), (5.5, 6.5, 0.3), (12.25, 12.5, 0.1), (0, 24, 0.3)],
)
def test_a_run_takes_the_mean_of_its_own_hours(assessment, run, series, start, end, mean):
    at(run, start, end)
    assert grid(assessment).value == pytest.approx(mean)
    assert "Grid operator" in grid(assessment).source


def test_a_run_by_day_emits_less_than_the_same_run_by_night(assessment, run, series):
    totals = []
    for start in (6, 18):
        at(run, start, start + 12)
        totals.append(services.evaluate(assessment).result["by_stage"]["training"]["gwp_location"])
    assert totals[1]["nominal"] == pytest.approx(5 * totals[0]["nominal"])


def reasons(assessment):
    return [gap.reason for gap in services.build_inventory(assessment).gaps]


def test_missing_hours_of_a_run_are_said(assessment, run, series):
    at(run, 28, 32)
    assert grid(assessment).value == pytest.approx((0.5 + 0.5 + 0.1) / 3)
    assert any("lacks 1 of its 4 hours" in reason for reason in reasons(assessment))


def test_a_run_outside_the_series_keeps_the_yearly_factor_and_it_is_said(assessment, run, series):
    at(run, 100, 110)
    assert grid(assessment) is None
    assert any("holds none of its hours" in reason for reason in reasons(assessment))


def test_direct_hours_are_not_added_to_life_cycle_factors(assessment, run, series):
    HourlySeries.objects.update(scope="direct")
    at(run, 0, 12)
    assert grid(assessment) is None
    assert any("are not added up" in reason for reason in reasons(assessment))


def test_a_run_without_times_keeps_the_yearly_factor(assessment, series):
    assert grid(assessment) is None
    assert not any("hourly" in reason for reason in reasons(assessment))


@pytest.fixture
def deployment(assessment, site, hardware):
    return services.create(
        record=Deployment(
            organisation=assessment.organisation,
            assessment=assessment,
            site=site,
            hardware=hardware,
            name="Public API",
            requests=1_000_000,
            tokens_in=300,
            tokens_out=400,
            energy_source="supplied",
            joules_per_output_token=0.4,
            joules_per_input_token=0.02,
        ),
        actor=None,
    )


def open_for(deployment, first, last):
    deployment.period_start, deployment.period_end = first, last
    deployment.save()


def served(assessment):
    return services.build_inventory(assessment).named().get("deployment.public-api.grid")


def test_a_deployment_takes_the_mean_of_the_days_of_its_period(assessment, deployment, series):
    open_for(deployment, date(2025, 5, 1), date(2025, 5, 1))
    assert served(assessment).value == pytest.approx(0.3)
    assert "mean of 24 hours, the load taken as even" in served(assessment).source


def test_days_begin_by_the_clock_of_the_series(assessment, deployment, series):
    """1 May in Paris begins two hours before the series does: 22 hours of it are there, 2 are missing."""
    HourlySeries.objects.update(timezone=PARIS)
    open_for(deployment, date(2025, 5, 1), date(2025, 5, 1))
    assert served(assessment).value == pytest.approx((6 * 0.5 + 12 * 0.1 + 4 * 0.5) / 22)
    assert any("lacks 2 of its 24 hours" in reason for reason in reasons(assessment))


def test_a_day_on_which_clocks_change_has_25_hours(assessment, deployment, series):
    HourlySeries.objects.update(
        starts_at=datetime(2025, 10, 25, tzinfo=UTC), factors=[0.2] * 72, timezone=PARIS
    )
    open_for(deployment, date(2025, 10, 26), date(2025, 10, 26))
    assert "mean of 25 hours" in served(assessment).source
    assert not any("hourly" in reason for reason in reasons(assessment))


def test_every_part_of_a_deployment_s_electricity_has_its_hours(assessment, deployment, series):
    yearly = services.evaluate(assessment).result["by_stage"]["inference"]
    open_for(deployment, date(2025, 5, 1), date(2025, 5, 1))
    hourly = services.evaluate(assessment).result["by_stage"]["inference"]
    assert hourly["electricity"] == yearly["electricity"]
    kwh = hourly["electricity"]["nominal"]
    assert hourly["gwp_location"]["nominal"] == pytest.approx(0.3 * kwh)
    assert hourly["water"] == yearly["water"]


def test_a_use_costs_what_the_hours_of_its_deployment_cost(assessment, deployment, series):
    open_for(deployment, date(2025, 5, 1), date(2025, 5, 1))
    marginal = services.evaluate(assessment).per_use["marginal"]
    assert marginal["gwp_location"]["nominal"] == pytest.approx(
        0.3 * marginal["electricity"]["nominal"]
    )


@pytest.mark.parametrize("ends", [(None, None), (date(2025, 5, 1), None)])
def test_a_deployment_without_a_period_says_what_to_add(assessment, deployment, series, ends):
    open_for(deployment, *ends)
    assert served(assessment) is None
    [gap] = [g for g in services.build_inventory(assessment).gaps if "hourly" in g.reason]
    assert "is not used: no period is declared" in gap.reason
    assert gap.remedy == "Give the deployment's period, from and to."


def test_a_deployment_without_requests_asks_for_no_hours(assessment, deployment, series):
    Deployment.objects.update(requests=None)
    assert not any("hourly" in reason for reason in reasons(assessment))


def test_the_page_says_who_uses_a_series_and_who_does_not(
    page, assessment, run, deployment, series
):
    at(run, 28, 32)
    text = page.get(address("hourly", assessment)).content.decode()
    used, _, unused = text.partition("Not used by")
    assert f"{run.name}: 3" in used
    assert "lacks 1 of its 4 hours" in used
    assert "Public API: " in unused
    assert "no period is declared" in unused
    assert "Give the deployment&#x27;s period" in unused


def test_a_run_without_times_is_named_on_the_page(page, assessment, run, series):
    text = page.get(address("hourly", assessment)).content.decode()
    assert "no start and end is declared" in text


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
