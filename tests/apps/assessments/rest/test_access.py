"""What neighbours, roles and scopes may do over REST."""

import pytest
from django.test import Client

from apps.accounts.models import Scope
from apps.assessments.models import AISystem, Assessment, Site
from tests.apps.assessments.rest.conftest import Caller, pointers
from tests.factories import bearer

KINDS = ["systems", "assessments", "stage-declarations", "sites", "hardware", "runs"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_neighbours_rows_do_not_exist(api, theirs, kind):
    rows = {
        "systems": theirs.system,
        "assessments": theirs,
        "stage-declarations": theirs.stage_declarations.first(),
        "sites": theirs.sites.get(),
        "hardware": theirs.hardware.get(),
        "runs": theirs.runs.get(),
    }
    path = f"{kind}/{rows[kind].uuid}/"
    assert api("get", path).status_code == 404
    assert api("patch", path, {"version": 1}).status_code == 404
    assert api("get", f"{kind}/").json()["results"] == []


def test_a_neighbours_assessment_cannot_be_named(api, theirs):
    body = {"assessment": str(theirs.uuid), "name": "Spy", "zone": "FR"}
    response = api("post", "sites/", body)
    assert response.status_code == 422
    assert "/assessment" in pointers(response)
    assert api("get", f"assessments/{theirs.uuid}/result/").status_code == 404
    assert Site.objects.filter(name="Spy").count() == 0


def test_roles_and_scopes_hold(viewer, editor, assessment):
    body = {"name": "Mine"}
    assert Caller(viewer)("post", "systems/", body).status_code == 403
    assert Caller(editor, Scope.READ)("post", "systems/", body).status_code == 403
    assert Caller(viewer)("get", f"assessments/{assessment.uuid}/result/").status_code == 200
    assert AISystem.objects.filter(name="Mine").count() == 0
    assert Assessment.objects.count() == 1


def test_a_filter_without_a_value_is_refused_not_ignored(editor, assessment):
    response = Client().get("/api/v1/sites/?assessment=", headers=bearer(editor))
    assert response.status_code == 400
    assert "assessment is empty; leave it out" in response.json()["detail"]


def test_a_program_says_what_an_ewif_holds_and_reads_water_in_detail(api, assessment, site):
    def totals():
        answer = api("get", f"assessments/{assessment.uuid}/result/").json()
        return answer["result"]["totals"], {gap["category"] for gap in answer["result"]["gaps"]}

    def edit(**fields):
        site.refresh_from_db()
        return api("patch", f"sites/{site.uuid}/", fields | {"version": site.version})

    assert edit(ewif_l_per_kwh=3.0).json()["ewif_hydropower"] == ""
    given, gaps = totals()
    assert "water_without_hydropower" not in given
    assert "water_without_hydropower" in gaps
    assert given["water_scarcity"]["unit"] == "L world eq"
    assert edit(ewif_hydropower="included").status_code == 200
    given, gaps = totals()
    assert 0 < given["water_without_hydropower"]["nominal"] < given["water"]["nominal"]
    assert "water_without_hydropower" not in gaps
    refused = edit(ewif_hydropower="partly")
    assert refused.status_code == 422
    assert "/ewif_hydropower" in pointers(refused)
