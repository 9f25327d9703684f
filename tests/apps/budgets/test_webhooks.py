"""Webhooks: signed, over TLS to a real server, tried again, and never into a network that is not public."""

import hashlib
import hmac
import json
import ssl
import subprocess
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts import addresses
from apps.accounts.models import Role
from apps.budgets import services
from apps.budgets.models import Delivery, Webhook
from tests.apps.budgets.conftest import add_run, budget
from tests.factories import MembershipFactory


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.received.append((dict(self.headers), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.send_header("Location", "http://169.254.169.254/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args):
        pass


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
        " -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem"
    )
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def receiver(certificate, settings):
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    settings.WEBHOOKS_AUTHORITY = str(certificate[0])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.received, server.answers = [], []
    server.url = f"https://localhost:{server.server_address[1]}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def webhook(member, receiver):
    return services.add_webhook(
        organisation=member.organisation, url=receiver.url, actor=member.user
    )


def carry_out():
    for row in Delivery.objects.filter(state="waiting").order_by("pk"):
        Delivery.objects.filter(pk=row.pk).update(next_at=timezone.now() - timedelta(seconds=1))
        services.deliver(delivery_id=row.pk)


def test_a_change_is_told_once_signed_and_so_is_the_way_back(system, site, webhook, receiver):
    made = budget(system, fail_at=4.0)
    add_run(system, 10.0)
    services.check(system=system)
    services.check(system=system)
    carry_out()
    [(headers, body)] = receiver.received
    message = json.loads(body)
    assert (message["event"], message["status"], message["before"]) == (
        "budget.changed",
        "fail",
        None,
    )
    moment, _, digest = headers["X-Cradle-Signature"].partition(",v1=")
    signed = f"{moment.removeprefix('t=')}.{body}".encode()
    assert hmac.new(webhook.secret.encode(), signed, hashlib.sha256).hexdigest() == digest
    assert headers["Host"].startswith("localhost")
    made.fail_at = 100.0
    made.save()
    services.check(system=system)
    carry_out()
    assert json.loads(receiver.received[1][1])["status"] == "pass"


def test_what_is_not_taken_is_tried_again_ever_more_rarely(webhook, receiver):
    receiver.answers[:] = [500, 302, 200]
    services.send_test(webhook)
    waits = []
    for _ in range(3):
        carry_out()
        row = Delivery.objects.get()
        waits.append((row.next_at - timezone.now()).total_seconds())
    assert (row.state, row.attempts) == ("done", 3)
    assert waits[0] < waits[1]
    assert len(receiver.received) == 3  # the redirection was not followed


def test_it_is_given_up_in_the_end(webhook, receiver):
    receiver.shutdown()
    receiver.server_close()
    services.send_test(webhook)
    for _ in range(12):
        carry_out()
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == ("given_up", 12)
    assert "Connect" in row.answer


def test_a_message_that_is_not_due_or_removed_is_left(webhook, receiver):
    services.send_test(webhook)
    Delivery.objects.update(next_at=timezone.now() + timedelta(hours=1))
    services.deliver(delivery_id=Delivery.objects.get().pk)
    assert not receiver.received
    assert services.sweep() == 0


def test_a_certificate_of_somebody_else_is_not_trusted(webhook, receiver, settings):
    settings.WEBHOOKS_AUTHORITY = ""
    services.send_test(webhook)
    carry_out()
    assert not receiver.received
    assert "certificate" in Delivery.objects.get().answer.lower()


PRIVATE = [
    "https://127.0.0.1/",
    "https://localhost/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://10.0.0.1/",
    "https://192.168.1.1/",
    "https://172.16.0.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fc00::1]/",
]


@pytest.mark.parametrize("url", PRIVATE)
def test_networks_that_are_not_public_are_refused(url):
    with pytest.raises(addresses.AddressRefused):
        addresses.target(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://",
        "https://a:b@93.184.215.14/",
        "ftp://x",
        "https://[::1",
        "x",
    ],
)
def test_addresses_that_are_none_are_refused(url):
    with pytest.raises(addresses.AddressRefused):
        addresses.target(url)


def test_a_public_address_is_connected_to_as_it_was_checked():
    found = addresses.target("https://93.184.215.14:8443/hook?x=1")
    assert (found.ip, found.port, found.url) == (
        "93.184.215.14",
        8443,
        "https://93.184.215.14:8443/hook?x=1",
    )


def test_a_name_that_comes_to_lead_inside_is_refused_when_it_is_used(webhook, settings):
    settings.WEBHOOKS_ALLOW_PRIVATE = (
        False  # as if the name had pointed elsewhere when it was added
    )
    services.send_test(webhook)
    carry_out()
    assert "not public" in Delivery.objects.get().answer


def test_the_page_shows_a_secret_once_and_refuses_the_inside(member, receiver, settings):
    client = Client()
    client.force_login(member.user)
    address = f"/o/{member.organisation.slug}/budgets/webhooks/"
    shown = client.post(address, {"url": receiver.url}).content.decode()
    secret = Webhook.objects.get().secret
    assert secret in shown
    assert secret not in client.get(address).content.decode()
    settings.WEBHOOKS_ALLOW_PRIVATE = False
    refused = client.post(address, {"url": "https://169.254.169.254/"})
    assert refused.status_code == 422
    assert "not public" in refused.content.decode()
    row = Webhook.objects.get()
    client.post(f"{address}{row.uuid}/test/")
    assert Delivery.objects.count() == 1
    stranger = Client()
    stranger.force_login(MembershipFactory(role=Role.OWNER).user)
    assert stranger.post(f"{address}{row.uuid}/remove/").status_code == 404
    client.post(f"{address}{row.uuid}/remove/")
    assert not Webhook.objects.exists()
