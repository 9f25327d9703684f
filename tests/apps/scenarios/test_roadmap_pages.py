"""Pages and API of roadmaps: made from scenarios, held against later assessments, refused to who may not."""

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Membership, Role
from apps.assessments import services as assessments
from apps.assessments.demo import load as load_studies
from apps.assessments.models import Assessment
from apps.factors.models import Release
from apps.scenarios import demo, services
from apps.scenarios.models import Roadmap, Scenario
from tests.factories import MembershipFactory, bearer

pytestmark = pytest.mark.django_db
LONGER = {"measure": "lifetime", "options": {"years": 7.0}}
ACTION = {"phase": "optimise infrastructure", "what": "Keep servers", "due": "2027-06-30", **LONGER}
TARGET = {"category": "gwp_location", "basis": "total", "reduction": 0.3, "by": "2028-12-31"}
PERIOD = {"period_start": date(2025, 1, 1), "period_end": date(2025, 12, 31)}


@pytest.fixture
def editor(release: Release) -> Membership:
    return MembershipFactory(role=Role.EDITOR)


def study(editor: Membership, hours: float, **period: Any) -> Assessment:
    row = assessments.start_assessment(
        organisation=editor.organisation,
        actor=editor.user,
        system_name="Aurora",
        accelerator="nvidia-h100-sxm5-80gb",
        gpu_hours=hours,
        zone="DE",
    )
    Assessment.objects.filter(pk=row.pk).update(**period)
    row.refresh_from_db()
    return row


@pytest.fixture
def assessment(editor: Membership) -> Assessment:
    return study(editor, 1000.0, **PERIOD)


@pytest.fixture
def browser(editor: Membership) -> Client:
    client = Client()
    client.force_login(editor.user)
    return client


def address(assessment: Assessment, name: str = "roadmap") -> str:
    where = {"org": assessment.organisation.slug, "slug": assessment.slug}
    return reverse(f"scenarios:{name}", kwargs=where)


def kept(assessment: Assessment, *actions: Any, targets: Any = (TARGET,)) -> Roadmap:
    return Roadmap.objects.create(
        organisation=assessment.organisation,
        system=assessment.system,
        baseline=assessment,
        targets=list(targets),
        actions=list(actions) or [ACTION],
    )


def sent(targets: Any = (), actions: Any = (), intent: str = "save", **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"notes": "", "intent": intent, **more}
    for prefix, rows in (("target", targets), ("action", actions)):
        found |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
        for place, row in enumerate(rows):
            found |= {f"{prefix}-{place}-{name}": value for name, value in row.items()}
    return found


WANTED = {"category": "gwp_location", "basis": "total", "percent": "30", "by": "2028-12-31"}
DONE = {"phase": "measure", "what": "Probe", "state": "done"}


def test_without_a_roadmap_the_page_says_what_to_do(
    browser: Client, assessment: Assessment
) -> None:
    page = browser.get(address(assessment)).content.decode()
    assert "No roadmap yet" in page
    assert address(assessment, "roadmap-edit") in page
    assert address(assessment) in browser.get(address(assessment, "list")).content.decode()


def test_measures_of_a_scenario_become_actions(browser: Client, assessment: Assessment) -> None:
    row = Scenario.objects.create(
        organisation=assessment.organisation,
        assessment=assessment,
        name="Longer",
        measures=[LONGER],
    )
    edit = address(assessment, "roadmap-edit")
    assert "Take the measures of “Longer”" in browser.get(edit).content.decode()
    page = browser.post(edit, sent(intent=f"take {row.uuid}")).content.decode()
    assert 'value="Keep hardware longer"' in page
    assert not Roadmap.objects.exists()
    chosen = json.dumps({**LONGER, "scenario": "Longer"}, sort_keys=True)
    action = {"phase": "optimise infrastructure", "what": "Keep", "state": "planned", "due": "2027-06-30", "measure": chosen}  # fmt: skip
    answer = browser.post(edit, sent([WANTED], [DONE, action]))
    assert answer.status_code == 302, answer.content.decode()
    made = Roadmap.objects.get()
    assert made.targets == [TARGET]
    assert made.actions[0] == DONE
    assert made.actions[1]["options"] == {"years": 7.0}
    assert made.actions[1]["scenario"] == "Longer"
    shown = browser.get(address(assessment)).content.decode()
    assert "Keep" in shown
    assert "course__path" in shown
    assert "waterfall__bar--less" in shown
    row.delete()
    again = browser.get(edit).content.decode()
    assert "As taken from Longer" in again


