"""A whole assessment over REST, and what is refused by its pointer."""

import json

import pytest

from apps.accounts.models import AuditEvent
from apps.assessments.models import ComputeRun
from lca.engine import assess, from_document
from tests.apps.assessments.rest.conftest import JSON, pointers, run_of


def test_a_whole_assessment_is_declared_by_a_program(api, release):
    system = api("post", "systems/", {"name": "Borealis", "params_total_b": 7.0})
    assert system.status_code == 201
    assert system.json()["slug"] == "borealis"
    made = api("post", "assessments/", {"system": system.json()["uuid"], "title": "Borealis 2026"})
    assert made.status_code == 201
    own = {"assessment": made.json()["uuid"]}
    site = api("post", "sites/", own | {"name": "Paris", "zone": "france", "pue": 1.2}).json()
    assert site["zone"] == "FR"
    machine = {"name": "H100", "accelerator": "nvidia-h100-sxm5-80gb"}
    hardware = api("post", "hardware/", own | machine).json()
    places = own | {"site": site["uuid"], "hardware": hardware["uuid"]}
    run = {"name": "Final", "category": "final_training", "gpu_hours": 1000.0}
    assert api("post", "runs/", places | run).json()["stage"] == "training"
    upstream = {"name": "Base", "share_inherited": 0.5, "kg_co2e": 1000.0}
    assert api("post", "upstream-models/", own | upstream).status_code == 201
    chat = {
        "name": "Chat",
        "requests": 1000,
        "tokens_out": 300.0,
        "tokens_in": 100.0,
        "energy_source": "supplied",
        "joules_per_output_token": 1.0,
        "joules_per_input_token": 0.1,
    }
    assert api("post", "deployments/", places | chat).status_code == 201
    result = api("get", f"assessments/{own['assessment']}/result/").json()
    assert set(result["result"]["by_stage"]) == {"hardware", "training", "inference"}
    assert result["per_use"]["marginal"]["gwp_location"]["nominal"] > 0
    stages = api("get", f"stage-declarations/?assessment={own['assessment']}").json()["results"]
    assert {s["stage"]: s["status"] for s in stages}["inference"] == "included"


def test_the_inventory_recomputes_to_the_same_result(api, assessment):
    document = api("get", f"assessments/{assessment.uuid}/inventory/").json()
    result = api("get", f"assessments/{assessment.uuid}/result/").json()["result"]
    again = assess(from_document(document), draws=4096, seed=2026).to_dict()
    assert again["totals"] == result["totals"]


@pytest.mark.parametrize(
    ("path", "body", "pointer", "message"),
    [
        ("sites/", {"name": "X", "zone": "ZZ"}, "/zone", "not a known electricity zone"),
        ("sites/", {"name": "X", "zone": "DE", "pue": 0.5}, "/pue", "Must be at least 1"),
        ("sites/", {"name": "X", "zone": "DE", "pue": "1.2"}, "/pue", "A number is needed"),
        ("sites/", {"zone": "DE"}, "/name", "required"),
        ("hardware/", {"name": "X", "lifetime_years": 0.0}, "/lifetime_years", "more than 0"),
        ("hardware/", {"name": "X", "utilisation": 1.2}, "/utilisation", "at most 1"),
        ("hardware/", {"name": "X", "power_watts": 1}, "/power_watts", "not known"),
        ("upstream-models/", {"name": "X", "share_inherited": 0.0}, "/share_inherited", "more"),
    ],
)
def test_a_wrong_value_is_named_by_its_pointer(api, assessment, path, body, pointer, message):
    response = api("post", path, body | {"assessment": str(assessment.uuid)})
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert message in pointers(response)[pointer]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"gpu_hours": -1.0}, "/gpu_hours"),
        ({"gpu_hours": 1e308}, "/gpu_hours"),
        ({"gpu_hours": None}, "/gpu_hours"),
        ({"category": "pondering"}, "/category"),
        ({"site": "00000000-0000-4000-8000-000000000000"}, "/site"),
        ({"runs_count": 0}, "/runs_count"),
        ({"energy_kwh": "much"}, "/energy_kwh"),
    ],
)
def test_a_wrong_run_is_refused(api, assessment, site, fields, pointer):
    response = api("post", "runs/", run_of(assessment, site, **fields))
    assert response.status_code == 422
    assert pointer in pointers(response)
    assert ComputeRun.objects.count() == 1


def test_nan_is_not_json(api, assessment, site):
    body = json.dumps(run_of(assessment, site, gpu_hours=float("nan")))
    response = api.client.post("/api/v1/runs/", data=body, content_type=JSON, headers=api.headers)
    assert response.status_code in {400, 422}
    assert ComputeRun.objects.count() == 1


def test_many_runs_come_in_one_request(api, assessment, site, django_assert_max_num_queries):
    rows = [run_of(assessment, site, name=f"R{n}") for n in range(300)]
    with django_assert_max_num_queries(40):
        response = api("post", "runs/", rows)
    assert response.status_code == 201
    assert ComputeRun.objects.count() == 301
    assert len({row["uuid"] for row in response.json()}) == 300
    events = AuditEvent.objects.filter(verb="declared runs")
    assert [event.data for event in events] == [{"count": 300}]


