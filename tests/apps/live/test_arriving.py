"""Counters as they arrive: pushed by OpenTelemetry's own exporter, fetched from a real HTTP server, shown by events."""

import gzip
import http.server
import json
import threading
import zlib
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import Counter as SdkCounter
from opentelemetry.sdk.metrics import Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, PeriodicExportingMetricReader

from apps.accounts.models import Role
from apps.factors.services import load_release
from apps.live import services, stream
from apps.live.models import HourlyUse, LiveService
from tests.apps.live.conftest import J_IN, J_OUT, PUE, followed, make_deployment, point
from tests.factories import MembershipFactory, bearer

DELTAS = {
    SdkCounter: AggregationTemporality.DELTA,
    Histogram: AggregationTemporality.DELTA,
}


class Chat:
    """A service that counts its tokens with OpenTelemetry's SDK and pushes them."""

    def __init__(self, url, token, *, temporality=None, compression=Compression.Gzip):
        exporter = OTLPMetricExporter(
            endpoint=url,
            headers={"Authorization": f"Bearer {token}"},
            preferred_temporality=temporality,
            compression=compression,
        )
        self.reader = PeriodicExportingMetricReader(exporter, export_interval_millis=3_600_000)
        self.provider = MeterProvider([self.reader], shutdown_on_exit=False)
        meter = self.provider.get_meter("gen_ai")
        self.usage = meter.create_histogram("gen_ai.client.token.usage", "{token}")
        self.taken = meter.create_histogram("gen_ai.client.operation.duration", "s")

    def answer(self, tokens_in, tokens_out):
        self.usage.record(tokens_in, {"gen_ai.token.type": "input"})
        self.usage.record(tokens_out, {"gen_ai.token.type": "output"})
        self.taken.record(0.2, {})

    def push(self):
        assert self.provider.force_flush()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("temporality", [None, DELTAS], ids=["cumulative", "delta"])
@pytest.mark.parametrize("compression", [Compression.Gzip, Compression.NoCompression])
def test_an_unmodified_exporter_is_counted_and_valued(
    live_server, system, token, temporality, compression
):
    cache.clear()
    service = followed(
        system, make_deployment(system, load_release()), timezone.now() - timedelta(minutes=5)
    )
    chat = Chat(
        f"{live_server.url}/otlp/{service.uuid}/v1/metrics",
        token,
        temporality=temporality,
        compression=compression,
    )
    for _ in range(3):
        chat.answer(100, 40)
        chat.push()
    chat.provider.shutdown()
    rows = list(HourlyUse.objects.filter(service=service))
    assert sum(row.prompt_tokens for row in rows) == pytest.approx(300)
    assert sum(row.output_tokens for row in rows) == pytest.approx(120)
    assert sum(row.requests for row in rows) == pytest.approx(3)
    kwh = (300 * J_IN + 120 * J_OUT) * PUE / 3.6e6
    assert sum(row.kwh for row in rows) == pytest.approx(kwh)


@pytest.fixture
def push(client, service, token):
    def push(content, kind="application/json", service=service, token=token, **headers):
        return client.post(
            f"/otlp/{service.uuid}/v1/metrics",
            content,
            content_type=kind,
            headers={"Authorization": f"Bearer {token}", **headers},
        )

    return push