def test_rows_are_added_and_removed_before_they_are_complete(
    browser: Client, assessment: Assessment
) -> None:
    edit = address(assessment, "roadmap-edit")

    def page(**more: Any) -> str:
        return browser.post(edit, sent(**more)).content.decode()

    two = page(targets=[WANTED], intent="add targets")
    assert 'name="target-1-percent"' in two
    assert 'value="30"' in two
    none = page(targets=[WANTED], intent="remove targets 0")
    assert "No target yet" in none
    assert 'name="action-0-what"' in page(intent="add actions")
    assert 'value="Probe"' in page(actions=[DONE, {}], intent="remove actions 1")
    assert 'name="action-0-what"' in page(actions=[DONE], intent="remove actions 7")
    assert 'name="action-0-what"' in page(actions=[DONE], intent="take nothing")
    broken = {**DONE, "measure": "{not json", "due": "soon"}
    assert 'value="soon"' in page(actions=[broken], intent="add actions")


def test_what_is_incomplete_is_not_kept(browser: Client, assessment: Assessment) -> None:
    edit = address(assessment, "roadmap-edit")
    answer = browser.post(edit, sent([{"category": "gwp_location"}], [{"phase": "measure"}]))
    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()
    forged = {**DONE, "measure": json.dumps(LONGER)}
    assert browser.post(edit, sent([], [forged])).status_code == 422
    early = {**DONE, "starts": "2027-02-01", "due": "2027-01-01"}
    page = browser.post(edit, sent([], [early]))
    assert page.status_code == 422
    assert "before it starts" in page.content.decode()
    assert not Roadmap.objects.exists()


def test_an_older_version_is_not_overwritten(browser: Client, assessment: Assessment) -> None:
    row = kept(assessment)
    edit = address(assessment, "roadmap-edit")
    assert browser.post(edit, sent([WANTED], [DONE], version=row.version)).status_code == 302
    stale = browser.post(edit, sent([], [DONE], version=row.version))
    assert stale.status_code == 422
    row.refresh_from_db()
    assert row.targets == [TARGET]


def test_later_assessments_show_what_was_achieved(
    browser: Client, editor: Membership, assessment: Assessment
) -> None:
    row = kept(assessment)
    assert services.evaluate_roadmap(row)["later"] == []
    assert "No later assessment of" in browser.get(address(assessment)).content.decode()
    after = study(editor, 400.0, period_start=date(2026, 1, 1), period_end=date(2026, 12, 31))
    Assessment.objects.filter(pk=after.pk).update(system=assessment.system)
    found = services.evaluate_roadmap(row)
    assert [each["slug"] for each in found["later"]] == [after.slug]
    assert found["targets"][0]["achieved"]["nominal"] == pytest.approx(-0.6, abs=0.01)
    page = browser.get(address(assessment)).content.decode()
    assert "What was achieved" in page
    assert "course__found" in page
    after.refresh_from_db()
    assert "course__found" in browser.get(address(after)).content.decode()


def test_a_baseline_without_a_period_has_no_later_one(
    browser: Client, editor: Membership, assessment: Assessment
) -> None:
    kept(assessment)
    Assessment.objects.filter(pk=assessment.pk).update(period_start=None, period_end=None)
    page = browser.get(address(assessment)).content.decode()
    assert "The baseline declares no period" in page


