"""The workbench: stacked, moved, previewed, kept, compared; and refused to who may not."""

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
from apps.scenarios.errors import BadInput
from apps.scenarios.models import Scenario
from tests.factories import MembershipFactory, bearer

pytestmark = pytest.mark.django_db
REGION = {"measure": "region", "options": {"to": "SE"}}
LIFETIME = {"measure": "lifetime", "options": {"years": 7.0}}


@pytest.fixture
def editor(release: Release) -> Membership:
    return MembershipFactory(role=Role.EDITOR)


@pytest.fixture
def assessment(editor: Membership) -> Assessment:
    return assessments.start_assessment(
        organisation=editor.organisation,
        actor=editor.user,
        system_name="Aurora",
        accelerator="nvidia-h100-sxm5-80gb",
        gpu_hours=1000.0,
        zone="DE",
    )


@pytest.fixture
def browser(editor: Membership) -> Client:
    client = Client()
    client.force_login(editor.user)
    return client


def address(assessment: Assessment, name: str = "list", **more: Any) -> str:
    where = {"org": assessment.organisation.slug, "slug": assessment.slug}
    return reverse(f"scenarios:{name}", kwargs=where | more)


def kept(assessment: Assessment, name: str = "Sweden", *measures: dict[str, Any]) -> Scenario:
    return Scenario.objects.create(
        organisation=assessment.organisation,
        assessment=assessment,
        name=name,
        measures=list(measures) or [REGION],
    )


def sent(*keys: str, intent: str = "save", name: str = "Plan", **more: Any) -> dict[str, Any]:
    return {"name": name, "notes": "", "step": list(keys), "intent": intent, **more}


def test_an_empty_list_says_what_to_do(browser: Client, assessment: Assessment) -> None:
    page = browser.get(address(assessment)).content.decode()
    assert "No scenario yet" in page
    assert address(assessment, "new") in page
    assert address(assessment) in browser.get(f"/o/{assessment.organisation.slug}/assessments/{assessment.slug}/").content.decode()  # fmt: skip


def test_a_new_scenario_is_the_baseline(browser: Client, assessment: Assessment) -> None:
    page = browser.get(address(assessment, "new")).content.decode()
    assert "this is the assessment as it stands" in page
    assert "Keep hardware longer" in page


def test_measures_are_added_moved_and_removed_before_they_are_complete(
    browser: Client, assessment: Assessment
) -> None:
    def page(data: dict[str, Any]) -> str:
        return browser.post(address(assessment, "new"), data).content.decode()

    one = page(sent(intent="add", add="region"))
    assert 'value="region"' in one
    assert "Another measure" in one
    two = page(sent("region", intent="add", add="lifetime", **{"step0-to": "SE"}))
    assert two.index('name="step" value="region"') < two.index('name="step" value="lifetime"')
    assert 'value="SE"' in two
    swapped = page(sent("region", "lifetime", intent="up 1", **{"step0-to": "SE", "step1-years": "7"}))  # fmt: skip
    assert swapped.index('name="step" value="lifetime"') < swapped.index('name="step" value="region"')  # fmt: skip
    gone = page(sent("region", "lifetime", intent="remove 0", **{"step1-years": "7"}))
    assert 'name="step" value="region"' not in gone
    assert 'value="7"' in gone
    assert not Scenario.objects.exists()


def test_a_preview_is_the_result_alone(browser: Client, assessment: Assessment) -> None:
    data = sent("region", intent="preview", **{"step0-to": "SE"})
    page = browser.post(address(assessment, "new"), data).content.decode()
    assert "<html" not in page
    assert "waterfall__bar--less" in page
    assert "Move to another region" in page
    bad = browser.post(address(assessment, "new"), sent("region", intent="preview"))
    assert "Measure 1, “Move to another region”, is not complete" in bad.content.decode()


