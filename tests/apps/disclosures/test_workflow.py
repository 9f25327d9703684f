"""From draft to published: who may do what, in which order, and what a change of inputs undoes."""

import re
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
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
