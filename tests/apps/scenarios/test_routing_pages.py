"""Studies of routing: sent as a file, refused with a reason, learnt by a real worker, shown, deleted with their queries."""

import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Membership, Role
from apps.assessments.models import Assessment
from apps.scenarios import services
from apps.scenarios.models import RoutingStudy, StudyState
from apps.scenarios.routing import study as routing_study
from apps.scenarios.routing.queries import Queries
from apps.scenarios.services import routed
from tests.apps.scenarios.test_routing import questions
from tests.apps.scenarios.test_scenarios_pages import address, assessment, browser, editor
from tests.factories import MembershipFactory, bearer
from tests.workers import until

__all__ = ["assessment", "browser", "editor"]  # fixtures
API = "/api/v1/routing-studies/"


def table(many: int = 120) -> bytes:
    known = questions(many)
    lines = ["prompt,subject,small_correct,large_correct"]
    for text, group, right in zip(known.text, known.group, known.quality, strict=True):
        lines.append(f"{text},{group},{bool(right[0])},{bool(right[1])}")
    return "\n".join(lines).encode("utf-8-sig")


def asked(content: bytes | None = None, **more: Any) -> dict[str, Any]:
    file = SimpleUploadedFile("queries.csv", content or table())
    return {"file": file, "name": "Support", "budget": 0.6, "folds": 4, "energy": "", **more}


def sent(browser: Client, assessment: Assessment, **more: Any) -> tuple[int, str]:
    response = browser.post(address(assessment, "routing-new"), asked(**more))
    return response.status_code, response.content.decode()


@pytest.mark.django_db
def test_a_study_is_asked_for_learnt_and_shown(browser: Client, assessment: Assessment) -> None:
    empty = browser.get(address(assessment, "routing")).content.decode()
    assert "No study yet" in empty
    assert sent(browser, assessment)[0] == 302
    study = RoutingStudy.objects.get()
    place = study.get_absolute_url()
    assert "every 1s" in browser.get(place).content.decode()
    assert "Another study is being learnt" in sent(browser, assessment)[1]
    services.run_routing(study_id=study.pk)
    page = browser.get(place).content.decode()
    assert "every 1s" not in page
    assert "Energy: assumed ratios" in page
    assert page.count("?show=") == 8  # four ratios, by question and by group
    assert "on each group that the router never saw, at a ratio of 20.0" in page
    first = browser.get(f"{place}?show=0").content.decode()
    assert "on each question that the router never saw, at a ratio of 2.00" in first
    assert browser.get(f"{place}?show=99999999999999999999").status_code == 200
    assert "Support" in browser.get(address(assessment, "routing")).content.decode()
    part = browser.get(place, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="study-live"')


@pytest.mark.django_db
def test_what_the_page_says_can_be_taken_into_a_scenario(
    browser: Client, assessment: Assessment
) -> None:
    sent(browser, assessment, energy="small = 40\nlarge = 400")
    study = RoutingStudy.objects.get()
    services.run_routing(study_id=study.pk)
    study.refresh_from_db()
    assert study.result is not None
    result = study.result["results"][-1]
    share = result["shares"]["small"]
    assert share + result["shares"]["large"] == pytest.approx(1)
    assert (
        1 - share * 0.9 <= study.budget
    )  # what the measure leaves of the energy is within the budget
    page = browser.get(study.get_absolute_url()).content.decode()
    assert f"with {share:#.3g} of the requests, an energy of 0.100" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"content": b"prompt,a_correct\nx,1\n"}, "50 are the least"),
        ({"content": b"a,b\n" + b"1,2\n" * 60}, "two columns or more are needed"),
        ({"content": b"\xff\xfe\x00"}, "is not UTF-8"),
        ({"content": b"," * 9_999 + b"\n"}, "10000 columns; at most 5000 are read"),
        (
            {"content": b"prompt,a_correct,b_correct\nWhy, and how?,1,1\n"},
            "Quote texts that hold a comma",
        ),
        ({"content": b"x" * 4_100_000 + b",y\n1,2\n"}, "not a table in CSV (field larger than"),
        (
            {"content": b"feature_x,a_correct,b_correct\n" + b"1e300,1,0\n" * 60},
            "is not a number up to",
        ),
        ({"energy": "small=40"}, "An energy is needed for each of small, large"),
        ({"energy": "small=40\nlarge=lots"}, "write an energy as MODEL=J"),
        ({"energy": "small=40\nlarge=50"}, "the cheapest alone needs 0.8"),
        ({"folds": 11}, "less than or equal to 10"),
        ({"name": ""}, "required"),
    ],
)
def test_a_fault_is_told_before_anybody_waits(
    browser: Client, assessment: Assessment, more: dict[str, Any], says: str
) -> None:
    status, page = sent(browser, assessment, **more)
    assert (status, says in page) == (422, True)
    assert not RoutingStudy.objects.exists()


