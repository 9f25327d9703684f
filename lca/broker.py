"""The broker as the server itself reads and writes it, beside Celery."""

from functools import cache

from django.conf import settings
from redis import Redis


@cache
def broker() -> Redis:
    """Return a client of the broker, one for each process."""
    return connect(settings.CELERY_BROKER_URL)


def connect(url: str) -> Redis:
    """Return a client of the broker at ``url``, written as Celery writes it; it answers in bytes, since hosts may send anything."""
    address = url.replace("redis+socket://", "unix://").replace("virtual_host=", "db=")
    client: Redis = Redis.from_url(address, socket_timeout=10.0)
    return client
