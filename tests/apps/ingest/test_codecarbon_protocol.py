"""The messages of CodeCarbon's client one by one: replayed, reordered, wrong, and from strangers."""

import pytest
from django.test import Client

from apps.accounts import services as accounts
from apps.accounts.models import Role, Scope
from apps.ingest.models import Delta, Experiment, RecordedRun
from tests.factories import MembershipFactory


def begin(token, experiment, **changes):
    run = {"timestamp": "2026-03-01T10:00:00+00:00", "experiment_id": str(experiment), **changes}
    return Client().post(
        "/codecarbon/runs", run, content_type="application/json", headers={"x-api-token": token}
    )


def delta(token, run, at, **changes):
    given = {
        "timestamp": at,
        "run_id": run,
        "duration": 60,
        "emissions_sum": 0.1,
        "energy_consumed": 1.0,
        **changes,
    }
    return Client().post(
        "/codecarbon/emissions",
        given,
        content_type="application/json",
        headers={"x-api-token": token},
    )


def test_replayed_and_reordered_deltas_count_once(system, token):
    run = begin(token, system.uuid, gpu_count=2, gpu_model="2 x NVIDIA H100").json()["id"]
    moments = [f"2026-03-01T10:0{minute}:00+00:00" for minute in (3, 1, 2, 3, 1)]
    answers = [delta(token, run, at) for at in moments]
    assert [answer.status_code for answer in answers] == [201] * 5
    assert answers[0].json() == answers[3].json()
    row = RecordedRun.objects.get()
    assert (row.energy_kwh, row.duration_s) == (3.0, 180.0)
    assert (row.gpu_model, row.gpu_hours) == ("NVIDIA H100", pytest.approx(0.1))


def test_a_run_that_never_said_anything_is_there_without_energy(system, token):
    begin(token, system.uuid)
    assert RecordedRun.objects.get().energy_kwh is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"energy_consumed": -1}, "energy_consumed"),
        ({"duration": "soon"}, "duration"),
        ({"timestamp": "yesterday"}, "timestamp"),
        ({"run_id": "1"}, "run_id"),
        ({"emissions_sum": 18446744073709551614}, "emissions_sum"),
    ],
)
def test_what_cannot_be_is_refused_by_field(system, token, changes, field):
    run = begin(token, system.uuid).json()["id"]
    answer = delta(token, run, "2026-03-01T10:01:00+00:00", **changes)
    assert answer.status_code in {400, 422}
    assert field in answer.content.decode()
    assert not Delta.objects.exists()


def test_no_token_another_organisations_or_without_scope_gets_nowhere(member, system, token):
    run = begin(token, system.uuid).json()["id"]
    assert begin("cradle_nonsense", system.uuid).status_code in {401, 403}
    other = MembershipFactory(role=Role.OWNER)
    theirs = accounts.issue_token(actor=other, name="x", scopes=list(Scope), days=1)[1]
    assert begin(theirs, system.uuid).status_code == 404
    assert delta(theirs, run, "2026-03-01T10:01:00+00:00").status_code == 404
    reader = accounts.issue_token(actor=member, name="r", scopes=[Scope.READ], days=1)[1]
    assert begin(reader, system.uuid).status_code == 403
    assert RecordedRun.objects.count() == 1


def test_an_unknown_experiment_is_told_what_to_do(system, token):
    answer = begin(token, "5b0fa12a-3dd7-45bb-9766-cc326314d9f1")
    assert answer.status_code == 404
    assert "experiment_id" in answer.content.decode()
    assert not Experiment.objects.exists()


@pytest.mark.parametrize(
    "body", ["[]", '{"energy_consumed": 1}', '{"energy_consumed": -1, "duration": 5}', "{"]
)
def test_records_that_are_none_are_refused(system, token, body):
    answer = Client().post(
        f"/codecarbon/record/{system.slug}?token={token}", body, content_type="application/json"
    )
    assert answer.status_code in {400, 422}
    assert not RecordedRun.objects.exists()
