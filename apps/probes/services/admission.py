"""What a host may do on the broker: a Redis user of its own, its own keys, and the few commands that its work needs."""

from collections.abc import Iterable
from typing import Any

from redis import Redis
from redis.exceptions import RedisError, ResponseError

from apps.probes.errors import BrokerRefuses
from apps.probes.models import USER_PREFIX, ProbeHost

COMMANDS = (
    *("ping", "select", "client|setinfo", "client|setname"),  # to connect
    *("brpop", "lpush", "rpush", "llen"),  # to take orders and send results
    *("set", "get", "del", "hset", "hget", "hdel"),  # pulse, claims, receipts; orders not yet done
    *("sadd", "srem", "smembers", "zadd", "zrem", "zrange"),  # Celery's tables of queues
    *("multi", "exec", "discard", "watch", "unwatch"),  # Celery changes several keys at once
    *("evalsha", "script|load"),  # Celery's lock; a script may do what its caller may, no more
)
HELP = (
    "The user in REDIS_URL must be allowed the command ACL; see “GPU hosts” in docs/operations.md."
)


def admit(client: Redis, host: ProbeHost) -> None:
    """Give the host its user; again after the broker was restarted, since Redis forgets users that are in no file."""
    rules = [
        *("reset", "on", f"#{host.password_sha256}"),
        *("resetchannels", f"~{host.key_prefix}*"),
        *(f"+{name}" for name in COMMANDS),
    ]
    try:
        _acl(client, "SETUSER", host.broker_user, *rules)
    except ResponseError as error:
        msg = f"The broker refuses to admit the host: {error}. {HELP}"
        raise BrokerRefuses(msg) from error
    except RedisError as error:
        raise BrokerRefuses("The broker does not answer. Try again in a moment.") from error


def dismiss(client: Redis, names: Iterable[str]) -> None:
    """Take users away; their connections end at once."""
    for name in names:
        _acl(client, "DELUSER", name)


def admitted(client: Redis) -> set[str]:
    """Return the names of the users that hosts have now."""
    users = {name.decode(errors="replace") for name in _acl(client, "USERS")}
    return {name for name in users if name.startswith(USER_PREFIX)}


def _acl(client: Redis, *words: str) -> Any:
    return client.execute_command("ACL", *words)  # type: ignore[no-untyped-call]  # the library leaves it untyped
