"""Waits for ``/healthz`` and then prints where Cradle is and how to log in."""

import json
import os
import sqlite3
import time
import urllib.error
import urllib.request
from contextlib import closing
from http import HTTPStatus

import instance
from console import ROOT, data_folder, say

PATIENCE_S = 60.0
LOGINS = ROOT / "fixtures" / "demo" / "logins.json"


class Readiness:
    """Asks ``/healthz`` now and then until all parts answer."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.next = self.began + 0.5
        self.ready = False
        self.complained = False

    def check(self) -> None:
        """Ask once if it is time to; announce when everything is up, or say what is not after a minute."""
        if self.ready or time.monotonic() < self.next:
            return
        status, body = ask()
        self.next = time.monotonic() + 0.5
        if status == HTTPStatus.OK:
            self.ready = True
            announce(time.monotonic() - self.began)
        elif not self.complained and time.monotonic() - self.began > PATIENCE_S:
            self.complained = True
            say(
                f"Not everything is up after {PATIENCE_S:.0f} s; /healthz says {status}: {body[:300]}"
            )


def ask() -> tuple[int, str]:
    """Return status and text of ``/healthz``; 0 and the reason while nothing listens."""
    request = urllib.request.Request(
        f"http://{local_address()}/healthz", headers={"Host": "localhost"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as response:
            return response.status, response.read(2000).decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read(2000).decode(errors="replace")
    except OSError as error:
        return 0, str(error)


def local_address() -> str:
    """Return host and port by which this machine reaches its own server."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(instance.HOST, instance.HOST)  # noqa: S104 - compared, not bound
    return f"{host}:{instance.PORT}"


def demo_logins() -> list[dict[str, str]]:
    """Return the demo's logins, or none when the demo was left out or removed."""
    if os.environ.get("CRADLE_DEMO") == "0" or not LOGINS.is_file():
        return []
    logins: list[dict[str, str]] = json.loads(LOGINS.read_text(encoding="utf-8"))
    database = data_folder() / "db.sqlite3"
    if os.environ.get("DATABASE_URL") or not database.exists():
        return logins
    with closing(sqlite3.connect(database, timeout=5)) as connection:
        known = {email for (email,) in connection.execute("SELECT email FROM accounts_user")}
    return [login for login in logins if login["email"] in known]


def announce(seconds: float) -> None:
    """Print the address and the demo logins."""
    lines = [f"Cradle is ready after {seconds:.1f} s:  {instance.address()}"]
    if logins := demo_logins():
        lines += [
            "",
            "Demo logins:",
            *(f"  {each['email']:<28} {each['password']:<20} {each['who']}" for each in logins),
        ]
    lines += ["", "Ctrl-C stops everything."]
    width = max(map(len, lines)) + 2
    print("", "─" * width, *(f" {line}" for line in lines), "─" * width, "", sep="\n", flush=True)
