"""A brake on guessing passwords: counts of failures in the cache, by account and by address."""

import hashlib

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

log = structlog.get_logger()
WINDOW_S = 15 * 60
PER_ACCOUNT = 10
PER_ADDRESS = 50


def is_blocked(email: str, address: str) -> bool:
    """Tell whether there were too many failures lately; a cache that is down blocks nobody."""
    account, origin = _keys(email, address)
    try:
        counts = cache.get_many([account, origin])
    except RedisError as error:
        log.warning("throttle.unavailable", fault=type(error).__name__)
        return False
    return bool(counts.get(account, 0) >= PER_ACCOUNT or counts.get(origin, 0) >= PER_ADDRESS)


def note_failure(email: str, address: str) -> None:
    """Count a failure against the account and the address."""
    try:
        for key in _keys(email, address):
            cache.add(key, 0, WINDOW_S)
            cache.incr(key)
    except (RedisError, ValueError) as error:
        log.warning("throttle.unavailable", fault=type(error).__name__)


def allows(what: str, address: str, most: int) -> bool:
    """Count a use of something by an address, and tell whether it stays within ``most`` in a quarter of an hour."""
    key = f"use:{what}:{address}"
    try:
        cache.add(key, 0, WINDOW_S)
        return bool(cache.incr(key) <= most)
    except (RedisError, ValueError) as error:
        log.warning("throttle.unavailable", fault=type(error).__name__)
        return True


def forget(email: str) -> None:
    """Forget an account's failures, after its owner has proved to be its owner."""
    try:
        cache.delete(_keys(email, "")[0])
    except RedisError as error:
        log.warning("throttle.unavailable", fault=type(error).__name__)


def _keys(email: str, address: str) -> tuple[str, str]:
    account = hashlib.sha256(email.strip().lower().encode()).hexdigest()
    return f"login:account:{account}", f"login:address:{address}"