def test_one_bad_row_of_many_is_named_and_none_is_kept(api, assessment, site):
    rows = [run_of(assessment, site), run_of(assessment, site, gpu_hours=-1.0)]
    response = api("post", "runs/", rows)
    assert response.status_code == 422
    assert list(pointers(response)) == ["/1/gpu_hours"]
    rows = [
        run_of(assessment, site),
        run_of(
            assessment, site, started_at="2026-02-01T00:00:00Z", ended_at="2026-01-01T00:00:00Z"
        ),
    ]
    response = api("post", "runs/", rows)
    assert response.status_code == 422
    assert ComputeRun.objects.count() == 1


def test_ten_thousand_runs_are_too_many_for_one_request(api, assessment, site):
    response = api("post", "runs/", [{}] * 10_000)
    assert response.status_code == 413
    assert ComputeRun.objects.count() == 1


def test_an_idempotency_key_makes_a_repeat_harmless(api, assessment, site):
    key = {"Idempotency-Key": "run-1"}
    body = run_of(assessment, site)
    first, second = (api("post", "runs/", body, **key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert ComputeRun.objects.count() == 2
    assert api("post", "runs/", body | {"name": "Other"}, **key).status_code == 422


def test_an_edit_names_its_version(api, site):
    path = f"sites/{site.uuid}/"
    assert api("patch", path, {"pue": 1.1}).status_code == 428
    assert api("patch", path, {"pue": 1.1}, **{"If-Match": '"1"'}).status_code == 200
    stale = api("patch", path, {"pue": 1.4, "version": 1})
    assert stale.status_code == 409
    assert stale.json()["changes"] == [{"field": "pue", "before": None, "after": 1.1}]
    site.refresh_from_db()
    assert (site.pue, site.version) == (1.1, 2)


def test_a_created_row_is_logged_once(api, assessment):
    made = api(
        "post", "sites/", {"assessment": str(assessment.uuid), "name": "Paris", "zone": "FR"}
    ).json()
    assert AuditEvent.objects.filter(target_id=made["uuid"], verb="created").count() == 1


def test_what_is_in_use_is_not_deleted(api, site, run):
    response = api("delete", f"sites/{site.uuid}/")
    assert response.status_code == 409
    assert "Training" in response.json()["detail"]
    assert api("delete", f"runs/{run.uuid}/").status_code == 204
    assert api("delete", f"sites/{site.uuid}/").status_code == 204


def test_stages_are_changed_but_never_made_or_deleted(api, assessment):
    stage = assessment.stage_declarations.get(stage="end_of_life")
    path = f"stage-declarations/{stage.uuid}/"
    assert api("delete", path).status_code == 405
    excluded = {"status": "excluded", "version": 1}
    assert "/justification" in pointers(api("patch", path, excluded))
    reason = {"justification": "No figures exist."}
    assert api("patch", path, excluded | reason).json()["status"] == "excluded"


def test_a_part_stays_in_its_assessment(api, assessment, site, editor, release):
    from tests.apps.assessments.conftest import started

    other = started(editor, "Other")
    response = api("patch", f"sites/{site.uuid}/", {"assessment": str(other.uuid), "version": 1})
    assert "/assessment" in pointers(response)
    foreign = {"site": str(other.sites.get().uuid)}
    response = api("post", "runs/", run_of(assessment, site, **foreign))
    assert "belongs to another assessment" in pointers(response)["/site"]


def test_draws_are_a_power_of_two(api, assessment):
    response = api("patch", f"assessments/{assessment.uuid}/", {"draws": 1000, "version": 1})
    assert "power of two" in pointers(response)["/draws"]


def test_a_taken_address_is_a_conflict(api, assessment):
    body = {"system": str(assessment.system.uuid), "title": "Again", "slug": assessment.slug}
    response = api("post", "assessments/", body)
    assert response.status_code == 409
    assert "/slug" in pointers(response)


def test_filters_narrow_and_unknown_ones_are_refused(api, assessment, site, run):
    ComputeRun.objects.create(
        organisation=assessment.organisation,
        assessment=assessment,
        name="Failed",
        category="failed",
        gpu_hours=1.0,
        site=site,
    )
    found = api("get", f"runs/?category=failed&assessment={assessment.uuid}").json()
    assert [row["name"] for row in found["results"]] == ["Failed"]
    assert api("get", "runs/?kategorie=failed").status_code == 400
    assert api("get", "runs/?assessment=nonsense").status_code == 400


def test_lists_cost_the_same_however_long(api, assessment, site, hardware):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count():
        with CaptureQueriesContext(connection) as captured:
            assert api("get", "runs/").status_code == 200
        return len(captured)

    few = count()
    ComputeRun.objects.bulk_create(
        ComputeRun(
            organisation=assessment.organisation,
            assessment=assessment,
            name=f"R{n}",
            category="failed",
            gpu_hours=1.0,
            site=site,
            hardware=hardware,
        )
        for n in range(20)
    )
    assert count() <= few
