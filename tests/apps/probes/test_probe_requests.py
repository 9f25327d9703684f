"""Asking for probes, calling them off, giving up lost ones."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import AuditEvent, Membership
from apps.probes import services
from apps.probes.errors import InvalidProbe, NotCancellable, ProbeExtraMissing, TooManyProbes
from apps.probes.models import ProbeRequest, ProbeState
from apps.probes.services.execution import Attempt, claim
from apps.probes.services.requests import OPEN_LIMIT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("extra_installed")]
MakeProbe = Callable[..., ProbeRequest]


def ask(member: Membership, **changes: Any) -> ProbeRequest:
    values: dict[str, Any] = {"preset": "tiny", "precision": "bf16", **changes}
    return services.request_probe(organisation=member.organisation, actor=member.user, **values)


def test_a_probe_is_queued_logged_and_sent_once_committed(
    member: Membership, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        probe = ask(member)
    assert probe.state == ProbeState.QUEUED
    assert [callback.args for callback in callbacks] == [("probes.execute",)]
    assert callbacks[0].keywords["args"] == (probe.pk,)
    assert AuditEvent.objects.get(target_id=str(probe.uuid)).verb == "requested"


def test_a_double_click_asks_once(member: Membership) -> None:
    submission = uuid.uuid4()
    assert ask(member, submission=submission) == ask(member, submission=submission)
    assert ProbeRequest.objects.count() == 1


def test_the_same_submission_of_another_organisation_is_another_probe(
    member: Membership, stranger: Membership
) -> None:
    submission = uuid.uuid4()
    assert ask(member, submission=submission) != ask(stranger, submission=submission)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("preset", "huge"),
        ("preset", "ref-8b"),
        ("precision", "nf4"),
        ("precision", "fp3"),
        ("batch_size", 0),
        ("prompt_tokens", 10**9),
        ("time_limit_s", 4),
        ("time_limit_s", 3_601),
    ],
)
def test_an_impossible_probe_is_refused_at_its_field(
    member: Membership, field: str, value: Any
) -> None:
    with pytest.raises(InvalidProbe) as caught:
        ask(member, **{field: value})
    assert caught.value.field == field
    assert not ProbeRequest.objects.exists()


def test_without_the_packages_the_one_command_is_told(
    member: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.probes.selectors.missing_packages", lambda: ["torch"])
    with pytest.raises(ProbeExtraMissing, match="make probe"):
        ask(member)


def test_open_probes_are_limited_per_organisation(
    member: Membership, stranger: Membership, make_probe: MakeProbe
) -> None:
    for _ in range(OPEN_LIMIT):
        make_probe()
    with pytest.raises(TooManyProbes, match="cancel one"):
        ask(member)
    assert ask(stranger).state == ProbeState.QUEUED


def test_a_waiting_probe_is_cancelled_at_once(member: Membership, make_probe: MakeProbe) -> None:
    probe = services.cancel(request=make_probe(), actor=member.user)
    assert probe.state == ProbeState.CANCELLED
    assert probe.finished_at is not None
    assert claim(probe.pk) is None


def test_a_running_probe_is_asked_to_stop(member: Membership, make_probe: MakeProbe) -> None:
    probe = services.cancel(request=make_probe(state="running"), actor=member.user)
    assert probe.state == ProbeState.RUNNING
    assert probe.cancel_requested


@pytest.mark.parametrize("state", ["succeeded", "failed", "errored", "cancelled"])
def test_an_ended_probe_cannot_be_cancelled(
    member: Membership, make_probe: MakeProbe, state: str
) -> None:
    with pytest.raises(NotCancellable):
        services.cancel(request=make_probe(state=state), actor=member.user)


def test_a_probe_delivered_twice_is_claimed_once(make_probe: MakeProbe) -> None:
    probe = make_probe()
    first, second = claim(probe.pk), claim(probe.pk)
    assert first is not None
    assert first.number == 1
    assert second is None


def test_an_attempt_given_up_for_lost_can_no_longer_write(make_probe: MakeProbe) -> None:
    probe = make_probe()
    lost = claim(probe.pk)
    assert lost is not None
    services.reap(now=timezone.now() + timedelta(minutes=1))
    again = claim(probe.pk)
    assert again is not None
    assert (lost.number, again.number) == (1, 2)
    assert not lost.write(phase="decode")
    lost.finish(ProbeState.FAILED, "late")
    assert again.write(phase="prefill")
    probe.refresh_from_db()
    assert (probe.state, probe.phase, probe.message) == ("running", "prefill", "")


def test_a_silent_probe_is_queued_once_more_and_then_failed(
    make_probe: MakeProbe, django_capture_on_commit_callbacks: Any
) -> None:
    probe = make_probe()
    later = timezone.now() + timedelta(minutes=1)
    states = []
    for _ in range(2):
        assert claim(probe.pk) is not None
        with django_capture_on_commit_callbacks() as callbacks:
            assert services.reap(now=later) == 1
        probe.refresh_from_db()
        states.append((probe.state, len(callbacks)))
    assert states == [("queued", 1), ("failed", 0)]
    assert "look at its log" in probe.message
    assert services.reap(now=later) == 0


def test_a_silent_probe_that_was_to_stop_is_cancelled(make_probe: MakeProbe) -> None:
    probe = make_probe(state="running", attempts=1, cancel_requested=True)
    assert services.reap() == 1
    probe.refresh_from_db()
    assert probe.state == ProbeState.CANCELLED


def test_a_probe_that_gives_signs_of_life_is_left_alone(make_probe: MakeProbe) -> None:
    probe = make_probe()
    attempt = claim(probe.pk)
    assert isinstance(attempt, Attempt)
    assert services.reap() == 0


def test_a_probe_that_the_broker_lost_is_sent_again_every_ten_minutes(
    make_probe: MakeProbe, django_capture_on_commit_callbacks: Any
) -> None:
    make_probe()
    now = timezone.now()
    sent = []
    for minutes in (9, 11, 12, 22):
        with django_capture_on_commit_callbacks() as callbacks:
            services.reap(now=now + timedelta(minutes=minutes))
        sent.append(len(callbacks))
    assert sent == [0, 1, 0, 1]
