"""Runs that programs send by themselves: each once, grown by later states, with what people said of them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client

from apps.accounts.models import Role
from apps.ingest.models import RecordedRun
from tests.factories import MembershipFactory, bearer

RUNS = "/api/v1/recorded-runs/"
RUN = {
    "system": "aurora-7b",
    "external_id": "job-1",
    "name": "pretrain",
    "started_at": "2026-03-01T10:00:00Z",
    "ended_at": "2026-03-01T12:00:00Z",
    "energy_kwh": 3.5,
    "pue_inside": 1,
    "gpu_count": 8,
    "outcome": "failed",
    "boundary": "node",
    "provenance": "measured",
    "category": "ablation",
    "team": "Speech",
    "branch": "main",
    "commit": "abc123",
}


def post(member, **changes):
    run = {name: value for name, value in {**RUN, **changes}.items() if value is not None}
    return Client().post(RUNS, run, content_type="application/json", headers=bearer(member))


def test_a_run_is_entered_with_its_labels_and_gpu_hours(member, system):
    answer = post(member)
    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert made["gpu_hours"] == 16.0
    assert made["upload"] is None
    assert (made["category"], made["team"], made["branch"]) == ("ablation", "Speech", "main")
    assert Client().get(answer["Location"], headers=bearer(member)).json() == made


def test_a_retry_is_the_same_run_and_a_later_state_grows_it(member, system):
    first, again = post(member), post(member)
    assert (again.status_code, again.json()) == (200, first.json())
    grown = post(member, energy_kwh=5.0, ended_at="2026-03-01T14:00:00Z")
    assert (grown.status_code, grown.json()["energy_kwh"]) == (200, 5.0)
    earlier = post(member, energy_kwh=1.0)
    assert earlier.json()["energy_kwh"] == 5.0
    assert RecordedRun.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"energy_kwh": -1}, "energy_kwh"),
        ({"energy_kwh": "1,5"}, "energy_kwh"),
        ({"duration_s": -3}, "duration_s"),
        ({"gpu_hours": 18446744073709551614}, "gpu_hours"),
        ({"ended_at": "2026-02-01T12:00:00Z"}, "ended_at"),
        ({"outcome": "great"}, "outcome"),
        ({"category": "fun"}, "category"),
        ({"country": "Germany"}, "country"),
        ({"facts": {"x": "much"}}, "facts"),
        ({"prompt": "hello"}, "prompt"),
        ({"system": "nobodys"}, "system"),
        ({"pue_inside": 0.5}, "pue_inside"),
    ],
)
def test_what_cannot_be_is_refused_by_field(member, system, changes, field):
    answer = post(member, **changes)
    assert answer.status_code in {400, 422}
    assert field in answer.content.decode()
    assert not RecordedRun.objects.exists()


def test_a_run_without_an_amount_is_refused(member, system):
    nothing = {"energy_kwh": None, "started_at": None, "gpu_count": None}
    assert "without an amount" in post(member, **nothing).content.decode()


def test_others_do_not_see_it_and_viewers_do_not_send(member, system):
    made = post(member)
    other = MembershipFactory(role=Role.OWNER)
    assert Client().get(made["Location"], headers=bearer(other)).status_code == 404
    viewer = MembershipFactory(role=Role.VIEWER, organisation=member.organisation)
    assert post(viewer).status_code == 403


def test_the_ledger_is_asked_by_branch_and_system(member, system):
    post(member)
    post(member, external_id="job-2", branch="new", energy_kwh=1.0)
    found = Client().get(f"{RUNS}?branch=new&system=aurora-7b", headers=bearer(member)).json()
    assert [run["external_id"] for run in found["results"]] == ["job-2"]


@pytest.mark.django_db(transaction=True)
def test_fifty_jobs_at_once_make_each_run_once(member, system):
    headers = bearer(member)

    def job(number):
        try:
            run = {**RUN, "external_id": f"job-{number % 25}"}
            answer = Client().post(RUNS, run, content_type="application/json", headers=headers)
            return answer.status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(50) as pool:
        codes = sorted(pool.map(job, range(50)))
    assert codes == [200] * 25 + [201] * 25
    assert RecordedRun.objects.count() == 25


@pytest.mark.parametrize("address", ["/api/v1/uploads/", "/codecarbon/runs", "/o/x/runs/"])
def test_ten_gigabytes_are_refused_before_they_are_read(client, db, address):
    answer = client.post(address, b"", content_type="text/csv", CONTENT_LENGTH=str(10**10))
    assert answer.status_code == 413
    assert "in parts" in answer.content.decode()
