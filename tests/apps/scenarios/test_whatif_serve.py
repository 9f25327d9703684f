"""``manage.py whatif serve``: from a trace in a file to energy, footprint and waiting."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.scenarios.serving.trace import Shape, draw


@pytest.fixture
def trace_file(tmp_path: Path) -> Path:
    trace = draw(Shape(rate=4, requests=600, prompt=300, generated=120), seed=8)
    lines = (f"{a:.6f},{p},{g}" for a, p, g in zip(trace.arrival, trace.prompt, trace.generated, strict=True))  # fmt: skip
    path = tmp_path / "trace.csv"
    path.write_text("time,prompt_tokens,generated_tokens\n" + "\n".join(lines) + "\n")
    return path


def whatif(*words: str) -> str:
    out = StringIO()
    call_command("whatif", *words, stdout=out)
    return out.getvalue()


def found(path: Path, *words: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(whatif("serve", "--trace", str(path), "--json", *words))
    return document


def test_every_policy_has_energy_footprint_and_waiting(trace_file: Path) -> None:
    document = found(trace_file, "--cap", "500W:1.08:0.75", "--sweep")
    policies = {row["policy"]: row for row in document["policies"]}
    base = policies["as they come"]
    assert document["trace"]["requests"] == 600
    assert set(policies) == {
        "one at a time", "as they come", "windowed, 1 s", "windowed, 10 s", "shaped", "consolidated", "500W",
    }  # fmt: skip
    for name, row in policies.items():
        carbon = row["footprint"]["gwp_location"]
        assert carbon["unit"] == "kg CO2e/request"
        assert carbon["p05"] < carbon["nominal"] < carbon["p95"]
        assert ("difference" in carbon) == (name != "as they come")
        assert row["energy_per_request_j"] == pytest.approx(sum(row["energy_by_phase_j"].values()))
    site = document["site"]
    expected = base["energy_per_request_j"] / 3.6e6
    for name in ("node_overhead", "pue", "grid"):
        expected *= site[name]["value"]
    assert base["footprint"]["gwp_location"]["nominal"] == pytest.approx(expected)
    apart = policies["one at a time"]["footprint"]["gwp_location"]["difference"]
    assert apart["p05"] > 0
    assert any(row["on_front"] for row in document["sweep"])


def test_claims_stand_beside_what_was_found(trace_file: Path) -> None:
    document = found(trace_file)
    rows = {row["policy"]: row["energy_per_request_j"] for row in document["policies"]}
    batch, hundred, shaping = document["claims"]
    assert batch["found"] > 10
    assert hundred["found"] == pytest.approx(rows["one at a time"] / rows["as they come"])
    assert shaping["found"] == pytest.approx(rows["as they come"] / rows["shaped"])


def test_a_given_site_counts_as_supplied(trace_file: Path) -> None:
    document = found(trace_file, "--zone", "FR", "--pue", "1.1", "--grid", "0.02")
    assert document["site"]["zone"] == "FR"
    assert document["site"]["grid"] | {"source": ""} == {
        "value": 0.02, "unit": "kg CO2e/kWh", "provenance": "supplied", "source": "",
    }  # fmt: skip
    assert document["site"]["wue"]["provenance"] == "default"


def test_the_table_is_for_people(trace_file: Path) -> None:
    text = whatif("serve", "--trace", str(trace_file), "--profile", "qwen3-8b/h100x1")
    assert "gCO2e/request" in text
    assert "as they come" in text
    assert "Valid for" in text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "Give a trace"),
        (["--process", "poisson", "--zone", "XX"], "no gwp_location for the zone “XX”"),
        (["--process", "poisson", "--pue", "0.9"], "1 or more"),
        (["--process", "poisson", "--cap", "low"], "NAME:SLOWER:POWER"),
        (["--process", "poisson", "--replicas", "0"], "1 to 1024 replicas"),
        (["--process", "poisson", "--profile", "nobody"], "is not known"),
    ],
    ids=["nothing", "zone", "pue", "cap", "replicas", "profile"],
)
def test_bad_input_is_said(words: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        whatif("serve", "--requests", "20", *words)
