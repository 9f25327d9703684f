"""Joining the fleet: the token is exchanged for broker credentials that are good for this host alone."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from lca.measure.errors import MeasureError

PATH = "/api/v1/probe-hosts/join/"
TIMEOUT_S = 20.0
LONGEST_WAIT_S = 30.0
FINAL = range(400, 500)  # the server has understood, and asking again would not help
RETRIED = frozenset({408, 425, 429})


class CannotJoin(MeasureError):
    """The server does not take this host."""

    exit_code = 11
    code = "cannot_join"


class Unreachable(CannotJoin):
    """The server does not answer now; it may later."""

    code = "unreachable"


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What the server hands out to a host: where the broker is, and who the host is there."""

    host: str
    name: str
    broker_url: str
    username: str
    password: str
    key_prefix: str
    signing_key: str

    @property
    def login_url(self) -> str:
        """The broker's address with user and password, as Celery takes it."""
        parts = urlsplit(self.broker_url)
        login = f"{quote(self.username, safe='')}:{quote(self.password, safe='')}@"
        return urlunsplit(parts._replace(netloc=login + parts.netloc))


def join(url: str, token: str, announcement: Mapping[str, Any]) -> Credentials:
    """Announce the host and return its credentials.

    Raises
    ------
    CannotJoin
        If the token is not good, or the address is not Cradle's.
    Unreachable
        If there was no answer.
    """
    request = urllib.request.Request(  # noqa: S310  the scheme is checked on the command line
        url.rstrip("/") + PATH,
        data=json.dumps(announcement).encode(),
        headers={"Authorization": f"Host {token}", "Content-Type": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310  see above
            return _credentials(answer.read())
    except urllib.error.HTTPError as error:
        kind = CannotJoin if error.code in FINAL and error.code not in RETRIED else Unreachable
        msg = f"{url} answered {error.code}: {_detail(error.read())}"
        raise kind(msg) from error
    except OSError as error:
        msg = f"{url} does not answer: {error}."
        raise Unreachable(msg) from error


def join_patiently(
    url: str,
    token: str,
    announcement: Mapping[str, Any],
    *,
    tell: Callable[[str], None],
    should_stop: Callable[[], bool],
) -> Credentials | None:
    """Join as soon as the server answers; ``None`` if told to stop before."""
    wait_s = 1.0
    while not should_stop():
        try:
            return join(url, token, announcement)
        except Unreachable as error:
            tell(f"{error} Trying again in {wait_s:.0f} s.")
        _rest(wait_s, should_stop)
        wait_s = min(2 * wait_s, LONGEST_WAIT_S)
    return None


def _rest(seconds: float, should_stop: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not should_stop():
        time.sleep(0.1)


def _credentials(answer: bytes) -> Credentials:
    try:
        told = json.loads(answer)
        names: Sequence[str] = tuple(Credentials.__dataclass_fields__)
        return Credentials(**{name: str(told[name]) for name in names})
    except (ValueError, KeyError, TypeError) as error:
        raise CannotJoin(
            "The answer is not Cradle's. Check --url: the address of the site, without a path."
        ) from error


def _detail(answer: bytes) -> str:
    try:
        return str(json.loads(answer)["detail"])
    except (ValueError, KeyError, TypeError):
        return "no reason given. Check --url: the address of the site, without a path."