def test_an_action_that_can_no_longer_be_taken_says_why(
    browser: Client, assessment: Assessment
) -> None:
    kept(assessment, {**ACTION, "measure": "region", "options": {"to": "ZZ"}}, {**ACTION, "measure": "gone"})  # fmt: skip
    page = browser.get(address(assessment)).content.decode()
    assert "for the zone “ZZ”" in page
    assert "There is no measure “gone”" in page


def test_a_plan_that_cannot_be_read_says_so(browser: Client, assessment: Assessment) -> None:
    kept(assessment, {"phase": "nowhere"})
    assert "It cannot be calculated" in browser.get(address(assessment)).content.decode()


def test_viewers_look_and_do_not_touch(assessment: Assessment) -> None:
    kept(assessment)
    viewer = MembershipFactory(organisation=assessment.organisation, role=Role.VIEWER)
    client = Client()
    client.force_login(viewer.user)
    page = client.get(address(assessment)).content.decode()
    assert "Keep servers" in page
    assert address(assessment, "roadmap-edit") not in page
    for name in ("roadmap-edit", "roadmap-delete"):
        assert client.post(address(assessment, name)).status_code == 403


def test_an_editor_deletes(browser: Client, assessment: Assessment) -> None:
    kept(assessment)
    assert browser.post(address(assessment, "roadmap-delete")).status_code == 302
    assert not Roadmap.objects.exists()
    assert browser.post(address(assessment, "roadmap-delete")).status_code == 404


def test_the_api_keeps_a_roadmap_and_tells_its_progress(
    editor: Membership, assessment: Assessment
) -> None:
    client = Client(headers=bearer(editor))
    body = {"system": str(assessment.system.uuid), "baseline": str(assessment.uuid), "targets": [TARGET], "actions": [ACTION]}  # fmt: skip
    made = client.post("/api/v1/roadmaps/", body, "application/json")
    assert made.status_code == 201, made.content
    found = client.get(f"/api/v1/roadmaps/{made.json()['uuid']}/progress/").json()
    assert found["actions"][0]["difference"]["gwp_location"]["p95"] < 0
    assert found["targets"][0]["sureness"] < 1
    again = client.post("/api/v1/roadmaps/", body, "application/json")
    assert again.status_code == 409
    listed = client.get("/api/v1/roadmaps/", {"system": str(assessment.system.uuid)}).json()
    assert len(listed["results"]) == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"targets": [{**TARGET, "reduction": 5}]}, "it is a share of the baseline"),
        ({"actions": [{**ACTION, "state": "late"}]}, "state is 'late'"),
        ({"actions": "none"}, "is a list of at most 40"),
        ({"targets": [[1]]}, "is a list of at most 12"),
    ],
    ids=["reduction", "state", "text", "list"],
)
def test_the_api_refuses_bad_plans(
    editor: Membership, assessment: Assessment, changes: dict[str, Any], says: str
) -> None:
    body = {"system": str(assessment.system.uuid), "baseline": str(assessment.uuid), **changes}
    answer = Client(headers=bearer(editor)).post("/api/v1/roadmaps/", body, "application/json")
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_a_baseline_is_of_the_same_system(editor: Membership, assessment: Assessment) -> None:
    other = study(editor, 5.0)
    body = {"system": str(other.system.uuid), "baseline": str(assessment.uuid)}
    answer = Client(headers=bearer(editor)).post("/api/v1/roadmaps/", body, "application/json")
    assert answer.status_code == (422 if other.system_id != assessment.system_id else 201)


def test_the_demos_roadmap_reaches_and_misses(release: Release) -> None:
    load_studies()
    demo.load()
    demo.load()  # twice, and once there
    found = services.evaluate_roadmap(Roadmap.objects.get())
    assert not any(row["reason"] for row in found["actions"])
    assert [row["sureness"] > 0.5 for row in found["targets"]] == [True, False, True]
