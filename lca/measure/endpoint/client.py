"""One streamed chat request to a server that speaks OpenAI's protocol, with the standard library alone."""

import http.client
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lca.measure.endpoint.trace import Request
from lca.measure.errors import InvalidRequest

OK = 200
LONGEST_ERROR = 200


class Failed(Exception):
    """A request brought no countable answer; the text is a kind, the same for alike failures."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one request brought: tokens as the server counted them, and seconds since it was sent."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int | None = None
    first_token_s: float | None = None
    duration_s: float = 0.0
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A server's address up to ``/v1``, and the model asked of it.

    Parameters
    ----------
    url : str
        Address, for example ``http://localhost:8000/v1``.
    model : str
        Name of the model on the server.
    timeout_s : float
        Longest silence. [s]
    api_key : str, optional
        Sent as bearer token; it stands in no document.
    ignore_end : bool
        True if the server is told to write ``max_tokens`` in any case (``ignore_eos``, vLLM and SGLang).
    """

    url: str
    model: str
    timeout_s: float = 300.0
    api_key: str | None = None
    ignore_end: bool = False

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            msg = f"--endpoint is {self.url!r}; write an address like http://localhost:8000/v1."
            raise InvalidRequest(msg)

    def ask(self, request: Request) -> Answer:
        """Send a request, read its answer to the end, and never raise for what a server or network does wrong."""
        started = time.perf_counter()
        try:
            return self._read(self._send(request), started)
        except Failed as error:
            kind = str(error)
        except TimeoutError:
            kind = f"silent for {self.timeout_s:g} s"
        except (OSError, http.client.HTTPException) as error:
            kind = type(error).__name__
        return Answer(error=kind[:LONGEST_ERROR], duration_s=time.perf_counter() - started)

    def _send(self, request: Request) -> http.client.HTTPResponse:
        parts = urlsplit(self.url)
        kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        connection = kind(str(parts.hostname), parts.port, timeout=self.timeout_s)
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if self.api_key:
            headers["Authorization"] = f"Bearer {self.api_key}"
        path = f"{parts.path.rstrip('/')}/chat/completions"
        connection.request("POST", path, json.dumps(self._body(request)), headers)
        return connection.getresponse()

    def _body(self, request: Request) -> dict[str, object]:
        body: dict[str, object] = {
            "model": self.model,
            "messages": [{"role": "user", "content": request.prompt}],
            "max_tokens": request.max_tokens,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        return {**body, "ignore_eos": True} if self.ignore_end else body

    @staticmethod
    def _read(response: http.client.HTTPResponse, started: float) -> Answer:
        with response:
            if response.status != OK:
                msg = f"HTTP {response.status}"
                raise Failed(msg)
            usage: dict[str, Any] = {}
            first = None
            for event in events(response):
                if "error" in event:
                    raise Failed("error in the stream")
                if first is None and any(_has_text(choice) for choice in event.get("choices", [])):
                    first = time.perf_counter() - started
                usage = event.get("usage") or usage
        if not usage:
            raise Failed("no usage told")
        details = usage.get("prompt_tokens_details") or {}
        return Answer(
            prompt_tokens=int(usage["prompt_tokens"]),
            completion_tokens=int(usage["completion_tokens"]),
            cached_tokens=details.get("cached_tokens"),
            first_token_s=first,
            duration_s=time.perf_counter() - started,
        )


def _has_text(choice: dict[str, Any]) -> bool:
    delta = choice.get("delta") or {}
    return bool(delta.get("content") or delta.get("reasoning_content") or delta.get("reasoning"))


def events(lines: Iterator[bytes] | http.client.HTTPResponse) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a stream of server-sent events until it is done.

    Raises
    ------
    Failed
        If the stream breaks off or holds anything else.
    """
    for line in lines:
        if not line.startswith(b"data:"):
            continue
        data = line[5:].strip()
        if data == b"[DONE]":
            return
        try:
            event = json.loads(data)
        except ValueError as error:
            raise Failed("not JSON") from error
        if not isinstance(event, dict):
            raise Failed("not JSON")
        yield event
    raise Failed("the stream broke off")
