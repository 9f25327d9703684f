"""The host's keys on the broker, all below its own prefix: pulse, claims, orders to stop, results and their receipts."""

import json
import time
from collections.abc import Mapping
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from lca.measure.worker.joining import Credentials
from lca.measure.worker.messages import sign

PULSE_LIVES_S = 10
CLAIM_LIVES_S = 7 * 86_400
TIMEOUT_S = 5.0


def connect(url: str) -> Redis:
    """Return a client of the broker at ``url``, written as Celery writes it."""
    address = url.replace("redis+socket://", "unix://").replace("virtual_host=", "db=")
    client: Redis = Redis.from_url(
        address,
        decode_responses=True,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 1),
    )
    return client


class Link:
    """What a host may do on the broker besides taking work from its queue."""

    def __init__(self, credentials: Credentials) -> None:
        self._prefix = credentials.key_prefix
        self._key = credentials.signing_key
        self._redis = connect(credentials.login_url)

    def pulse(self, doing: Mapping[str, Any]) -> None:
        """Show that the host is alive, and what it does; the broker forgets it by itself."""
        body = {"kind": "pulse", "clock": time.time(), **doing}
        self._redis.set(f"{self._prefix}pulse", sign(body, self._key), ex=PULSE_LIVES_S)

    def claim(self, probe: str, attempt: int) -> bool:
        """Tell whether this attempt was never begun before; an order delivered twice is carried out once."""
        name = f"{self._prefix}claim:{probe}:{attempt}"
        return bool(self._redis.set(name, 1, nx=True, ex=CLAIM_LIVES_S))

    def told_to_stop(self, probe: str, attempt: int) -> bool:
        """Tell whether the server wants this attempt ended; while the broker is away, go on."""
        try:
            return self._redis.get(f"{self._prefix}stop:{probe}:{attempt}") is not None
        except RedisError:
            return False

    def receipt(self, identifier: str) -> dict[str, Any] | None:
        """Return what the server made of a result, once it has it."""
        text = self._redis.get(f"{self._prefix}receipt:{identifier}")
        return json.loads(text) if isinstance(text, str) else None

    def outbox_is_empty(self) -> bool:
        """Tell whether the server has taken everything that was sent."""
        return self._redis.llen(f"{self._prefix}outbox") == 0

    def send(self, result: Mapping[str, Any]) -> None:
        """Send a result; it may be sent again."""
        self._redis.rpush(f"{self._prefix}outbox", sign({"kind": "result", **result}, self._key))