def test_a_scenario_is_kept_and_changed(browser: Client, assessment: Assessment) -> None:
    data = sent("region", "lifetime", **{"step0-to": "SE", "step1-years": "7"})
    answer = browser.post(address(assessment, "new"), data)
    row = Scenario.objects.get()
    assert answer.headers["Location"] == address(assessment, "scenario", uuid=row.uuid)
    assert row.measures == [REGION, LIFETIME]
    again = browser.post(address(assessment, "scenario", uuid=row.uuid), {**sent("lifetime", **{"step0-years": "6"}), "version": 1})  # fmt: skip
    assert again.status_code == 302
    row.refresh_from_db()
    assert (row.version, row.measures[0]["options"]) == (2, {"years": 6.0})
    stale = browser.post(address(assessment, "scenario", uuid=row.uuid), {**sent("lifetime", **{"step0-years": "5"}), "version": 1})  # fmt: skip
    assert stale.status_code == 422


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (sent("region"), "is not complete"),
        (sent("region", **{"step0-to": "ZZ"}), "for the zone “ZZ”"),
        (sent("routing", **{"step0-share": "0.5", "step0-ratio": "0.1", "step0-accuracy": "0", "step0-source": "x"}), "declares no energy per token"),
        (sent("lifetime", name="", **{"step0-years": "7"}), "This field is required"),
        (sent("precision", **{"step0-from": "/etc/passwd.json", "step0-to": "qwen3-8b/h100", "step0-batch": "8", "step0-accuracy": "0", "step0-accuracy_source": "x"}), "is not known"),
    ],
    ids=["incomplete", "zone", "nothing", "name", "file"],
)  # fmt: skip
def test_what_cannot_be_kept_says_why(
    browser: Client, assessment: Assessment, data: dict[str, Any], says: str
) -> None:
    answer = browser.post(address(assessment, "new"), data)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Scenario.objects.exists()


def test_a_name_is_taken_once(browser: Client, assessment: Assessment) -> None:
    kept(assessment, "Plan")
    answer = browser.post(address(assessment, "new"), sent("lifetime", **{"step0-years": "7"}))
    assert "scenario of that name already" in answer.content.decode()


def test_scenarios_stand_side_by_side(browser: Client, assessment: Assessment) -> None:
    rows = [kept(assessment, "Sweden", REGION), kept(assessment, "Longer life", LIFETIME)]
    page = browser.get(address(assessment)).content.decode()
    assert "Side by side" in page
    assert all(row.name in page for row in rows)
    one = browser.get(address(assessment), {"with": str(rows[1].uuid)}).content.decode()
    assert one.count("Longer life") > one.count("Sweden")


def test_a_scenario_that_fits_no_more_says_so(browser: Client, assessment: Assessment) -> None:
    kept(assessment, "Old", {"measure": "routing", "options": {"share": 1, "ratio": 0.1, "accuracy": 0, "source": "x"}})  # fmt: skip
    assert "They cannot be compared yet" in browser.get(address(assessment)).content.decode()


def test_viewers_look_and_do_not_touch(assessment: Assessment) -> None:
    viewer = MembershipFactory(organisation=assessment.organisation, role=Role.VIEWER)
    row = kept(assessment)
    client = Client()
    client.force_login(viewer.user)
    where = address(assessment, "scenario", uuid=row.uuid)
    page = client.get(where).content.decode()
    assert "Move to another region" in page
    assert 'value="save"' not in page
    assert client.post(where, sent("region")).status_code == 403
    assert client.post(address(assessment, "delete", uuid=row.uuid)).status_code == 403
    assert client.get(address(assessment, "new")).status_code == 403


def test_an_editor_deletes(browser: Client, assessment: Assessment) -> None:
    row = kept(assessment)
    assert browser.post(address(assessment, "delete", uuid=row.uuid)).status_code == 302
    assert not Scenario.objects.exists()


def test_the_api_keeps_and_evaluates(editor: Membership, assessment: Assessment) -> None:
    client = Client(headers=bearer(editor))
    body = {"assessment": str(assessment.uuid), "name": "Sweden", "measures": [REGION, LIFETIME]}
    made = client.post("/api/v1/scenarios/", body, "application/json")
    assert made.status_code == 201, made.content
    found = client.get(f"/api/v1/scenarios/{made.json()['uuid']}/result/").json()
    assert [step["measure"] for step in found["steps"]] == ["region", "lifetime"]
    expected = services.evaluate(assessment=assessment, measures=body["measures"]).to_dict()
    assert found["difference"] == expected["difference"]
    assert found["difference"]["gwp_location"]["p95"] < 0