def usage(value, name="vllm:generation_tokens", at=None):
    at = at or timezone.now()
    ns = str(int(at.timestamp() * 1e9))
    data = {"aggregationTemporality": 1, "isMonotonic": True}
    point = {"timeUnixNano": ns, "asInt": str(value)}
    metric = {"name": name, "sum": {**data, "dataPoints": [point]}}
    return json.dumps({"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric]}]}]}).encode()


def test_a_repeated_message_counts_once_and_a_second_family_is_told(push):
    content = usage(70)
    for _ in range(2):
        answer = push(content)
        assert (answer.status_code, answer.json()) == (200, {})
    assert HourlyUse.objects.get().output_tokens == 70
    answer = push(usage(70, "gen_ai.client.inference.usage.output_tokens"))
    assert answer.status_code == 200
    assert "again" in answer.json()["partialSuccess"]["errorMessage"]


BAD = {
    "nothing": (b"{}", {}, 200),
    "a list": (b"[]", {}, 400),
    "a number": (b'{"resourceMetrics": 7}', {}, 400),
    "braces": (b"{" * 500, {}, 400),
    "bytes": (b"\x00\xff", {}, 400),
    "gzip": (gzip.compress(b"{}"), {"Content-Encoding": "gzip"}, 200),
    "deflate": (zlib.compress(b"{}"), {"Content-Encoding": "deflate"}, 200),
    "no gzip": (b"{}", {"Content-Encoding": "gzip"}, 400),
    "torn gzip": (gzip.compress(b"{}")[:-6], {"Content-Encoding": "gzip"}, 400),
    "unknown packing": (b"{}", {"Content-Encoding": "zstd"}, 400),
    "a bomb": (gzip.compress(b" " * 25_000_000), {"Content-Encoding": "gzip"}, 413),
}


@pytest.mark.parametrize(("content", "headers", "status"), BAD.values(), ids=BAD)
def test_bad_messages_are_refused_and_never_fail(push, content, headers, status):
    answer = push(content, **headers)
    assert answer.status_code == status
    assert not HourlyUse.objects.exists()


def test_protobuf_that_is_none_is_refused(push):
    answer = push(b"\x0a\xff\xff", "application/x-protobuf")
    assert answer.status_code == 400
    assert "OTLP" in answer.json()["detail"]
    assert push(b"", "application/x-protobuf").status_code == 200
    assert push(b"a,b", "text/csv").status_code == 415


def test_strangers_and_readers_cannot_push(push, service):
    other = MembershipFactory(role=Role.EDITOR)
    secret = bearer(other)["Authorization"].removeprefix("Bearer ")
    assert push(usage(1), token=secret).status_code == 404
    assert push(usage(1), token="nonsense").status_code == 401
    reader = MembershipFactory(role=Role.VIEWER, organisation=service.organisation)
    secret = bearer(reader)["Authorization"].removeprefix("Bearer ")
    assert push(usage(1), token=secret).status_code == 403


class Page(http.server.BaseHTTPRequestHandler):
    """A page of metrics, as the test last set it."""

    text, status = "", 200

    def do_GET(self):
        self.send_response(type(self).status)
        self.end_headers()
        self.wfile.write(type(self).text.encode())

    def log_message(self, *_args):
        pass


@pytest.fixture
def metrics():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/metrics"
    server.shutdown()
    server.server_close()


def vllm(read, written, model="aurora"):
    label = f'{{engine="0",model_name="{model}"}}'
    return (
        f"# TYPE vllm:prompt_tokens_total counter\nvllm:prompt_tokens_total{label} {read}\n"
        f"vllm:prompt_tokens_created{label} 1.7e9\nvllm:generation_tokens_total{label} {written}\n"
        f'vllm:request_success_total{{finished_reason="stop",model_name="{model}"}} {written / 10}\n'
    )


def test_metrics_are_fetched_and_a_restart_is_no_negative_use(settings, service, metrics):
    settings.METRICS_ALLOW_PRIVATE = True
    LiveService.objects.filter(pk=service.pk).update(metrics_url=metrics)
    for text in (vllm(100, 50), vllm(180, 90), vllm(20, 10), "torn{ \n" + vllm(25, 20)):
        Page.text = text
        services.poll(service_id=service.pk)
    rows = HourlyUse.objects.all()
    assert sum(row.prompt_tokens for row in rows) == pytest.approx(80 + 20 + 5)
    assert sum(row.output_tokens for row in rows) == pytest.approx(40 + 10 + 10)
    service.refresh_from_db()
    assert (service.family, service.problem) == ("vllm", "")


def test_what_cannot_be_fetched_is_said_and_tried_again(settings, service, metrics):
    settings.METRICS_ALLOW_PRIVATE = True
    LiveService.objects.filter(pk=service.pk).update(metrics_url=metrics)
    for text, status, why in (
        ("x 1\n", 200, "no counter"),
        ("", 503, "503"),
        (" " * 11_000_000, 200, "larger than 10 MB"),
    ):
        Page.text, Page.status = text, status
        services.poll(service_id=service.pk)
        service.refresh_from_db()
        assert why in service.problem
    Page.status, Page.text = 200, vllm(1, 1)
    services.poll(service_id=service.pk)
    service.refresh_from_db()
    assert service.problem == ""


def test_values_that_cannot_be_are_told(settings, service, metrics, push):
    settings.METRICS_ALLOW_PRIVATE = True
    LiveService.objects.filter(pk=service.pk).update(metrics_url=metrics)
    Page.text, Page.status = vllm("18446744073709551614", 5), 200
    services.poll(service_id=service.pk)
    service.refresh_from_db()
    assert "prompt_tokens cannot be" in service.problem
    answer = push(usage(-5))
    assert "cannot be: -5" in answer.json()["partialSuccess"]["errorMessage"]
    assert push(usage("18446744073709551614")).status_code == 400
    assert not HourlyUse.objects.exists()


def test_a_private_address_is_refused_when_set_and_when_fetched(service, system, metrics):
    with pytest.raises(Exception, match="not public"):
        services.follow(system=system, name="b", deployment=None, metrics_url=metrics, actor=None)
    LiveService.objects.filter(pk=service.pk).update(metrics_url=metrics)
    Page.text = vllm(1, 1)
    services.poll(service_id=service.pk)
    service.refresh_from_db()
    assert "not public" in service.problem
    assert not service.counters.exists()


@pytest.fixture
def page(member):
    client = Client()
    client.force_login(member.user)
    return client


def test_events_show_what_arrives_while_the_page_is_open(page, service, monkeypatch):
    monkeypatch.setattr(stream, "HELD_S", 1.5)
    monkeypatch.setattr(stream, "LOOK_S", 0.05)
    url = f"/o/{service.organisation.slug}/runs/live/{service.uuid}/events"
    answer = page.get(url)
    assert answer["Content-Type"] == "text/event-stream"
    events = iter(answer.streaming_content)
    assert next(events).startswith(b"retry:")
    assert b"nothing yet" in next(events)
    services.count(
        service=service,
        points=[point(123, timezone.now(), delta=True)],
    )
    later = next(events).decode()
    assert "123" in later
    assert all(line.startswith(("event:", "data:")) for line in later.strip().splitlines())
    assert list(events) == []


def test_a_stream_too_many_sends_what_is_known_and_ends(service):
    taken = [stream.held.acquire(blocking=False) for _ in range(stream.MOST_HELD)]
    try:
        assert len(list(stream.stream(service))) == 2
    finally:
        for was_free in taken:
            if was_free:
                stream.held.release()


def test_pages_and_forms(page, service, system, deployment):
    base = f"/o/{service.organisation.slug}/runs"
    services.count(service=service, points=[point(2000, timezone.now(), delta=True)])
    one = f"{base}/live/{service.uuid}/"
    for url in (f"{base}/live/", one, f"{base}/deployed/", f"{base}/deployed/?by=week"):
        answer = page.get(url)
        assert answer.status_code == 200
        assert "Aurora" in answer.content.decode()
    form = {"system": "aurora", "name": "second", "deployment": str(deployment.uuid)}
    assert page.post(f"{base}/live/", form).status_code == 302
    again = page.post(f"{base}/live/", form)
    assert again.status_code == 422
    assert "already" in again.content.decode()
    private = {**form, "name": "third", "metrics_url": "http://10.0.0.7:8000/metrics"}
    refused = page.post(f"{base}/live/", private)
    assert refused.status_code == 422
    assert "not public" in refused.content.decode()
    assert page.post(f"{one}value/", {"deployment": ""}).status_code == 302
    service.refresh_from_db()
    assert service.deployment is None
    assert page.post(f"{one}forget/").status_code == 302
    assert page.get(one).status_code == 404


def test_a_service_is_followed_over_rest(client, token, system, deployment):
    headers = {"Authorization": f"Bearer {token}"}
    given = {"system": "aurora", "name": "api", "deployment": str(deployment.uuid)}
    made = client.post("/api/v1/live-services/", given, "application/json", headers=headers)
    assert made.status_code == 201
    url = made["Location"]
    found = LiveService.objects.get()
    services.count(service=found, points=[point(10, timezone.now(), delta=True)])
    [hour] = client.get(f"{url}hours/", headers=headers).json()
    assert hour["output_tokens"] == 10
    again = client.post("/api/v1/live-services/", given, "application/json", headers=headers)
    assert again.status_code == 422
    assert "already" in again.json()["detail"]
