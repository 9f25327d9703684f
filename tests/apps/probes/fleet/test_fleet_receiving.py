"""What the server makes of what hosts send."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Membership
from apps.probes import services
from apps.probes.errors import InvalidResult
from apps.probes.models import Measurement, ProbeHost, ProbeRequest
from apps.probes.services.hosts import signing_key
from lca.broker import connect
from lca.measure.worker.messages import Untrusted, sign
from tests.apps.probes.fleet.conftest import OwnRedis

pytestmark = pytest.mark.django_db
Document = dict[str, Any]
MakeDocument = Callable[..., Document]


@pytest.fixture
def probe(member: Membership, host: ProbeHost) -> ProbeRequest:
    """What ``make_document`` answers."""
    made = services.request_probe(
        organisation=member.organisation,
        actor=member.user,
        host=host,
        preset="tiny",
        precision="fp4",
        prompt_tokens=100,
        output_tokens=10,
        repeats=2,
    )
    made.refresh_from_db()
    return made


def result(probe: ProbeRequest, document: Document | None, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "result",
        "id": str(uuid.uuid4()),
        "probe": str(probe.uuid),
        "attempt": 1,
        "outcome": "succeeded" if document else "failed",
        "message": "",
        "document": document,
        "age_s": 0.0,
        **changes,
    }


def deliver(host: ProbeHost, body: dict[str, Any], **options: Any) -> services.Receipt:
    return services.receive(host, sign(body, signing_key(host)), **options)


def test_a_result_posted_twice_is_stored_once(
    host: ProbeHost, probe: ProbeRequest, make_document: MakeDocument
) -> None:
    body = result(probe, make_document())
    receipts = [deliver(host, body) for _ in range(2)]
    assert [receipt.stored for receipt in receipts] == [True, True]
    assert receipts[1].message == "stored before"
    assert Measurement.objects.count() == 1
    probe.refresh_from_db()
    assert (probe.state, probe.measurement) == ("succeeded", Measurement.objects.get())


def test_the_host_is_told_even_if_the_result_comes_under_another_id(
    host: ProbeHost, probe: ProbeRequest, make_document: MakeDocument
) -> None:
    document = make_document()
    assert all(deliver(host, result(probe, document)).stored for _ in range(2))
    assert Measurement.objects.count() == 1


@pytest.mark.parametrize("created", ["1999-01-01T00:00:00+00:00", "2099-01-01T00:00:00+00:00"])
def test_a_wrong_clock_of_the_host_does_not_matter(
    host: ProbeHost, probe: ProbeRequest, make_document: MakeDocument, created: str
) -> None:
    begun = datetime(2026, 3, 1, 12, tzinfo=UTC)
    ProbeRequest.objects.filter(pk=probe.pk).update(started_at=begun)
    document = {**make_document(), "created_at": created}
    deliver(host, result(probe, document, age_s=60.0), now=begun + timedelta(hours=1))
    assert Measurement.objects.get().measured_at == begun + timedelta(minutes=59)


def test_no_age_puts_a_measurement_before_its_probe(
    host: ProbeHost, probe: ProbeRequest, make_document: MakeDocument
) -> None:
    deliver(host, result(probe, make_document(), age_s=1e300))
    assert Measurement.objects.get().measured_at == probe.created_at


def test_what_the_host_did_not_sign_is_not_taken(
    host: ProbeHost, probe: ProbeRequest, make_document: MakeDocument
) -> None:
    body = result(probe, make_document())
    message = json.loads(sign(body, signing_key(host)))
    forged = [
        sign(body, "another key"),
        json.dumps({**message, "body": message["body"].replace("tiny", "ref-1b")}),
        json.dumps({"body": message["body"]}),
        "no JSON",
        b"\xff\xfe",
        "[]",
        "[" * 100_000,
    ]
    for text in forged:
        with pytest.raises(Untrusted):
            services.receive(host, text)
    assert Measurement.objects.count() == 0


def test_a_key_from_before_the_last_joining_is_too_old(
    host: ProbeHost, probe: ProbeRequest, make_document: MakeDocument
) -> None:
    message = sign(result(probe, make_document()), signing_key(host))
    services.renew_token(host=host, actor=None)
    with pytest.raises(Untrusted):
        services.receive(host, message)


@pytest.mark.parametrize(
    ("field", "value"),
    [("id", 7), ("id", "x"), ("attempt", 0), ("outcome", "won"), ("age_s", -1), ("extra", 1)],
)
def test_a_message_of_another_form_is_no_result(
    host: ProbeHost, probe: ProbeRequest, field: str, value: object
) -> None:
    with pytest.raises(InvalidResult):
        deliver(host, {**result(probe, None), field: value})


def test_a_document_that_was_altered_is_refused_and_the_probe_fails(
    host: ProbeHost, probe: ProbeRequest, make_document: MakeDocument
) -> None:
    document = make_document()
    document["results"]["decode"]["joules_per_token"]["mean"] *= 0.5
    receipt = deliver(host, result(probe, document))
    assert not receipt.stored
    assert "does not follow from the windows" in receipt.message
    probe.refresh_from_db()
    assert probe.state == "failed"
    assert "refused" in probe.message


def test_a_document_about_another_load_is_refused(
    host: ProbeHost, probe: ProbeRequest, make_document: MakeDocument
) -> None:
    document = make_document()
    document["request"]["batch_size"] = 8
    assert "batch_size" in deliver(host, result(probe, document)).message
    assert Measurement.objects.count() == 0


def test_a_host_cannot_answer_for_another(
    member: Membership, host: ProbeHost, probe: ProbeRequest, make_document: MakeDocument
) -> None:
    other, _ = services.add_host(organisation=member.organisation, actor=None, name="Rack 2")
    assert "never asked" in deliver(other, result(probe, make_document())).message
    probe.refresh_from_db()
    assert probe.state == "queued"


def test_a_measurement_that_comes_late_is_not_lost(
    host: ProbeHost, probe: ProbeRequest, make_document: MakeDocument
) -> None:
    long_ago = timezone.now() - timedelta(minutes=5)
    ProbeRequest.objects.filter(pk=probe.pk).update(state="running", heartbeat_at=long_ago)
    services.reap()
    probe.refresh_from_db()
    assert (probe.state, probe.attempts) == ("queued", 2)
    deliver(host, result(probe, make_document(), attempt=1))
    probe.refresh_from_db()
    assert probe.state == "succeeded"


def test_the_end_of_an_older_attempt_does_not_end_the_newer(
    host: ProbeHost, probe: ProbeRequest
) -> None:
    ProbeRequest.objects.filter(pk=probe.pk).update(attempts=2)
    deliver(host, result(probe, None, attempt=1, message="The meter read NaN."))
    probe.refresh_from_db()
    assert probe.state == "queued"
    deliver(host, result(probe, None, attempt=2, message="The meter read NaN."))
    probe.refresh_from_db()
    assert (probe.state, probe.message) == ("failed", "The meter read NaN.")


def test_a_cancelled_probe_records_nothing(
    member: Membership, host: ProbeHost, probe: ProbeRequest, make_document: MakeDocument
) -> None:
    services.cancel(request=probe, actor=member.user)
    receipt = deliver(host, result(probe, make_document()))
    assert (receipt.stored, Measurement.objects.count()) == (True, 0)


def pulse(redis: OwnRedis, host: ProbeHost, **doing: Any) -> None:
    body = {"kind": "pulse", "clock": 0.0, "probe": None, **doing}
    connect(redis.url).set(f"{host.key_prefix}pulse", sign(body, signing_key(host)))


def test_pulses_become_progress_and_old_work_is_told_to_stop(
    redis: OwnRedis, host: ProbeHost, probe: ProbeRequest
) -> None:
    server = connect(redis.url)
    doing = {"probe": str(probe.uuid), "attempt": 1, "phase": "decode", "progress": 0.5}
    pulse(redis, host, **doing)
    services.listen(server)
    probe.refresh_from_db()
    assert (probe.state, probe.phase, probe.progress) == ("running", "decode", 0.5)
    stop = f"{host.key_prefix}stop:{probe.uuid}:1"
    assert not server.exists(stop)
    ProbeRequest.objects.filter(pk=probe.pk).update(cancel_requested=True)
    services.listen(server)
    assert server.exists(stop)


def test_a_pulse_far_off_in_time_is_noticed_and_harmless(redis: OwnRedis, host: ProbeHost) -> None:
    ProbeHost.objects.filter(pk=host.pk).update(last_seen_at=timezone.now() - timedelta(hours=1))
    pulse(redis, host)
    services.listen(connect(redis.url))
    host.refresh_from_db()
    assert (host.state, host.clock_is_wrong) == ("online", True)


def test_an_order_that_the_broker_lost_is_sent_again(
    redis: OwnRedis, host: ProbeHost, probe: ProbeRequest, django_capture_on_commit_callbacks: Any
) -> None:
    server = connect(redis.url)
    pulse(redis, host)
    ProbeRequest.objects.update(queued_at=timezone.now() - timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        services.listen(server)
    probe.refresh_from_db()
    assert (probe.attempts, server.llen(f"{host.key_prefix}jobs")) == (2, 1)
    ProbeRequest.objects.update(queued_at=timezone.now() - timedelta(minutes=1))
    services.listen(server)
    probe.refresh_from_db()
    assert probe.attempts == 2, "it waits in the queue"


def test_a_host_that_never_begins_does_not_keep_a_probe_for_ever(
    redis: OwnRedis, host: ProbeHost, probe: ProbeRequest
) -> None:
    pulse(redis, host)
    long_ago = timezone.now() - timedelta(minutes=1)
    ProbeRequest.objects.update(queued_at=long_ago, attempts=10)
    services.listen(connect(redis.url))
    probe.refresh_from_db()
    assert probe.state == "failed"
    assert "Look at its log" in probe.message


@pytest.mark.parametrize("key", ["pulse", "outbox"])
@pytest.mark.parametrize("junk", [b"\xff", b"{}", b"null"])
def test_junk_from_one_host_keeps_nobody_else_back(
    redis: OwnRedis, member: Membership, host: ProbeHost, key: str, junk: bytes
) -> None:
    server = connect(redis.url)
    other, _ = services.add_host(organisation=member.organisation, actor=None, name="Zebra")
    services.join(
        host=other, told={"devices": [], "probe_version": "1", "python": "", "packages": {}}
    )
    ProbeHost.objects.update(last_seen_at=None)
    server.set(f"{host.key_prefix}{key}", junk)
    server.rpush(f"{host.key_prefix}{'pulse' if key == 'outbox' else 'outbox'}", junk)
    pulse(redis, other)
    services.listen(server)
    other.refresh_from_db()
    assert other.state == "online"


def test_the_server_answers_with_a_receipt_and_empties_the_outbox(
    redis: OwnRedis, host: ProbeHost, probe: ProbeRequest, make_document: MakeDocument
) -> None:
    server = connect(redis.url)
    body = result(probe, make_document())
    server.rpush(f"{host.key_prefix}outbox", sign(body, signing_key(host)))
    services.listen(server)
    receipt = json.loads(server.get(f"{host.key_prefix}receipt:{body['id']}"))
    assert receipt["stored"] is True
    assert server.llen(f"{host.key_prefix}outbox") == 0


def test_a_fault_of_the_servers_keeps_the_message(
    redis: OwnRedis,
    host: ProbeHost,
    probe: ProbeRequest,
    make_document: MakeDocument,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fault(*_: object, **__: object) -> None:
        message = "disk full"
        raise OSError(message)

    server = connect(redis.url)
    monkeypatch.setattr("apps.probes.services.receiving.record_measurement", fault)
    server.rpush(
        f"{host.key_prefix}outbox", sign(result(probe, make_document()), signing_key(host))
    )
    services.listen(server)
    assert server.llen(f"{host.key_prefix}outbox") == 1
