"""Own measurements in a fit: decoding as rows, prompts from their own phase."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lca.measure import document as documents
from lca.measure import meters
from lca.measure.cli import main
from lca.measure.errors import InvalidDocument, InvalidRequest
from lca.measure.profiles import documents as reading
from lca.measure.profiles.fit import from_document
from lca.measure.profiles.profile import Request, predict

Make = Callable[..., Path]
PARAMETERS = 8e9
IDEAL_J = 2 * PARAMETERS * 700 / 989.4e12
"""Joules of a prompt's token of 8 billion parameters on an H100 at full rate and design power."""


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def write(
        name: str = "a", *, ratio: float = 2.0, decode_j: float = 0.45, **changes: Any
    ) -> Path:
        rows = [("idle", 0, 200.0), ("idle", 0, 200.0)]
        rows += [("prefill", 1000, 1000 * ratio * IDEAL_J)] * 2 + [
            ("decode", 100, 100 * decode_j)
        ] * 2
        windows = [
            {
                "phase": phase,
                "repeat": k % 2,
                "iterations": 1,
                "tokens": tokens,
                "duration_s": 2.0,
                "energy_j": joules,
            }
            for k, (phase, tokens, joules) in enumerate(rows)
        ]
        device = {"kind": "cuda", "name": changes.get("device", "nvidia-h100-sxm5-80gb")}
        meter = meters.modules()[changes.get("meter", "nvml_energy")]
        made = documents.build(
            request={"precision": changes.get("precision", "bf16"), "batch_size": 8, "prompt_tokens": 1000, "output_tokens": 300},
            model={"name": "ref-8b", "parameters": int(PARAMETERS), **changes.get("model", {})},
            environment={"device": device},
            meter=meter.DESCRIPTION,
            windows=windows,
            duration_s=12.0,
        )  # fmt: skip
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(made), encoding="utf-8")
        return path

    return write


def test_documents_become_rows_and_ratios(make: Make) -> None:
    measured = reading.read_documents([make("a"), make("b", ratio=3.0, decode_j=0.5)])
    np.testing.assert_allclose(measured.prefill_ratio, [2.0, 3.0], rtol=1e-3)
    np.testing.assert_allclose(measured.table.energy, [0.45, 0.5])
    assert measured.table.base.tolist() == ["ref-8b"] * 2
    assert measured.table.rows.context.tolist() == [1000.0] * 2


def test_a_mixture_counts_the_parameters_that_a_token_passes(make: Make) -> None:
    rows = reading.read_documents([make(model={"parameters_active": 1e9})]).table.rows
    assert rows.active[0] == 1e9
    assert rows.experts[0]


def test_what_a_fit_cannot_take_is_refused(make: Make, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="--measured-on"):
        reading.read_documents([make(device="A strange board")])
    assert reading.read_documents([make(device="A strange board")], "H100").table.rows.tdp[0] == 700
    with pytest.raises(InvalidDocument, match=r"reads the (chip|package)"):
        reading.read_documents([make(meter="rapl")])
    with pytest.raises(InvalidRequest, match="int3 is not a precision"):
        reading.read_documents([make(precision="int3")])
    changed = json.loads(make().read_text(encoding="utf-8"))
    changed["meter"]["is_modelled"] = True
    changed["results"]["provenance"] = "modelled"
    (tmp_path / "m.json").write_text(json.dumps(changed), encoding="utf-8")
    with pytest.raises(InvalidDocument, match="modelled"):
        reading.read_documents([tmp_path / "m.json"])
    changed["results"]["decode"]["joules_per_token"]["mean"] = 1e-9
    (tmp_path / "m.json").write_text(json.dumps(changed), encoding="utf-8")
    with pytest.raises(InvalidDocument, match="does not follow"):
        reading.read_documents([tmp_path / "m.json"])
    (tmp_path / "m.json").write_text("[]", encoding="utf-8")
    with pytest.raises(InvalidDocument, match="not a measurement document"):
        reading.read_documents([tmp_path / "m.json"])


@pytest.fixture
def small_table(tmp_path: Path) -> Path:
    """Four dense base models of the published table."""
    lines = Path("fixtures/profiles/text.csv").read_text(encoding="utf-8").splitlines()
    wanted = ("Llama-3.1-8B", "Llama-3.3-70B", "Qwen3-32B", "gemma-3-12b")
    kept = [lines[0], *(line for line in lines[1:] if any(name in line for name in wanted))]
    path = tmp_path / "small.csv"
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return path


def test_measured_prompts_replace_the_assumption(make: Make, small_table: Path) -> None:
    out = small_table.with_name("fit.json")
    given = [f"--measurement={make(name, ratio=ratio)}" for name, ratio in (("a", 1.9), ("b", 2.0), ("c", 2.1))]  # fmt: skip
    assert main(["fit", str(small_table), *given, "--source", "test", "--out", str(out)]) == 0
    fit = from_document(json.loads(out.read_text(encoding="utf-8")))
    request = Request(params_total=8, params_active=8, gpu="H100", batch=8, input_tokens=1000)
    result = predict(request, fit)
    b = result.to_dict()["b_j_per_input_token"]
    assert b["value"] == pytest.approx(2.0 * IDEAL_J, rel=0.01)
    assert b["p95"] / b["value"] < 2.0
    assert not [text for text in result.extrapolates if "prompt" in text]
    shipped = predict(replace(request)).to_dict()["b_j_per_input_token"]
    assert shipped["p95"] / shipped["value"] > 3.0
