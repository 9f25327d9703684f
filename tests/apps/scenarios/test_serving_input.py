"""Traces and profiles from files: what is read, and what is said where they are wrong."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from apps.scenarios.errors import BadInput
from apps.scenarios.quantity import front
from apps.scenarios.serving import library
from apps.scenarios.serving.trace import Shape, read
from tests.apps.scenarios.paths import CPU_SWEEP, SERVERS

PROFILE: dict[str, Any] = {
    "name": "ours",
    "source": "our own bench",
    "provenance": "measured",
    "decode": [
        {"batch": 2, "step_ms": 20, "watts": 200},
        {"batch": 6, "step_ms": 28, "watts": 280},
    ],
    "prefill": {"ms_per_token": 0.1, "watts": 350},
    "idle_w": 60,
    "power_caps": [{"name": "250 W", "slower": 1.1, "power": 0.8}],
}


def written(tmp_path: Path, text: str, name: str = "trace.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_dates_and_seconds_are_the_same_trace(tmp_path: Path) -> None:
    dates = read(
        written(
            tmp_path,
            "TIMESTAMP,ContextTokens,GeneratedTokens\n"
            "2023-11-16 18:15:50.5000000,374,44\n2023-11-16 18:15:46.0000000,396,109\n",
        )
    )
    seconds = read(
        written(tmp_path, "generated_tokens,time,prompt_tokens\n44,1004.5,374\n109,1000,396\n")
    )
    for each in (dates, seconds):
        assert each.arrival.tolist() == [0.0, 4.5]
        assert each.prompt.tolist() == [396, 374]
        assert each.generated.tolist() == [109, 44]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,b\n1,2\n", "three columns"),
        ("time,prompt_tokens,generated_tokens\n", "a line below"),
        ("", "not a table"),
        ("time,prompt_tokens,generated_tokens\n0,1,1\nnoon,1,1\n", "Line 3: “noon”"),
        ("time,prompt_tokens,generated_tokens\n0,1.5,1\n", "Line 2: “1.5”"),
        ("time,prompt_tokens,generated_tokens\n0,-3,1\n", "Line 2: “-3”"),
        ("time,prompt_tokens,generated_tokens\n0,1,0\n", "Line 2: a request generates"),
        ("time,prompt_tokens,generated_tokens\ninf,1,2\n", "Line 2: “inf”"),
    ],
    ids=["two", "empty", "nothing", "noon", "half", "negative", "none", "infinite"],
)
def test_a_bad_trace_names_its_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read(written(tmp_path, text))


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read(tmp_path / "no.csv")
    with pytest.raises(BadInput, match="cannot be read"):
        library.chosen(str(tmp_path / "no.json"), SERVERS)


@pytest.mark.parametrize(
    "change", [{"process": "lunar"}, {"rate": 0}, {"requests": 0}, {"prompt": 0.5}], ids=str
)
def test_a_shape_that_cannot_be_drawn(change: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        Shape(**change)


def test_shipped_profiles_repeat_what_was_published() -> None:
    known = library.shipped(SERVERS)
    assert len(known) == 25
    llama = known["llama-3.1-8b-instruct/h100x1"]
    assert llama.step_s[96] == pytest.approx(14.08e-3, rel=0.005)
    assert llama.step_w[96] == pytest.approx(643.95, rel=0.005)
    assert llama.room == 690
    for profile in known.values():
        energy = np.array(profile.step_s[1:]) * np.array(profile.step_w[1:])
        assert (np.diff(profile.step_s[1:]) >= -2e-3).all(), profile.name
        assert energy[0] > energy[-1] / profile.room, profile.name
        assert 0 < profile.idle_w < profile.step_w[1]
        assert profile.quantities()["idle"].provenance == "default"
        assert profile.quantities()["prefill"].provenance == "modelled"


def test_a_profile_of_ones_own(tmp_path: Path) -> None:
    profile = library.chosen(str(written(tmp_path, json.dumps(PROFILE), "own.json")), SERVERS)
    assert profile.step_s[4] == pytest.approx(0.024)
    assert profile.step_s[1] == pytest.approx(0.018)
    assert profile.step_w[6] == 280
    assert profile.caps[0].name == "250 W"
    assert profile.notes == ("decoding below a batch of 2 is extrapolated: it was not measured",)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, "lacks the text “name”"),
        ({"idle_w": None}, "lacks the number “idle_w”"),
        ({"idle_w": -1}, "negative"),
        ({"idle_w": True}, "lacks the number"),
        ({"decode": []}, "lacks the list"),
        ({"decode": [3]}, "decode, entry 0"),
        ({"decode": [{"batch": 0, "step_ms": 1, "watts": 1}]}, "a batch from 1"),
        ({"decode": [{"batch": 1e9, "step_ms": 1, "watts": 1}]}, "a batch from 1"),
        ({"prefill": 3}, "lacks “prefill”"),
        ({"provenance": "guessed"}, "one of measured"),
        ({"gsd": 0.5}, "1 or more"),
        ({"power_caps": [{"name": "x", "slower": 0.5, "power": 0.5}]}, "slower"),
        ({"power_caps": [7]}, "objects with name"),
        ({"power_caps": 7}, "a list of objects"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else None,
)
def test_a_bad_profile_names_its_key(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    path = written(tmp_path, json.dumps(PROFILE | change), "own.json")
    with pytest.raises(BadInput, match=says):
        library.read(path)


@pytest.mark.parametrize("text", ["[1]", "{", "nonsense"])
def test_a_profile_that_is_no_object(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput, match=r"own\.json"):
        library.read(written(tmp_path, text, "own.json"))


def test_names_of_profiles_that_fit_none_or_several() -> None:
    assert (
        library.chosen("Llama-3.1-8B-instruct/h100", SERVERS).name == "llama-3.1-8b-instruct/h100x1"
    )
    with pytest.raises(BadInput, match="fits several"):
        library.chosen("llama", SERVERS)
    with pytest.raises(BadInput, match="is not known"):
        library.chosen("abacus", SERVERS)


def test_the_front_is_what_nothing_beats() -> None:
    rng = np.random.default_rng(4)
    rows = rng.integers(0, 6, (60, 3)).tolist()
    brute = [
        not any(all(a <= b for a, b in zip(other, row, strict=True)) and other != row for other in rows)
        for row in rows
    ]  # fmt: skip
    assert front(rows) == brute


def test_measurement_documents_are_a_profile() -> None:
    profile = library.chosen(f"{CPU_SWEEP}#fp32", SERVERS)
    documents = [
        each
        for each in json.loads(CPU_SWEEP.read_text())["documents"]
        if each["request"]["precision"] == "fp32"
    ]
    rates = {
        batch: [
            each["results"]["decode"]["tokens_per_second"]["mean"]
            for each in documents
            if each["request"]["batch_size"] == batch
        ]
        for batch in (1, 4)
    }
    assert profile.room == 4
    assert profile.step_s[1] == pytest.approx(np.mean([1 / rate for rate in rates[1]]))
    assert profile.step_s[4] == pytest.approx(np.mean([4 / rate for rate in rates[4]]))
    assert profile.quantities()["idle"].provenance == "modelled"
    assert "fp32" in profile.name


def test_documents_of_several_precisions_ask_which(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="bf16, fp32, int8"):
        library.chosen(str(CPU_SWEEP), SERVERS)
    damaged = json.loads(CPU_SWEEP.read_text())["documents"][:1]
    del damaged[0]["results"]["decode"]
    with pytest.raises(BadInput, match="Not a measurement document"):
        library.read(written(tmp_path, json.dumps(damaged), "own.json"))
