"""Runs and deployments that take their own hours."""

from datetime import UTC, date, datetime

import pytest

from apps.assessments import services
from apps.assessments.models import Deployment, HourlySeries
from tests.apps.assessments.conftest import address
from tests.apps.assessments.hourly.conftest import PARIS, at, grid


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
