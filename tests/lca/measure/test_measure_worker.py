"""What a host keeps on disk, how it signs, and what its command line refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.measure.cli import main
from lca.measure.worker.errand import carry_out
from lca.measure.worker.joining import Credentials
from lca.measure.worker.messages import Untrusted, sign, verify
from lca.measure.worker.spool import Spool

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=10,
)
RESULT = {"probe": "p", "attempt": 1, "outcome": "succeeded", "message": "", "document": {"a": 1}}


@given(st.dictionaries(TEXT, VALUES), TEXT)
def test_what_is_signed_is_read_back_as_it_was(body: dict[str, object], key: str) -> None:
    assert verify(sign(body, key), key) == body


@given(TEXT, TEXT)
def test_another_key_reads_nothing(key: str, other: str) -> None:
    if key != other:
        with pytest.raises(Untrusted):
            verify(sign({"a": 1}, key), other)


@pytest.mark.parametrize("constant", ["NaN", "Infinity", '"\\u0000"'])
def test_what_no_host_sends_is_refused_though_signed(constant: str) -> None:
    from lca.measure.worker.messages import _signature

    text = f'{{"a": {constant}}}'
    with pytest.raises(Untrusted):
        verify(json.dumps({"body": text, "signature": _signature(text, "key")}), "key")


def test_a_result_waits_on_disk_until_it_is_settled(tmp_path: Path) -> None:
    identifier = Spool(tmp_path).keep(RESULT)
    after_a_restart = Spool(tmp_path)
    [waiting] = after_a_restart.waiting()
    assert waiting.pop("age_s") >= 0
    assert waiting == {**RESULT, "id": identifier}
    after_a_restart.settle(identifier, stored=True)
    assert list(after_a_restart.waiting()) == []


def test_a_refused_result_is_put_aside_and_not_sent_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    identifier = spool.keep(RESULT)
    spool.settle(identifier, stored=False)
    assert list(spool.waiting()) == []
    assert (tmp_path / "refused" / f"{identifier}.json").is_file()


def test_half_a_file_is_no_result(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    (tmp_path / ".x.part").write_text('{"probe"')
    assert list(spool.waiting()) == []


NEVER: dict[str, Any] = {
    "told_to_stop": lambda: False,
    "going_away": lambda: False,
    "tell": lambda _: None,
}


@pytest.mark.parametrize(
    ("job", "said"),
    [
        ({"spec": {"preset": "huge"}}, "huge"),
        ({"spec": {"preset": "tiny"}, "sweep": {"batches": "1"}}, "cannot read"),
        ({}, "spec"),
    ],
)
def test_an_order_that_cannot_be_read_fails_with_the_reason(
    job: dict[str, Any], said: str, tmp_path: Path
) -> None:
    result = carry_out(job, folder=tmp_path, keep=pytest.fail, **NEVER)
    assert result is not None
    assert (result["outcome"], said in result["message"]) == ("failed", True)


@pytest.mark.usefixtures("probe_extra")
@pytest.mark.timeout(300)
def test_each_run_of_a_sweep_is_kept_and_the_index_ends_it(tmp_path: Path) -> None:
    axes = {"precisions": ["bf16"], "batches": [1, 2], "prompts": [8], "outputs": [2]}
    spec = {"preset": "tiny", "repeats": 2, "device": "cpu"}
    kept: list[dict[str, Any]] = []
    phases: list[str] = []
    tell = {"tell": lambda news: phases.append(news.get("phase", ""))}
    job = {"spec": spec, "sweep": {**axes, "budget_s": 120, "done": ["bf16-b1-p8-o2"]}}
    result = carry_out(job, folder=tmp_path, keep=kept.append, **NEVER | tell)
    assert result is not None
    assert (result["outcome"], result["message"]) == ("succeeded", "")
    assert [run["document"]["request"]["batch_size"] for run in kept] == [2]
    assert [run["outcome"] for run in kept] == ["measured"]
    assert [point["status"] for point in result["document"]["points"]] == ["measured"]
    assert any("run 1 of 1" in phase for phase in phases)


@pytest.mark.parametrize(
    ("broker", "login"),
    [
        ("rediss://h:1/0?ssl_cert_reqs=required", "rediss://me:p%2F@h:1/0?ssl_cert_reqs=required"),
        ("redis+socket:///a/b.sock", "redis+socket://me:p%2F@/a/b.sock"),
    ],
)
def test_the_login_address_holds_user_and_password(broker: str, login: str) -> None:
    rest = {"host": "h", "name": "n", "key_prefix": "k:", "signing_key": "s"}
    made = Credentials(broker_url=broker, username="me", password="p/", **rest)
    assert made.login_url == login


@pytest.mark.parametrize("url", ["cradle.example", "ftp://cradle.example", "https://"])
def test_an_address_that_is_none_is_refused(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["worker", "--url", url, "--token", "t"]) == 2
    assert "--url" in capsys.readouterr().err


def test_a_worker_without_a_token_says_where_to_give_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRADLE_HOST_TOKEN", raising=False)
    assert main(["worker", "--url", "http://localhost:1"]) == 2
    assert "CRADLE_HOST_TOKEN" in capsys.readouterr().err
