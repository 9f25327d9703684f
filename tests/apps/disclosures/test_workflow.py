"""From draft to published: who may do what, in which order, and what a change of inputs undoes."""

import re
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connections, transaction
from django.urls import reverse

from apps.accounts.models import AuditEvent, Membership, Role
from apps.assessments.models import Assessment
from apps.assessments.services import update
from apps.disclosures import selectors, services
from apps.disclosures.errors import (
    GateClosed,
    InputsChanged,
    SamePerson,
    Unanswered,
    WrongStatus,
)
from apps.disclosures.models import (
    ChangeKind,
    Disclosure,
    EvidenceFile,
    Snapshot,
    Status,
)
from apps.factors.services import load_release
from apps.factors.services.releases import DEFAULT_FOLDER
from tests.disclosing import FORM, approved, complete, person, released
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(study):
    complete(study)
    return services.submit(assessment=study, actor=person(study, Role.EDITOR))


def change_inputs(study):
    study.runs.filter(name="OLMo 2 7B").update(energy_kwh=314_000)


def test_three_people_publish_and_each_is_named_in_the_data(study):
    report = released(study)
    publication = report.read()["publication"]
    assert report.status == Status.PUBLISHED
    assert [row["act"] for row in publication["signatures"]] == ["prepared", "reviewed", "approved"]
    assert publication["review"]["sha256"] == publication["signed_sha256"] == report.signed_sha256
    verbs = AuditEvent.objects.filter(target_id=str(report.uuid)).values_list("verb", flat=True)
    assert set(verbs) >= {"froze", "submitted", "passed the review of", "approved", "published"}


def test_who_prepared_cannot_review_even_after_a_change_of_role(study, submitted):
    editor = Membership.objects.get(organisation=study.organisation, role=Role.EDITOR)
    editor.role = Role.REVIEWER
    editor.save()
    with pytest.raises(SamePerson, match="somebody else must review"):
        services.sign(snapshot=submitted, actor=editor.user, form=FORM)


def test_an_edit_long_ago_makes_a_preparer_by_the_audit_log(study):
    turncoat = MembershipFactory(organisation=study.organisation, role=Role.EDITOR)
    site = study.sites.get()
    site.pue = 1.3
    update(record=site, expected_version=site.version, actor=turncoat.user)
    turncoat.role = Role.REVIEWER
    turncoat.save()
    complete(study)
    other = MembershipFactory(organisation=study.organisation, role=Role.EDITOR)
    snapshot = services.submit(assessment=study, actor=other.user)
    with pytest.raises(SamePerson):
        services.sign(snapshot=snapshot, actor=turncoat.user, form=FORM)


def test_a_reviewer_cannot_approve_nor_can_a_preparer(study, submitted):
    reviewer = person(study, Role.REVIEWER)
    services.sign(snapshot=submitted, actor=reviewer, form=FORM)
    with pytest.raises(SamePerson, match="You reviewed"):
        services.approve(snapshot=submitted, actor=reviewer)
    with pytest.raises(SamePerson, match="preparing"):
        services.approve(snapshot=submitted, actor=person(study, Role.EDITOR))


def test_nothing_is_approved_without_a_review_nor_published_without_approval(study, submitted):
    with pytest.raises(WrongStatus, match="has none"):
        services.approve(snapshot=submitted, actor=person(study, Role.OWNER))
    with pytest.raises(WrongStatus, match="Only an approved report"):
        services.publish(snapshot=submitted, actor=None)


@pytest.mark.parametrize("moment", ["review", "approval", "publication"])
def test_a_change_of_inputs_after_submission_returns_the_report_to_draft(study, moment):
    if moment == "publication":
        report = approved(study)
        change_inputs(study)
        with pytest.raises(InputsChanged, match="went back to draft"):
            services.publish(snapshot=report, actor=None)
    else:
        complete(study)
        report = services.submit(assessment=study, actor=person(study, Role.EDITOR))
        if moment == "approval":
            services.sign(snapshot=report, actor=person(study, Role.REVIEWER), form=FORM)
        change_inputs(study)
        reviewer, owner = person(study, Role.REVIEWER), person(study, Role.OWNER)
        step = {
            "review": lambda: services.sign(snapshot=report, actor=reviewer, form=FORM),
            "approval": lambda: services.approve(snapshot=report, actor=owner),
        }[moment]
        with pytest.raises(InputsChanged):
            step()
    report.refresh_from_db()
    assert report.status == Status.DRAFT
    assert AuditEvent.objects.filter(verb="returned to draft").count() == 1