@pytest.mark.parametrize(
    "measures",
    [
        "region",
        [3],
        [{"measure": "region", "options": {"to": ["SE"]}}],
        [{"measure": "region", "options": {"to": "ZZ"}}],
        [{"measure": "magic"}],
        [{"measure": "region", "options": {"to": "x" * 301}}],
        [REGION] * 21,
    ],
    ids=["text", "number", "list", "zone", "magic", "long", "many"],
)
def test_the_api_refuses_bad_plans(
    editor: Membership, assessment: Assessment, measures: Any
) -> None:
    body = {"assessment": str(assessment.uuid), "name": "x", "measures": measures}
    answer = Client(headers=bearer(editor)).post("/api/v1/scenarios/", body, "application/json")
    assert answer.status_code == 422
    assert "measures" in answer.content.decode()


def test_factors_are_those_of_the_assessments_release(assessment: Assessment) -> None:
    setting = services.setting_of(assessment.release)
    assert setting.factor("zone", "SE", "gwp_location", "x").value == pytest.approx(0.03526)
    with pytest.raises(BadInput, match="no gwp_location"):
        setting.factor("zone", "ZZ", "gwp_location", "x")
    with pytest.raises(BadInput, match="is not known"):
        setting.profile("secrets.json")


def test_the_demos_scenarios_can_be_evaluated(release: Release) -> None:
    load_studies()
    demo.load()
    demo.load()  # twice, and once there
    rows = Scenario.objects.select_related("assessment__release")
    assert rows.count() == 4
    for row in rows:
        found: Any = services.evaluate(assessment=row.assessment, measures=row.measures).to_dict()
        assert found["difference"]["gwp_location"]["nominal"] != 0


def test_carbon_stands_against_water_at_places(browser: Client, assessment: Assessment) -> None:
    own = browser.get(address(assessment, "places")).content.decode()
    assert "DE: per kWh of the servers" in own
    both = browser.get(address(assessment, "places"), {"zones": "SE, PL"}).content.decode()
    assert "SE: per kWh of the servers" in both
    assert "a kilogram of CO" in both
    none = browser.get(address(assessment, "places"), {"zones": "Atlantis"}).content.decode()
    assert "no gwp_location for the zone “Atlantis”" in none
    many = browser.get(address(assessment, "places"), {"zones": ",".join("ABCDEFGHIJ")})
    assert "Name 1 to 8 zones" in many.content.decode()


def test_a_scenario_is_put_into_the_report(browser: Client, assessment: Assessment) -> None:
    data = sent("region", **{"step0-to": "SE", "in_report": "on"})
    browser.post(address(assessment, "new"), data)
    assert Scenario.objects.get().in_report
    assert "in the report" in browser.get(address(assessment)).content.decode()


def test_policies_of_serving_stand_side_by_side(browser: Client, assessment: Assessment) -> None:
    page = browser.get(address(assessment, "serving")).content.decode()
    assert "Consolidated" in page
    assert "What others claim" in page
    assert page.count("not beaten") == 0
    asked = {"profile": "qwen3-8b/h100x1", "zone": "SE", "rate": "5", "process": "bursty", "prompt": "200", "generated": "100"}  # fmt: skip
    there = browser.get(address(assessment, "serving"), asked).content.decode()
    assert "bursty, 5 requests/s" in there
    assert "electricity at SE" in there
    wrong = browser.get(address(assessment, "serving"), {**asked, "rate": "-1"}).content.decode()
    assert "greater than or equal to 0.001" in wrong
    nowhere = browser.get(address(assessment, "serving"), {**asked, "zone": "ZZ"}).content.decode()
    assert "This cannot be simulated" in nowhere
    forged = {**asked, "profile": "../secrets.json"}
    assert "not one of the available choices" in browser.get(address(assessment, "serving"), forged).content.decode()  # fmt: skip


def test_phases_are_placed_on_two_devices(browser: Client, assessment: Assessment) -> None:
    page = browser.get(address(assessment, "placement")).content.decode()
    assert "One request of 1024 and 256 tokens" in page
    assert "best single" in page
    assert "A alone" in page or "B alone" in page or "A, then B" in page
    asked = {"first": "qwen3-8b/h100x1", "second": "qwen3-8b/b200x1", "zone": "SE", "goal": "latency", "prompt": "64", "generated": "16", "batch": "8", "kv_bytes": "1000", "gb_s": "50"}  # fmt: skip
    there = browser.get(address(assessment, "placement"), asked).content.decode()
    assert "Best by latency" in there
    same = browser.get(address(assessment, "placement"), {**asked, "second": asked["first"]})
    assert "This cannot be compared" in same.content.decode()
    large = browser.get(address(assessment, "placement"), {**asked, "batch": "99999"})
    assert "was measured up to" in large.content.decode()
