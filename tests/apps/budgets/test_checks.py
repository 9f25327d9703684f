"""Checks: figures by hand, thresholds, periods, what is not recorded, branches."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from apps.accounts.models import Role
from apps.budgets import services
from apps.budgets.figures import beginning
from apps.budgets.models import Budget, BudgetCheck
from apps.ingest.models import RecordedRun
from tests.apps.budgets.conftest import add_run, budget
from tests.factories import MembershipFactory, bearer

CHECK = "/api/v1/budget-checks/"


def only(verdict):
    [row] = verdict.checks
    return row


@pytest.mark.parametrize(
    ("metric", "value"),
    [("gwp_location", 30 * 1.25 * 0.4), ("it_energy", 30.0), ("gpu_hours", 4.0)],
)
def test_a_figure_is_what_a_hand_makes_it(system, site, metric, value):
    add_run(system, 10.0)
    add_run(system, 20.0)
    budget(system, metric=metric, fail_at=100.0)
    row = only(services.check(system=system))
    assert row.value == pytest.approx(value)
    assert row.status == "pass"
    assert (row.low is None) == (metric != "gwp_location")


def test_water_holds_on_site_and_off_site(system, site):
    add_run(system, 10.0)
    budget(system, metric="water", fail_at=1000.0)
    assert only(services.check(system=system)).value > 10 * 0.5


def test_thresholds_are_on_the_value_or_on_the_upper_end(system, site):
    add_run(system, 10.0)  # 5 kg CO2e
    budget(system, name="ok", warn_at=5.001, fail_at=6.0)
    budget(system, name="warned", warn_at=4.9, fail_at=6.0)
    budget(system, name="over", fail_at=4.9)
    budget(system, name="upper", fail_at=5.01, judged_on="p95")
    found = {row.budget.name: row for row in services.check(system=system).checks}
    assert {name: row.status for name, row in found.items()} == {
        "ok": "pass",
        "warned": "warn",
        "over": "fail",
        "upper": "fail",
    }
    assert found["upper"].high > 5.01 > found["upper"].value
    assert "above the limit of 4.9" in found["over"].why


def test_nothing_recorded_is_not_nought(system, site):
    budget(system)
    assert (only(services.check(system=system)).status, BudgetCheck.objects.get().value) == (
        "nothing",
        None,
    )
    add_run(system, None, hours=1.0)
    row = only(services.check(system=system))
    assert row.status == "nothing"
    assert "1 run without energy" in row.why


def test_without_a_site_it_says_what_to_do(system):
    add_run(system)
    budget(system)
    row = only(services.check(system=system))
    assert row.status == "nothing"
    assert "site" in row.why


def test_impossible_runs_do_not_count(system, site):
    add_run(system, 10.0)
    add_run(system, 90.0)
    RecordedRun.objects.filter(energy_kwh=90.0).update(counts=False)
    budget(system)
    assert only(services.check(system=system)).value == pytest.approx(5.0)


def test_training_is_what_is_final_and_did_not_fail(system, site):
    add_run(system, 1.0, category="final_training")
    add_run(system, 2.0, category="final_training", fails=True)
    add_run(system, 4.0, category="ablation")
    budget(system, name="all", metric="it_energy")
    budget(system, name="t", metric="it_energy", covers="training")
    budget(system, name="d", metric="it_energy", covers="development")
    values = {row.budget.name: row.value for row in services.check(system=system).checks}
    assert values == {"all": 7.0, "t": 1.0, "d": 6.0}


@pytest.mark.parametrize(
    ("per", "first"),
    [
        ("week", (2026, 5, 11)),
        ("month", (2026, 5, 1)),
        ("quarter", (2026, 4, 1)),
        ("year", (2026, 1, 1)),
    ],
)
def test_periods_begin_where_the_calendar_says(per, first):
    at = datetime(2026, 5, 17, 23, 59, tzinfo=UTC)
    assert beginning(per, at) == datetime(*first, tzinfo=UTC)


def test_a_period_leaves_out_what_was_before_it(system, site):
    add_run(system, 1.0)
    add_run(system, 2.0, ago=timedelta(days=400))
    budget(system, metric="it_energy", per="year")
    assert only(services.check(system=system)).value == 1.0


def test_each_run_is_judged_by_itself_the_heaviest_of_a_commit(system, site):
    add_run(system, 100.0, commit="old", branch="main")
    add_run(system, 3.0, name="train", commit="new", branch="topic")
    add_run(system, 1.0, name="eval", commit="new", branch="topic")
    budget(system, metric="it_energy", per="run", fail_at=5.0)
    row = only(services.check(system=system, commit="new", branch="topic"))
    assert (row.value, row.status) == (3.0, "pass")
    assert "train" in row.why


def test_a_branch_is_compared_with_its_base_by_the_run_of_the_same_name(system, site):
    add_run(system, 10.0, branch="main")
    add_run(system, 99.0, branch="main", name="other")
    add_run(system, 12.0, branch="topic")
    found = services.check(system=system, branch="topic", base="main").comparison
    assert found.difference.value == pytest.approx(2 * 1.25 * 0.4)
    assert found.difference.low < found.difference.value < found.difference.high
    text = services.markdown(services.check(system=system, branch="topic", base="main"))
    assert "+1 kg CO2e" in text
    assert "90 % interval" in text


def test_without_a_base_run_there_is_no_comparison(system, site):
    add_run(system, 12.0, branch="topic")
    assert services.check(system=system, branch="topic", base="main").comparison is None


def test_names_cannot_become_markup_links_or_mentions(system, site):
    evil = "a|b`<img src=x>](http://x) @everyone\n# h"
    add_run(system, 10.0, name=evil, branch="main")
    add_run(system, 12.0, name=evil, branch="@topic|")
    budget(system, name=evil, per="run")
    text = services.markdown(services.check(system=system, branch="@topic|", base="main"))
    assert "@everyone" not in text
    assert not re.search(r"(?<!\\)[<>`\[\]]", text)
    assert "\n# h" not in text
    assert "http:" not in text
    assert all(line.count(" | ") == 4 for line in text.splitlines() if line.startswith("| a"))


def ask(member, **given):
    return Client().post(CHECK, given, content_type="application/json", headers=bearer(member))


def test_the_api_answers_in_the_shape_that_it_promises(member, system, site):
    add_run(system, 10.0, branch="main")
    add_run(system, 30.0, branch="topic")
    budget(system, per="run", warn_at=1.0, fail_at=2.0)
    answer = ask(member, system="aurora", branch="topic", base="main")
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert found["status"] == "fail"
    assert set(found["budgets"][0]) == {
        "uuid", "name", "status", "value", "p05", "p95", "unit", "judged_on", "warn_at", "fail_at", "why",
    }  # fmt: skip
    assert found["comparison"]["difference"]["unit"] == "kg CO2e"
    assert found["markdown"].startswith("### Footprint")


def test_others_neither_see_nor_check_them(member, system, site):
    made = budget(system)
    other = MembershipFactory(role=Role.OWNER)
    assert ask(other, system="aurora").status_code in {404, 422}
    address = f"/api/v1/budgets/{made.uuid}/"
    assert Client().get(address, headers=bearer(other)).status_code == 404
    assert ask(member, system="nobodys").status_code == 422


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"fail_at": 0}, "fail_at"),
        ({"fail_at": -1}, "fail_at"),
        ({"warn_at": 20, "fail_at": 10}, "warn_at"),
        ({"metric": "love"}, "metric"),
        ({"per": "decade"}, "per"),
        ({"name": ""}, "name"),
        ({"fail_at": 18446744073709551614}, "fail_at"),
    ],
)
def test_budgets_that_cannot_be_are_refused_by_field(member, system, changes, field):
    given = {"system": str(system.uuid), "name": "x", "metric": "water", "fail_at": 1, **changes}
    answer = Client().post(
        "/api/v1/budgets/", given, content_type="application/json", headers=bearer(member)
    )
    assert answer.status_code in {400, 422}
    assert field in answer.content.decode()
    assert not Budget.objects.exists()
