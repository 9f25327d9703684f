"""Hosts that reach the broker over TLS, with a certificate authority of one's own.

The Redis of the tests is built without TLS, so a terminator stands in front of it, as stunnel does where a broker has none.
"""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import redis as library
from celery import Celery

from apps.probes import services
from apps.probes.models import ProbeHost
from lca.measure.worker import app as celery_side
from lca.measure.worker.joining import Credentials
from lca.measure.worker.link import Link
from tests.apps.probes.fleet.conftest import TOLD, OwnRedis
from tests.conftest import missing

pytestmark = pytest.mark.django_db
CHUNK = 65_536


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a self-signed certificate of localhost, ``ca.pem``, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        missing("openssl", "Install it with the system's package manager.")
    folder = tmp_path_factory.mktemp("authority")
    words = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    words += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "ca.pem")]
    subprocess.run([str(openssl), *words, *files], check=True, capture_output=True)
    return folder


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


class Terminator:
    """Takes TLS connections and hands what is in them to a Unix socket."""

    def __init__(self, folder: Path, path: str) -> None:
        self.path = path
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                plain, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        inner = socket.socket(socket.AF_UNIX)
        with inner, suppress(OSError), self.context.wrap_socket(plain, server_side=True) as outer:
            inner.connect(self.path)
            threading.Thread(target=_copy, args=(inner, outer), daemon=True).start()
            _copy(outer, inner)

    def close(self) -> None:
        self.listener.close()


@pytest.fixture
def terminator(redis: OwnRedis, authority: Path) -> Iterator[Terminator]:
    opened = Terminator(authority, str(redis.path))
    yield opened
    opened.close()


@pytest.fixture
def login(added: tuple[ProbeHost, str], terminator: Terminator, settings: Any) -> Any:
    """Join through the server, and return the credentials with more words of the broker's address."""

    def join(words: str) -> Credentials:
        settings.FLEET_BROKER_URL = f"rediss://localhost:{terminator.port}/0?{words}"
        return Credentials(**vars(services.join(host=added[0], told=TOLD)))

    return join


def trusting(authority: Path) -> str:
    return f"ssl_cert_reqs=required&ssl_ca_certs={authority / 'ca.pem'}"


def test_a_host_pulses_and_sends_over_tls(login: Any, authority: Path) -> None:
    link = Link(login(trusting(authority)))
    link.pulse({"probe": None})
    assert link.claim("a", 1)
    link.send({"id": "x"})
    assert not link.outbox_is_empty()


def test_an_order_comes_through_celery_over_tls(login: Any, authority: Path) -> None:
    app: Celery = celery_side.build(login(trusting(authority)), lambda _: None)
    app.send_task(celery_side.TASK, args=[{"probe": "a"}], queue=celery_side.QUEUE)
    with app.connection_for_read() as connection:
        queue = connection.SimpleQueue(celery_side.QUEUE)
        message = queue.get(timeout=10)
        assert message.payload[0] == [{"probe": "a"}]
        message.ack()
        queue.close()
    app.close()


def test_an_authority_that_the_host_does_not_trust_is_refused(login: Any) -> None:
    link = Link(login("ssl_cert_reqs=required"))
    with pytest.raises(library.ConnectionError, match="certificate verify failed"):
        link.pulse({"probe": None})
