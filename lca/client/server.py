"""Talking to the server: one request with its answer, or an error that says whether trying again may help."""

import random
import time
from pathlib import Path
from typing import Any

import httpx

from lca.client.config import Config
from lca.client.errors import ClientError, Refused, Unreachable

TIMEOUT_S = 30.0
TRIES = 3
AGAIN = {408, 425, 429, 500, 502, 503, 504}
FIRST_WAIT_S = 0.5
Json = dict[str, Any]


class Server:
    """A server of Cradle, as one token sees it."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._http = httpx.Client(
            base_url=f"{config.server}/api/v1/",
            headers={"Authorization": f"Bearer {config.token}", "Accept": "application/json"},
            timeout=TIMEOUT_S,
        )

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **query: str | int) -> Json:
        """Read something."""
        return self._ask("GET", path, params=query)

    def post(self, path: str, body: Json) -> Json:
        """Send a JSON document."""
        return self._ask("POST", path, json=body)

    def upload(self, path: Path, fields: dict[str, str], name: str = "") -> Json:
        """Send a file, under another name if one is given."""

        def send() -> httpx.Response:
            with path.open("rb") as file:
                return self._http.post(
                    "uploads/", data=fields, files={"file": (name or path.name, file)}
                )

        found: Json = self._tried(send)
        return found

    def fetch(self, path: str) -> bytes:
        """Read a file."""
        found: bytes = self._tried(lambda: self._http.get(path), _content)
        return found

    def _ask(self, method: str, path: str, **more: Any) -> Json:
        found: Json = self._tried(lambda: self._http.request(method, path, **more))
        return found

    def _tried(self, send: Any, read: Any = None) -> Any:
        """Try a few times, waiting ever longer; everything sent here may safely be sent again."""
        for attempt in range(1, TRIES + 1):
            try:
                return (read or _answer)(send())
            except Unreachable:
                if attempt == TRIES:
                    raise
            except httpx.HTTPError as error:
                if attempt == TRIES:
                    msg = (
                        f"{self.config.server} cannot be reached ({type(error).__name__}: {error})."
                    )
                    raise Unreachable(msg) from error
            time.sleep(FIRST_WAIT_S * 2 ** (attempt - 1) * (1 + random.random()))  # noqa: S311  only spreads the tries
        raise AssertionError


def _content(response: httpx.Response) -> bytes:
    if not response.is_success:
        _answer(response)
    return response.content


def _answer(response: httpx.Response) -> Json:
    if response.status_code in AGAIN:
        msg = f"The server is out of order just now (it answered {response.status_code})."
        raise Unreachable(msg)
    try:
        found = response.json()
    except ValueError:
        msg = f"{response.url} answered {response.status_code} without JSON: is that a server of Cradle?"
        raise ClientError(msg) from None
    if response.is_success:
        return found if isinstance(found, dict) else {"results": found}
    raise Refused(_reason(found, response.status_code))


def _reason(found: Any, status: int) -> str:
    if not isinstance(found, dict):
        return f"The server answered {status}."
    errors = found.get("errors") or []
    if len(errors) > 1:
        return "; ".join(f"{e.get('pointer', '').strip('/')}: {e.get('message')}" for e in errors)
    field = (errors[0].get("pointer", "").strip("/") if errors else "") or ""
    return f"{field}: {found.get('detail')}" if field else str(found.get("detail"))
