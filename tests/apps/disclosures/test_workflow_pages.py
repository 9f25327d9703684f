"""The way of a report on its pages: forms, checklist, particulars, evidence, and who sees what."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.accounts.models import Role
from apps.disclosures import services
from apps.disclosures.models import (
    Disclosure,
    EvidenceFile,
    Status,
)
from tests.disclosing import FORM, complete, person, released
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(study):
    complete(study)
    return services.submit(assessment=study, actor=person(study, Role.EDITOR))


def place(name, study, *more):
    return reverse(f"disclosures:{name}", args=[study.organisation.slug, study.slug, *more])


def test_the_whole_way_on_the_pages(study, client):
    complete(study)
    client.force_login(person(study, Role.EDITOR))
    assert client.post(place("submit", study)).status_code == 302
    client.force_login(person(study, Role.REVIEWER))
    review = place("review", study, 1)
    comment = {"section": "method", "severity": "minor", "text": "Say <b>which</b> GWP set."}
    client.post(place("comment", study, 1), comment)
    text = client.get(review).content.decode()
    assert "Say &lt;b&gt;which&lt;/b&gt; GWP set." in text
    tests = {f"{key}_answer": "yes" for key in FORM["tests"]}
    signing = {key: value for key, value in FORM.items() if key != "tests"} | tests
    assert client.post(review, signing).status_code == 302
    client.force_login(person(study, Role.OWNER))
    client.post(place("approve", study, 1))
    page = client.post(place("publish", study, 1), follow=True).content.decode()
    assert "The report can now be read by anybody" in page
    assert study.snapshots.get().status == Status.PUBLISHED


def test_a_review_that_failed_a_test_cannot_pass(study, submitted, client):
    client.force_login(person(study, Role.REVIEWER))
    tests = {f"{key}_answer": "yes" for key in FORM["tests"]} | {"methods_valid_answer": "no"}
    signing = {key: value for key, value in FORM.items() if key != "tests"} | tests
    answer = client.post(place("review", study, 1), signing)
    assert answer.status_code == 422
    assert "so changes are needed" in answer.content.decode()
    assert "Say why." in answer.content.decode()


def test_an_editor_sees_no_form_to_sign_what_they_prepared(study, submitted, client):
    client.force_login(person(study, Role.EDITOR))
    text = client.get(place("review", study, 1)).content.decode()
    assert "somebody else reviews it" in text
    assert "Sign the review" not in text


def test_the_checklist_leads_to_the_place_where_each_thing_is_mended(study, client):
    services.freeze(assessment=study, actor=None)
    client.force_login(person(study, Role.EDITOR))
    text = client.get(place("checklist", study, 1)).content.decode()
    assert "must be there before it can be published" in text
    assert place("particulars", study) in text
    assert re.search(r"It is \d+\s*%", text)


def test_particulars_are_kept_and_a_light_colour_is_refused(study, client):
    client.force_login(person(study, Role.EDITOR))
    form = {
        "contact": "a@example.org",
        "language": "en",
        "licence": "CC BY 4.0",
        "valid_years": 3,
        "restatement_percent": 5,
    }
    answer = client.post(place("particulars", study), form | {"accent": "#ffff00"})
    assert answer.status_code == 422
    assert "too light" in answer.content.decode()
    assert client.post(place("particulars", study), form | {"accent": "#114477"}).status_code == 302
    assert Disclosure.objects.get(assessment=study).accent == "#114477"


def test_a_stale_edit_of_the_particulars_is_refused(study, client):
    complete(study)
    client.force_login(person(study, Role.EDITOR))
    form = {
        "language": "en",
        "licence": "CC BY 4.0",
        "valid_years": 3,
        "restatement_percent": 5,
        "version": 1,
    }
    assert (
        client.post(place("particulars", study), form | {"conclusions": "One."}).status_code == 302
    )
    answer = client.post(place("particulars", study), form | {"conclusions": "Two."})
    assert answer.status_code == 422
    assert "changed this since you opened it" in answer.content.decode()


def png(size=(900, 300)):
    import io

    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", size, "#114477").save(made, "PNG", pnginfo=None)
    return made.getvalue()


def test_a_logo_is_drawn_anew_and_anything_else_refused(study, client):
    client.force_login(person(study, Role.EDITOR))
    hostile = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for content in (hostile, b"\x89PNG\r\n\x1a\nnothing", b"x" * 2_100_000):
        sent = {"logo": SimpleUploadedFile("logo.png", content)}
        text = client.post(place("logo", study), sent, follow=True).content.decode()
        assert "The logo is" in text
        assert "The logo is kept" not in text
    original = png() + b"hidden words"
    client.post(place("logo", study), {"logo": SimpleUploadedFile("logo.png", original)})
    with Disclosure.objects.get(assessment=study).logo.open("rb") as kept:
        assert b"hidden words" not in kept.read()


def test_evidence_is_hashed_listed_and_then_stays(study, client):
    client.force_login(person(study, Role.EDITOR))
    sent = {
        "title": "Meter export",
        "kind": "meter",
        "confidentiality": "public",
        "period_start": "2024-01-01",
        "period_end": "2024-12-31",
        "sent": SimpleUploadedFile("meter.csv", b"hour,kWh\n0,1\n"),
    }
    assert client.post(place("evidence", study), sent).status_code == 302
    row = EvidenceFile.objects.get()
    report = released(study)
    [listed] = report.read()["evidence_files"]
    assert listed["sha256"] == row.sha256
    text = client.post(place("remove_evidence", study, row.uuid), follow=True).content.decode()
    assert "lists it, so it stays" in text
    public = reverse("disclosures:public_evidence", args=[study.slug, report.number, row.sha256])
    client.logout()
    assert client.get(public).content == b"hour,kWh\n0,1\n"


def test_confidential_evidence_is_for_reviewers_and_its_own_organisation(study, client):
    row = EvidenceFile(
        organisation=study.organisation, assessment=study, title="Invoice", kind="invoice"
    )
    services.add_evidence(
        evidence=row,
        file=SimpleUploadedFile("i.txt", b"secret"),
        name="i.txt",
        actor=person(study, Role.EDITOR),
    )
    report = released(study)
    public = reverse("disclosures:public_evidence", args=[study.slug, report.number, row.sha256])
    assert client.get(public).status_code == 404
    own = place("evidence_file", study, row.uuid)
    for role, status in ((Role.VIEWER, 403), (Role.REVIEWER, 200)):
        client.force_login(person(study, role))
        assert client.get(own).status_code == status
    client.force_login(MembershipFactory(role=Role.OWNER).user)
    assert client.get(own).status_code == 404


def test_evidence_and_logo_go_with_their_assessment(
    study, client, django_capture_on_commit_callbacks
):
    client.force_login(person(study, Role.EDITOR))
    client.post(place("logo", study), {"logo": SimpleUploadedFile("logo.png", png())})
    file = SimpleUploadedFile("meter.csv", b"hour,kWh\n0,1\n")
    sent = {"title": "Meter", "kind": "meter", "confidentiality": "public", "sent": file}
    client.post(place("evidence", study), sent)
    kept = [EvidenceFile.objects.get().file, Disclosure.objects.get(assessment=study).logo]
    assert [file.storage.exists(file.name) for file in kept] == [True, True]
    with django_capture_on_commit_callbacks(execute=True):
        study.delete()
    assert [file.storage.exists(file.name) for file in kept] == [False, False]


def test_a_neighbour_reaches_nothing_of_the_review(study, submitted, client):
    client.force_login(MembershipFactory(role=Role.OWNER).user)
    for name in ("review", "checklist"):
        assert client.get(place(name, study, 1)).status_code == 404
    for name in ("approve", "publish", "comment"):
        assert client.post(place(name, study, 1)).status_code == 404
    assert client.get(place("particulars", study)).status_code == 404