@pytest.mark.django_db
def test_a_study_is_deleted_with_its_queries_and_its_worker_stops(
    browser: Client, assessment: Assessment, django_capture_on_commit_callbacks: Any
) -> None:
    sent(browser, assessment)
    study = RoutingStudy.objects.get()
    kept = Path(study.file.path)
    assert kept.read_bytes() == table()
    assert "queries.csv" not in str(kept)
    with django_capture_on_commit_callbacks(execute=True):
        gone = browser.post(address(assessment, "routing-delete", uuid=study.uuid), follow=True)
    assert "its queries with it" in gone.content.decode()
    assert not kept.exists()
    services.run_routing(study_id=study.pk)
    assert not RoutingStudy.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["assessment", "organisation"])
def test_queries_go_with_what_their_study_hangs_on(
    browser: Client, assessment: Assessment, django_capture_on_commit_callbacks: Any, what: str
) -> None:
    sent(browser, assessment)
    kept = Path(RoutingStudy.objects.get().file.path)
    with django_capture_on_commit_callbacks(execute=True):
        (assessment if what == "assessment" else assessment.organisation).delete()
        assert kept.exists(), "until it is committed"
    assert not kept.exists()


@pytest.mark.django_db
def test_a_worker_stops_once_its_study_is_deleted(
    browser: Client, assessment: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(browser, assessment)
    study = RoutingStudy.objects.get()
    parts: list[int] = []

    def told(share: float) -> None:
        parts.append(round(share * 16))

    def deleted(row: RoutingStudy) -> bytes:
        RoutingStudy.objects.filter(pk=row.pk).delete()
        return table()

    monkeypatch.setattr(routed, "_kept", deleted)
    monkeypatch.setattr(routed, "TOLD_EVERY_S", 0.0)
    learn = routing_study.study

    def spied(queries: Queries, wanted: Any, energy: Any, tell: Any) -> Any:
        return learn(queries, wanted, energy, lambda share: (told(share), tell(share))[1])

    monkeypatch.setattr(routing_study, "study", spied)
    services.run_routing(study_id=study.pk)
    assert parts == [1]  # of sixteen: it looked after the first, and stopped
    assert not RoutingStudy.objects.exists()


@pytest.mark.django_db
def test_a_lost_study_is_learnt_again_once_then_failed(
    browser: Client, assessment: Assessment
) -> None:
    sent(browser, assessment)
    rows = RoutingStudy.objects.all()
    later = timezone.now() + timedelta(minutes=11)
    assert services.resume_routing() == 0
    rows.update(state=StudyState.LEARNING, attempts=1)
    assert services.resume_routing(now=later) == 1
    assert rows.get().state == StudyState.WAITING
    rows.update(state=StudyState.LEARNING, attempts=2)
    assert services.resume_routing(now=later + timedelta(minutes=11)) == 1
    assert rows.get().state == StudyState.FAILED
    assert "The worker was lost" in browser.get(rows.get().get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_a_file_that_is_no_longer_there_fails_the_study(
    browser: Client, assessment: Assessment
) -> None:
    sent(browser, assessment)
    study = RoutingStudy.objects.get()
    study.file.storage.delete(study.file.name)
    services.run_routing(study_id=study.pk)
    study.refresh_from_db()
    assert study.state == StudyState.FAILED
    assert "can no longer be read" in study.message


@pytest.mark.django_db
def test_who_only_looks_cannot_start_or_delete(assessment: Assessment) -> None:
    viewer = MembershipFactory(role=Role.VIEWER, organisation=assessment.organisation)
    client = Client()
    client.force_login(viewer.user)
    assert "needs the role editor" in client.get(address(assessment, "routing")).content.decode()
    assert client.post(address(assessment, "routing-new"), asked()).status_code == 403
    assert not RoutingStudy.objects.exists()


@pytest.mark.django_db
def test_programs_send_ask_and_delete(editor: Membership, assessment: Assessment) -> None:
    who = bearer(editor)
    client = Client(headers=who)
    wanted = asked(assessment=str(assessment.uuid), energy="small=40\nlarge=400")
    answer = client.post(API, wanted)
    assert answer.status_code == 202, answer.content
    services.run_routing(study_id=RoutingStudy.objects.get().pk)
    found = client.get(answer["Location"]).json()
    assert (found["state"], found["progress"]) == ("ready", 1.0)
    assert found["result"]["energy_provenance"] == "supplied for this what-if"
    refused = client.post(API, asked(b"a,b\n1,2\n", assessment=str(assessment.uuid)))
    assert refused.status_code == 422
    assert "/file" in refused.content.decode()
    elsewhere = MembershipFactory(role=Role.EDITOR)
    stranger = Client(headers=bearer(elsewhere))
    assert stranger.get(answer["Location"]).status_code == 404
    unknown = stranger.post(API, asked(assessment=str(assessment.uuid)))
    assert unknown.status_code == 422
    assert client.delete(answer["Location"]).status_code == 204
    assert not RoutingStudy.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_learns_it_and_says_how_far_it_is(
    browser: Client,
    assessment: Assessment,
    worker: subprocess.Popen[bytes],
) -> None:
    sent(browser, assessment)
    study = RoutingStudy.objects.get()
    until(lambda: not RoutingStudy.objects.get().is_open)
    study.refresh_from_db()
    assert (study.state, study.message, study.attempts, study.progress) == ("ready", "", 1, 1.0)
    assert study.result is not None
    assert study.result["queries"] == 120