def test_another_factor_release_returns_an_approved_report_to_draft(study, tmp_path):
    report = approved(study)
    shutil.copytree(DEFAULT_FOLDER, tmp_path / "later")
    about = tmp_path / "later" / "release.toml"
    about.write_text(re.sub(r"(?m)^label = .*$", 'label = "later"', about.read_text()))
    defaults = tmp_path / "later" / "defaults.csv"
    text = defaults.read_text("utf-8")
    assert "681 respondents" in text
    defaults.write_text(text.replace("681 respondents", "681 answers"), "utf-8")
    later = load_release(path=tmp_path / "later")
    assert study.release_id != later.pk
    Assessment.objects.filter(pk=study.pk).update(release=later)
    report.refresh_from_db()
    fresh = Snapshot.objects.select_related("assessment__release").get(pk=report.pk)
    with pytest.raises(InputsChanged):
        services.publish(snapshot=fresh, actor=None)
    assert fresh.status == Status.DRAFT


def test_looking_at_an_approved_report_returns_it_when_inputs_changed(study, client):
    report = approved(study)
    change_inputs(study)
    client.force_login(person(study, Role.OWNER))
    place = [study.organisation.slug, study.slug, report.number]
    text = client.get(reverse("disclosures:numbered", args=place)).content.decode()
    assert "Draft, not published" in text


def test_changes_that_are_requested_lead_to_another_snapshot(study, submitted):
    reviewer = person(study, Role.REVIEWER)
    services.sign(snapshot=submitted, actor=reviewer, form=FORM | {"outcome": "changes"})
    submitted.refresh_from_db()
    assert submitted.status == Status.CHANGES_REQUESTED
    change_inputs(study)
    again = services.submit(assessment=study, actor=person(study, Role.EDITOR))
    assert (again.number, again.status) == (2, Status.IN_REVIEW)


def test_an_open_major_comment_holds_the_review_up(study, submitted):
    reviewer, editor = person(study, Role.REVIEWER), person(study, Role.EDITOR)
    form = {"section": "water", "figure": "", "severity": "major", "text": "Whose EWIF is it?"}
    made = services.comment(snapshot=submitted, actor=reviewer, form=form)
    assert made.number == 1
    with pytest.raises(Unanswered, match="1"):
        services.sign(snapshot=submitted, actor=reviewer, form=FORM)
    services.respond(comment=made, actor=editor, text="The grid operator's.")
    with pytest.raises(SamePerson):
        services.resolve(comment=made, actor=editor, text="Done.")
    services.resolve(comment=made, actor=reviewer, text="Accepted.")
    services.sign(snapshot=submitted, actor=reviewer, form=FORM)
    services.approve(snapshot=submitted, actor=person(study, Role.OWNER))
    [kept] = services.publish(snapshot=submitted, actor=None).read()["publication"]["comments"]
    assert (kept["response"], kept["resolution"]) == ("The grid operator's.", "Accepted.")


def test_a_correction_names_its_predecessor_and_supersedes_it(study):
    first = released(study)
    change_inputs(study)
    second = released(study, reason="The meter had been read twice.")
    first.refresh_from_db()
    publication = second.read()["publication"]
    assert first.status == Status.SUPERSEDED
    assert publication["predecessor"]["sha256"] == first.sha256
    assert publication["is_restatement"] is True
    [climate] = [row for row in publication["changes"] if row["category"] == "gwp_location"]
    assert climate["change_percent"] > 5


def test_a_new_period_leaves_the_report_before_it_standing(study):
    first = released(study)
    change_inputs(study)
    complete(study)
    second = services.submit(
        assessment=study,
        actor=person(study, Role.EDITOR),
        kind=ChangeKind.PERIOD,
        reason="Another year.",
    )
    services.sign(snapshot=second, actor=person(study, Role.REVIEWER), form=FORM)
    services.approve(snapshot=second, actor=person(study, Role.OWNER))
    services.publish(snapshot=second, actor=None)
    first.refresh_from_db()
    assert first.status == Status.PUBLISHED
    assert second.read()["publication"]["is_restatement"] is False
    assert selectors.public(study.slug).number == 2


