"""A real server on this machine, driven over real connections; its device's meter is a log of 500 W."""

import json
import signal
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lca.measure.cli import main
from lca.measure.document import schema
from lca.measure.endpoint.client import Endpoint
from lca.measure.endpoint.drive import Load
from lca.measure.endpoint.results import check_results, summarise
from lca.measure.endpoint.trace import Request, digest, read, synthetic
from lca.measure.errors import InvalidRequest

WATTS = 500.0


class Handler(BaseHTTPRequestHandler):
    """Streams a chat completion as vLLM does: a chunk a token, usage in the last one; a prompt may ask for a fault."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, body, self.headers.get("Authorization")))  # type: ignore[attr-defined]
        prompt = body["messages"][0]["content"]
        self.send_response(500 if "broken" in prompt else 200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        tokens = body["max_tokens"]
        for _ in range(tokens):
            self._event({"choices": [{"delta": {"content": "word "}}], "usage": None})
        if "silent" in prompt:
            return
        usage = {"prompt_tokens": len(prompt.split()), "completion_tokens": tokens}
        if "uncounted" not in prompt:
            self._event({"choices": [], "usage": usage})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, data: dict[str, Any]) -> None:
        self.wfile.write(f"data: {json.dumps(data)}\n\n".encode())


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as found:
        found.seen = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=found.serve_forever, args=(0.01,))
        thread.start()
        yield found
        found.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """Put back what the command changes in this process."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def address(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}/v1"


@pytest.fixture
def options(server: ThreadingHTTPServer, tmp_path: Path) -> list[str]:
    now = time.time()
    log = tmp_path / "pdu.csv"
    log.write_text("\n".join(f"{now + step},{WATTS}" for step in range(-5, 600)))
    meter = ["--external-log", str(log), "--external-boundary", "node"]
    meter += ["--external-uncertainty", "0.02", "--device", "cpu"]
    return [
        "drive",
        "--endpoint",
        address(server),
        "--model",
        "some-model",
        "--idle-s",
        "0.1",
        *meter,
        "--out",
        str(tmp_path / "out.json"),
    ]


@pytest.mark.usefixtures("probe_extra")
def test_a_server_is_driven_and_its_tokens_paid_for(
    server: ThreadingHTTPServer, options: list[str], tmp_path: Path
) -> None:
    shape = ["--requests", "12", "--in", "20", "--out-tokens", "5", "--concurrency", "3"]
    assert main([*options, *shape]) == 0
    result = json.loads((tmp_path / "out.json").read_text())
    Draft202012Validator(schema("endpoint")).validate(result)
    check_results(result)
    assert (result["results"]["requests"], result["results"]["errors"]) == (12, 0)
    serving = [window for window in result["windows"] if window["phase"] == "serve"]
    assert [window["completion_tokens"] for window in serving] == [20, 20, 20]
    assert [window["prompt_tokens"] for window in serving] == [80, 80, 80]
    assert result["results"]["power"]["mean"] == pytest.approx(WATTS, rel=0.05)
    energy = sum(window["energy_j"] for window in serving)
    assert result["results"]["joules_per_request"]["mean"] == pytest.approx(energy / 12)
    assert result["results"]["joules_per_output_token"]["mean"] == pytest.approx(energy / 60)
    again = summarise(result["windows"], meter_share=0.02, is_modelled=False)
    assert json.loads(json.dumps(again)) == result["results"]
    assert len(server.seen) == 15  # type: ignore[attr-defined]  # 3 of them to warm up
    path, body, _ = server.seen[0]  # type: ignore[attr-defined]
    assert path == "/v1/chat/completions"
    assert body["stream_options"] == {"include_usage": True}
    assert "127.0.0.1" not in json.dumps(result)


@pytest.mark.usefixtures("probe_extra")
def test_failed_requests_are_counted_by_kind(options: list[str], tmp_path: Path) -> None:
    prompts = ["fine", "broken", "uncounted", "fine", "silent", "fine"]
    trace = tmp_path / "trace.jsonl"
    trace.write_text("\n".join(json.dumps({"prompt": p, "max_tokens": 4}) for p in prompts))
    assert main([*options, "--trace", str(trace), "--windows", "2"]) == 0
    result = json.loads((tmp_path / "out.json").read_text())
    assert result["errors"] == {"HTTP 500": 1, "no usage told": 1, "the stream broke off": 1}
    Draft202012Validator(schema("endpoint")).validate(result)
    assert (result["results"]["requests"], result["results"]["errors"]) == (3, 3)
    assert result["results"]["error_share"] == 0.5
    assert result["latency"]["first_token_s"]["p50"] > 0


@pytest.mark.usefixtures("probe_extra")
def test_a_server_that_answers_nothing_is_no_measurement(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = tmp_path / "trace.jsonl"
    trace.write_text('{"prompt": "broken", "max_tokens": 4}\n' * 4)
    assert main([*options, "--trace", str(trace), "--windows", "2"]) == 6
    assert "HTTP 500" in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()


@pytest.mark.usefixtures("probe_extra")
def test_a_meter_that_sees_this_process_alone_is_refused(
    server: ThreadingHTTPServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--endpoint", address(server), "--model", "m", "--requests", "4", "--device", "cpu"]
    assert main(["drive", *where, "--meter", "modelled", "--out", str(tmp_path / "x.json")]) == 5
    assert "sees this process alone" in capsys.readouterr().err


def test_nobody_listening_is_an_error_of_the_request_not_of_the_program() -> None:
    answer = Endpoint(url="http://127.0.0.1:9/v1", model="m").ask(Request("hello", 2))
    assert answer.error == "ConnectionRefusedError"


def test_the_key_is_sent_and_told_to_nobody(server: ThreadingHTTPServer) -> None:
    endpoint = Endpoint(url=address(server), model="m", api_key="abc", ignore_end=True)
    assert endpoint.ask(Request("hello there", 2)).prompt_tokens == 2
    _, body, authorization = server.seen[0]  # type: ignore[attr-defined]
    assert authorization == "Bearer abc"
    assert body["ignore_eos"] is True


@pytest.mark.parametrize("url", ["", "localhost:8000", "ftp://host/v1", "file:///etc/passwd"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequest, match="--endpoint"):
        Endpoint(url=url, model="m")


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        '{"prompt": "x"}',
        '{"prompt": "", "max_tokens": 1}',
        '{"prompt": "x", "max_tokens": true}',
    ],
)
def test_a_trace_names_its_first_wrong_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "trace.jsonl"
    path.write_text('{"prompt": "x", "max_tokens": 1}\n' + line)
    with pytest.raises(InvalidRequest, match=r"line 2 of trace\.jsonl"):
        read(path)


def test_made_up_prompts_differ_from_their_first_word_on() -> None:
    requests = synthetic(50, 30, 10, seed=1)
    assert len({request.prompt.split()[0] for request in requests}) == 50
    assert {len(request.prompt.split()) for request in requests} == {30}
    assert digest(requests) == digest(synthetic(50, 30, 10, seed=1))
    assert digest(requests) != digest(synthetic(50, 30, 10, seed=2))


def test_too_few_requests_for_the_concurrency_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="never fill it"):
        Load(requests=synthetic(5, 2, 2, 1), warmup=[], concurrency=2, windows=3, idle_s=1)
