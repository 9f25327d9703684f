"""What a host's broker credentials are good for: its own keys, and nothing else."""

import json
from dataclasses import asdict

import pytest
import redis as library
from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import AuthenticationError, NoPermissionError

from apps.accounts.models import Membership
from apps.probes import services
from apps.probes.api.joining import JoinSerializer
from apps.probes.models import ProbeHost
from apps.probes.services import admission
from lca.broker import connect
from lca.measure.meter import Device
from lca.measure.worker.joining import Credentials
from lca.measure.worker.link import Link
from tests.apps.probes.fleet.conftest import TOLD, OwnRedis

pytestmark = pytest.mark.django_db


def join(host: ProbeHost) -> Credentials:
    return Credentials(**vars(services.join(host=host, told=TOLD)))


@pytest.fixture
def credentials(added: tuple[ProbeHost, str], redis: OwnRedis) -> Credentials:
    return join(added[0])


@pytest.fixture
def client(credentials: Credentials) -> library.Redis:
    return connect(credentials.login_url)


@pytest.fixture
def neighbour(member: Membership, redis: OwnRedis) -> Credentials:
    host, _ = services.add_host(organisation=member.organisation, actor=None, name="Rack 2")
    return join(host)


def test_a_host_reads_and_writes_below_its_own_prefix(
    credentials: Credentials, client: library.Redis
) -> None:
    link = Link(credentials)
    link.pulse({"probe": None})
    assert client.get(f"{credentials.key_prefix}pulse")
    assert link.claim("a", 1)
    assert not link.claim("a", 1)
    link.send({"id": "x"})
    assert not link.outbox_is_empty()


@pytest.mark.parametrize("key", ["celery", "_kombu.binding.celery", ":1:session", "unacked", ""])
def test_it_can_neither_read_nor_enqueue_anywhere_else(
    client: library.Redis, neighbour: Credentials, key: str
) -> None:
    key = key or f"{neighbour.key_prefix}jobs"
    attempts = [
        lambda: client.get(key),
        lambda: client.set(key, "x"),
        lambda: client.lpush(key, "x"),
        lambda: client.rpush(key, "x"),
        lambda: client.brpop([key], timeout=1),
        lambda: client.smembers(key),
        lambda: client.hget(key, "x"),
        lambda: client.delete(key),
        lambda: client.llen(key),
        lambda: client.zrange(key, 0, -1),
    ]
    for attempt in attempts:
        with pytest.raises(NoPermissionError):
            attempt()


@pytest.mark.parametrize(
    "words",
    [
        "KEYS *",
        "SCAN 0",
        "RANDOMKEY",
        "DBSIZE",
        "INFO",
        "CONFIG GET *",
        "ACL LIST",
        "ACL SETUSER me on allkeys allcommands",
        "FLUSHALL",
        "FLUSHDB",
        "SAVE",
        "SHUTDOWN",
        "MONITOR",
        "CLIENT LIST",
        "PUBLISH a b",
        "SUBSCRIBE a",
        "SORT a",
        "COPY a b",
        "RENAME a b",
        "MIGRATE h 1 k 0 1",
        "DEBUG OBJECT a",
        "EVAL return(1) 0",
        "SWAPDB 0 1",
    ],
)
def test_it_has_no_command_that_looks_around_or_rules(client: library.Redis, words: str) -> None:
    with pytest.raises(NoPermissionError):
        client.execute_command(*words.split())


def test_a_script_may_do_what_its_caller_may_and_no_more(client: library.Redis) -> None:
    script = client.script_load("return redis.call('get', 'celery')")
    with pytest.raises(library.ResponseError, match="can't access at least one of the keys"):
        client.evalsha(script, 0)


def test_celery_cannot_send_a_task_to_the_servers_queue(
    credentials: Credentials, redis: OwnRedis
) -> None:
    app = Celery("intruder", broker=credentials.login_url, set_as_current=False)
    with pytest.raises(OperationalError, match="no permissions to access one of the keys"):
        app.send_task("accounts.prune", queue="celery", retry=False)
    app.close()
    assert not connect(redis.url).exists("celery")


def test_joining_again_makes_the_older_credentials_useless(
    added: tuple[ProbeHost, str], credentials: Credentials, client: library.Redis
) -> None:
    client.ping()
    newer = join(added[0])
    assert newer.signing_key != credentials.signing_key
    with pytest.raises(AuthenticationError):
        connect(credentials.login_url).ping()
    assert connect(newer.login_url).ping()


def test_a_removed_host_is_cut_off_at_once(
    added: tuple[ProbeHost, str], client: library.Redis, credentials: Credentials
) -> None:
    client.ping()
    services.remove_host(host=added[0], actor=None)
    with pytest.raises((AuthenticationError, library.ConnectionError)):
        client.get(f"{credentials.key_prefix}pulse")


def test_a_broker_that_was_restarted_admits_its_hosts_again(
    credentials: Credentials, redis: OwnRedis
) -> None:
    redis.kill()
    redis.start()
    with pytest.raises(AuthenticationError):
        connect(credentials.login_url).ping()
    services.readmit(connect(redis.url))
    assert connect(credentials.login_url).ping()


def test_users_of_hosts_that_are_gone_are_taken_away(host: ProbeHost, redis: OwnRedis) -> None:
    server = connect(redis.url)
    ProbeHost.objects.filter(pk=host.pk).update(password_sha256="")
    services.readmit(server)
    assert admission.admitted(server) == set()


def test_no_secret_is_kept_in_the_clear(host: ProbeHost, credentials: Credentials) -> None:
    row = json.dumps(list(ProbeHost.objects.values()), default=str)
    assert credentials.password not in row
    assert credentials.signing_key not in row


def test_what_a_host_announces_of_a_device_is_what_joining_takes() -> None:
    device = {**asdict(Device(kind="cuda", name="A board")), "meters": {"nvml_energy": "available"}}
    told = {"devices": [device], "probe_version": "1", "python": "3.11", "packages": {}}
    serializer = JoinSerializer(data=told)
    assert serializer.is_valid(), serializer.errors