def test_the_same_again_is_not_submitted_and_says_why(study):
    report, editor = approved(study), person(study, Role.EDITOR)
    with pytest.raises(WrongStatus, match="under review or approved already"):
        services.submit(assessment=study, actor=editor)
    services.publish(snapshot=report, actor=None)
    with pytest.raises(WrongStatus, match="Nothing has changed since report 1"):
        services.submit(
            assessment=study, actor=editor, kind=ChangeKind.CORRECTION, reason="Once more."
        )


def test_another_report_needs_a_kind_and_a_reason(study):
    released(study)
    change_inputs(study)
    with pytest.raises(WrongStatus, match="corrects it or covers a new period"):
        services.submit(assessment=study, actor=person(study, Role.EDITOR))


def test_the_gate_names_what_is_missing(study):
    complete(study)
    Disclosure.objects.filter(assessment=study).update(conclusions="", contact="")
    report = approved(study)
    with pytest.raises(GateClosed) as caught:
        services.publish(snapshot=report, actor=None)
    assert "A2 Somebody answers" in caught.value.message
    assert "H1 Conclusions" in caught.value.message
    report.refresh_from_db()
    assert report.status == Status.APPROVED


def test_the_database_lets_nothing_published_be_rewritten(study):
    report = released(study)
    for values in ({"document": b"{}"}, {"status": Status.APPROVED}, {"published_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Snapshot.objects.filter(pk=report.pk).update(**values)
    [file, *_] = services.file_all(snapshot_id=report.pk)
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        report.files.filter(pk=file.pk).update(sha256="0" * 64)
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        report.files.filter(pk=file.pk).delete()


def test_a_state_cannot_be_skipped_even_by_plain_sql(study):
    draft = services.freeze(assessment=study, actor=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Snapshot.objects.filter(pk=draft.pk).update(
            status=Status.PUBLISHED, published_at="2026-01-01T00:00:00Z"
        )


def test_letters_go_to_those_whose_turn_it_is(study):
    reviewer, owner = person(study, Role.REVIEWER), person(study, Role.OWNER)
    complete(study)
    editor = person(study, Role.EDITOR)
    report = services.submit(assessment=study, actor=editor)
    services.write(snapshot_id=report.pk, what="submitted", actor_id=editor.pk)
    assert {letter.to[0] for letter in mail.outbox} == {reviewer.email, owner.email}
    assert "submitted for review" in mail.outbox[0].subject


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_publish_once(release, study):
    report = approved(study)

    def publish(_):
        try:
            mine = Snapshot.objects.select_related("assessment", "organisation").get(pk=report.pk)
            return services.publish(snapshot=mine, actor=None).status
        except WrongStatus:
            return "too late"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(publish, range(2)))
    assert Status.PUBLISHED in outcomes
    assert AuditEvent.objects.filter(verb="published").count() == 1
    services.withdraw(
        snapshot=Snapshot.objects.get(pk=report.pk), actor=None, reason="So that tests can tidy up."
    )


def test_the_command_publishes_what_is_approved_and_says_what_is_not(study, capsys):
    with pytest.raises(CommandError, match="No report of it was submitted"):
        call_command("publish", study.slug)
    services.freeze(assessment=study, actor=None)
    with pytest.raises(CommandError, match="Only an approved report"):
        call_command("publish", study.slug)
    report = approved(study)
    call_command("publish", study.slug)
    report.refresh_from_db()
    assert report.status == Status.PUBLISHED
    assert "report.pdf" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no assessment"):
        call_command("publish", "nothing")


# On the pages


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


def test_a_neighbour_reaches_nothing_of_the_review(study, submitted, client):
    client.force_login(MembershipFactory(role=Role.OWNER).user)
    for name in ("review", "checklist"):
        assert client.get(place(name, study, 1)).status_code == 404
    for name in ("approve", "publish", "comment"):
        assert client.post(place(name, study, 1)).status_code == 404
    assert client.get(place("particulars", study)).status_code == 404
