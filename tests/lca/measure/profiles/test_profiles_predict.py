"""Predictions: what physics demands of them, how bounds widen, and what is refused."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.measure.cli import main
from lca.measure.errors import DoesNotFit, InvalidRequest
from lca.measure.profiles.accelerators import find
from lca.measure.profiles.profile import Request, predict

DENSE = Request(
    params_total=70, params_active=70, gpu="H100", gpus=4, batch=64, input_tokens=500, output_tokens=400
)  # fmt: skip


def value(request: Request) -> float:
    return predict(request).energy[0]


@given(st.floats(1, 1e5), st.floats(0, 1e5), st.integers(1, 4096))
def test_bounds_hold_the_value_and_more_work_takes_more(
    output: float, prompt: float, batch: int
) -> None:
    request = replace(DENSE, output_tokens=output, input_tokens=prompt, batch=batch)
    result = predict(request)
    for middle, low, high in (result.energy, result.decode, result.prefill):
        assert 0 <= low <= middle <= high
    assert value(replace(request, output_tokens=1.5 * output)) > result.energy[0]
    assert value(replace(request, input_tokens=prompt + 100)) > result.energy[0]
    assert value(replace(request, batch=batch + 8)) < result.energy[0]


def test_a_request_is_linear_in_computed_prompt_tokens() -> None:
    document = predict(DENSE).to_dict()
    longer = predict(replace(DENSE, input_tokens=600, cached_tokens=100)).to_dict()
    b, c = (longer[f"{name}_token"]["value"] for name in ("b_j_per_input", "c_j_per_output"))
    assert b == pytest.approx(document["b_j_per_input_token"]["value"])
    assert longer["energy_per_request_j"]["value"] == pytest.approx(500 * b + 400 * c)


def test_cached_prompt_tokens_are_attended_to_and_not_computed() -> None:
    cached = predict(replace(DENSE, cached_tokens=500))
    assert cached.prefill == (0, 0, 0)
    assert cached.to_dict()["b_j_per_input_token"] is None
    assert cached.decode == predict(DENSE).decode
    assert cached.decode[0] > predict(replace(DENSE, input_tokens=0)).decode[0]


def test_reasoning_tokens_cost_what_shown_ones_do() -> None:
    thinking = predict(replace(DENSE, reasoning_tokens=600))
    assert thinking.energy == predict(replace(DENSE, output_tokens=1000)).energy


def test_experts_make_a_mixture_cheaper_than_a_dense_model_of_its_size() -> None:
    mixture = replace(DENSE, params_active=3)
    assert value(mixture) < value(DENSE) / 2
    few = [predict(replace(mixture, batch=batch)).terms["experts"] for batch in (1, 8, 512)]
    assert few[0] > few[1] > few[2]


def test_an_accelerator_that_was_not_measured_widens_the_bounds_and_is_said() -> None:
    known, unknown = predict(DENSE), predict(replace(DENSE, gpu="A100", gpus=4))
    width = [result.decode[2] / result.decode[1] for result in (known, unknown)]
    assert width[1] > 1.5 * width[0]
    assert not [text for text in known.extrapolates if "accelerator" in text or "batch" in text]
    assert any("A100" in text for text in unknown.extrapolates)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"batch": 1}, "batch 1 lies outside the measured 8 to 4,096"),
        ({"params_total": 1, "params_active": 1}, "params_total 1 lies outside"),
        ({"precision": "nf4"}, "nf4 was not measured"),
        ({"output_tokens": 50_000}, "tokens generated 5e+04 lies outside"),
    ],
)
def test_extrapolation_is_said(change: dict[str, float], said: str) -> None:
    assert any(said in text for text in predict(replace(DENSE, **change)).extrapolates)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"batch": 0}, "batch is 0"),
        ({"output_tokens": float("nan")}, "output_tokens is nan"),
        ({"params_active": 80}, "more than params_total"),
        ({"cached_tokens": 501}, "more than the input has"),
        ({"precision": "int3"}, "precision is 'int3'"),
        ({"gpu": "H10"}, "did you mean"),
    ],
)
def test_a_request_that_cannot_be_is_refused(change: dict[str, float], said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        predict(replace(DENSE, **change))


def test_weights_must_fit() -> None:
    with pytest.raises(DoesNotFit, match="140 GB"):
        predict(replace(DENSE, gpus=1))


@pytest.mark.parametrize(
    "name", ["H100", "h100 sxm5 80gb", "NVIDIA H100 SXM5 80GB", "nvidia-h100-sxm5-80gb"]
)
def test_accelerators_answer_to_their_names(name: str) -> None:
    assert find(name).key == "nvidia-h100-sxm5-80gb"


def test_the_command_prints_what_the_function_gives(capsys: pytest.CaptureFixture[str]) -> None:
    line = "predict --params-total 70 --params-active 70 --gpu H100 --gpus 4 --precision bf16 --batch 64 --in 500 --out 400"
    assert main([*line.split(), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads(json.dumps(predict(DENSE).to_dict()))
    assert main(line.split()) == 0
    assert "a million answer tokens" in capsys.readouterr().out
    assert main(["predict", "--gpu", "H100"]) == 2
    assert "--params-total" in capsys.readouterr().err


def test_the_commands_evaluate_and_fit(capsys: pytest.CaptureFixture[str]) -> None:
    table = "fixtures/profiles/text.csv"
    assert main(["evaluate", table, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 650
    assert main(["evaluate", table]) == 0
    assert "llama-3.1-405b" in capsys.readouterr().out
    assert main(["evaluate", table, "--fit", "README.md"]) == 2
    assert main(["fit", table, "--source", "x", "--out", "/nowhere/x.json"]) == 2


def test_predicting_needs_numpy_alone() -> None:
    code = (
        "from lca.measure.profiles.profile import *; import sys;"
        "predict(Request(params_total=8, params_active=8, gpu='H100'));"
        "print([m for m in ('scipy', 'torch', 'pandas', 'django') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
