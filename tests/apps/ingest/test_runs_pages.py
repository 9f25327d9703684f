"""The table of runs, one run, rules, and the anatomy: what they show, who may, and that they stay as fast."""

import csv as tables
import io

import pytest
from django.test import Client

from apps.accounts.models import Role
from apps.assessments.models import Assessment, Site
from apps.ingest import services
from apps.ingest.anatomy import anatomy
from apps.ingest.models import RecordedRun, Rule, SavedView
from tests.apps.ingest.conftest import csv, line, send
from tests.apps.ingest.test_sums import one
from tests.factories import MembershipFactory


@pytest.fixture
def base(member):
    return f"/o/{member.organisation.slug}/runs/"


@pytest.fixture
def runs(system):
    send(system, csv([line("a"), line("b", energy=2.0)]), category="final_training", team="Speech")
    send(system, csv([line("c", energy=4.0, duration=120.0)]))
    RecordedRun.objects.filter(external_id="c").update(outcome="failed", name="crashed")
    services.changed(system)
    services.refresh_all()


def text(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_filters_show_what_meets_them(page, base, runs, system):
    everything = text(page, f"{base}all/")
    assert everything.count('name="run"') == 3
    for query, n in [
        ("outcome=failed", 1),
        ("category=none", 1),
        ("category=final_training&team=speech", 2),
        ("shorter=10", 1),
        ("longer=10", 2),
        ("q=crash", 1),
        ("system=aurora-7b", 3),
        ("since=2026-03-02", 0),
        ("until=2026-03-01", 3),
        ("flag=any", 2),
    ]:
        assert text(page, f"{base}all/?{query}").count('name="run"') == n, query
    assert page.get(f"{base}all/?system=nobodys").status_code == 422


def test_pages_go_on_where_the_one_before_ended(page, base, system):
    send(system, csv(line(f"r{n}") for n in range(120)))
    seen, query = [], ""
    for _ in range(3):
        shown = page.get(f"{base}all/?{query}")
        seen += [run.external_id for run in shown.context["runs"]]
        query = shown.context["older"]
    assert query == ""
    assert seen == [f"r{n}" for n in reversed(range(120))]


def test_ticked_runs_or_all_that_meet_the_filters_are_labelled(page, base, runs):
    ticked = RecordedRun.objects.get(external_id="a")
    page.post(f"{base}all/label/", {"run": [ticked.pk], "which": "ticked", "category": "ablation"})
    assert RecordedRun.objects.filter(category="ablation").count() == 1
    given = {"query": "outcome=failed", "which": "all", "category": "debugging", "team": "Vision"}
    page.post(f"{base}all/label/", given)
    found = RecordedRun.objects.get(category="debugging")
    assert (found.external_id, found.team) == ("c", "Vision")
    page.post(f"{base}all/label/", {"which": "all", "query": "outcome=rubbish", "team": "X"})
    assert not RecordedRun.objects.filter(team="X").exists()
    said = page.post(f"{base}all/label/", {"which": "all"}, follow=True).content.decode()
    assert "Choose a category" in said


def test_the_download_cannot_become_a_formula(page, base, runs, system):
    evil = '=HYPERLINK("http://x","y")'
    RecordedRun.objects.filter(external_id="a").update(name=evil, team="@SUM(A1)", branch="-1+1")
    answer = page.get(f"{base}all/runs.csv?team=@SUM(A1)")
    [row] = tables.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert (row["name"], row["team"], row["branch"]) == (f"'{evil}", "'@SUM(A1)", "'-1+1")
    assert float(row["energy_kwh"]) == 1.0


def test_a_view_is_kept_and_forgotten(page, base, runs):
    page.post(f"{base}all/views/", {"name": "Failures", "query": "outcome=failed&before=7"})
    view = SavedView.objects.get()
    assert view.query == "outcome=failed"
    assert "Failures" in text(page, f"{base}all/")
    page.post(f"{base}all/views/{view.uuid}/delete/")
    assert not SavedView.objects.exists()


def test_one_run_shows_all_that_is_known(page, base, runs):
    row = RecordedRun.objects.get(external_id="b")
    shown = text(page, f"{base}all/{row.uuid}/")
    assert "NVIDIA A100" in shown
    assert f"/uploads/{row.upload.uuid}/" in shown


def test_a_rule_is_added_counted_applied_and_deleted(page, base, runs):
    given = {"name": "Crash", "place": 1, "outcome": "failed", "shorter_than_min": 10, "category": "debugging"}  # fmt: skip
    assert page.post(f"{base}rules/", {**given, "category": ""}).status_code == 422
    assert page.post(f"{base}rules/", {"name": "x", "place": 1, "team": "y"}).status_code == 422
    assert page.post(f"{base}rules/", given).status_code == 302
    assert page.get(f"{base}rules/").context["rules"][0]["n"] == 1
    page.post(f"{base}rules/apply/")
    assert RecordedRun.objects.get(external_id="c").category == "debugging"
    page.post(f"{base}rules/{Rule.objects.get().uuid}/delete/")
    assert not Rule.objects.exists()


def test_the_anatomy_adds_up_and_shows_what_is_not_categorised(page, base, runs, system):
    found = anatomy(system)
    assert (found.total.runs, found.total.kwh, found.total.co2e) == (3, 7.0, None)
    assert found.training_share == pytest.approx(3 / 7)
    assert found.failed_share == pytest.approx(4 / 7)
    for table in found.tables:
        assert sum(part.kwh for part in table["parts"]) == pytest.approx(7.0)
    shown = text(page, f"{base}aurora-7b/anatomy/")
    assert "not categorised" in shown
    assert "are not valued" in shown
    assert "Moshi" in shown


def test_with_a_site_the_anatomy_is_valued_with_an_interval(release, page, base, runs, system):
    assessment = Assessment.objects.create(
        organisation=system.organisation, system=system, title="A", slug="a", release=release
    )
    where = {"organisation": system.organisation, "assessment": assessment, "name": "Hall"}
    Site.objects.create(**where, zone="DE", pue=1.25, grid_kg_co2e_per_kwh=0.4)
    found = anatomy(system)
    assert found.total.co2e == pytest.approx(7.0 * 1.25 * 0.4)
    stat = found.total.stats["co2e"]
    assert stat["nominal"] == pytest.approx(found.total.co2e)
    assert stat["p05"] < stat["nominal"] < stat["p95"]
    for table in found.tables:
        stats = [part.stats["co2e"] for part in table["parts"]]
        assert sum(stat["nominal"] for stat in stats) == pytest.approx(found.total.co2e)
        assert all(stat["p05"] < stat["nominal"] < stat["p95"] for stat in stats)
    assert "Hall" in text(page, f"{base}aurora-7b/anatomy/")


def test_an_empty_ledger_says_what_to_do(page, base, system):
    assert "No run is recorded yet" in text(page, f"{base}all/")
    assert "No run is recorded yet" in text(page, f"{base}aurora-7b/anatomy/")


def test_queries_do_not_grow_with_runs(page, base, system, django_assert_max_num_queries):
    send(system, csv(line(f"r{n}") for n in range(60)))
    for n in range(5):
        services.record(system=system, run=one(f"x{n}"))
    services.refresh_all()
    for name in ("all/", "aurora-7b/anatomy/", ""):
        page.get(f"{base}{name}")
        with django_assert_max_num_queries(16):
            page.get(f"{base}{name}")


def test_others_see_nothing_and_viewers_change_nothing(base, runs, member):
    viewer, stranger = Client(), Client()
    viewer.force_login(MembershipFactory(role=Role.VIEWER, organisation=member.organisation).user)
    stranger.force_login(MembershipFactory(role=Role.OWNER).user)
    assert "Label runs" not in text(viewer, f"{base}all/")
    assert viewer.post(f"{base}all/label/", {"which": "all", "team": "x"}).status_code == 403
    assert stranger.get(f"{base}all/").status_code == 404
    row = RecordedRun.objects.first()
    theirs = MembershipFactory(role=Role.OWNER)
    stranger.force_login(theirs.user)
    address = f"/o/{theirs.organisation.slug}/runs/all/"
    assert stranger.get(f"{address}{row.uuid}/").status_code == 404
    stranger.post(f"{address}label/", {"run": [row.pk], "which": "ticked", "team": "stolen"})
    assert not RecordedRun.objects.filter(team="stolen").exists()
