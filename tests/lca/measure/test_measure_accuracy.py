"""Accuracy on the small task: sums by hand, pairing, a model that learnt the answers against one that did not, and refusals."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from lca.measure.accuracy.evaluate import evaluate, task
from lca.measure.accuracy.scoring import SCHEMA_ID, against, summary
from lca.measure.cli import main
from lca.measure.errors import Cancelled, InvalidDocument, InvalidRequest, ModelUnavailable
from lca.measure.spec import ProbeSpec

TASK = {"name": "t", "sha256": "0"}


def document(correct: list[int], nats: list[float], tokens: list[int]) -> dict[str, Any]:
    return {"schema": SCHEMA_ID, "task": TASK, "correct": correct, "nats": nats, "tokens": tokens}


def test_accuracy_and_perplexity_are_those_of_all_answers_and_tokens() -> None:
    found: Any = summary([1, 1, 0, 1], [10.0, 30.0], [10, 10])
    assert found["accuracy"]["value"] == 75
    assert found["accuracy"]["p05"] < 75 < found["accuracy"]["p95"]
    assert found["perplexity"]["value"] == pytest.approx(math.exp(2))
    assert found["perplexity"]["p05"] == pytest.approx(math.exp(1))
    assert found["perplexity"]["p95"] == pytest.approx(math.exp(3))


def test_the_interval_of_an_accuracy_is_that_of_a_share() -> None:
    correct = [1] * 60 + [0] * 20
    found: Any = summary(correct, [1.0], [1])
    half = 164.49 * math.sqrt(0.75 * 0.25 / 80)
    assert found["accuracy"]["p95"] - 75 == pytest.approx(half, rel=0.15)
    assert 75 - found["accuracy"]["p05"] == pytest.approx(half, rel=0.15)


def test_two_models_are_compared_question_by_question() -> None:
    draws = np.random.default_rng(1)
    correct = [int(each) for each in draws.integers(0, 2, 80)]
    nats = [float(each) for each in draws.uniform(50, 150, 20)]
    tokens = [40] * 20
    first = document(correct, nats, tokens)
    same: Any = against(first, first)
    assert same["accuracy"] == {"value": 0, "p05": 0, "p95": 0, "unit": "points"}
    assert same["perplexity_ratio"]["p95"] == 1
    worse = document(correct, [1.1 * each for each in nats], tokens)
    found: Any = against(first, worse)
    assert found["perplexity_ratio"]["value"] == pytest.approx(math.exp(0.1 * sum(nats) / 800))
    spread = found["perplexity_ratio"]["p95"] / found["perplexity_ratio"]["p05"]
    alone: Any = summary(correct, nats, tokens)
    assert spread < alone["perplexity"]["p95"] / alone["perplexity"]["p05"]
    flipped = document([1 - correct[0], *correct[1:]], nats, tokens)
    one: Any = against(first, flipped)
    assert one["answers_changed"] == 1
    assert abs(one["accuracy"]["value"]) == pytest.approx(100 / 80)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"schema": "other"}, "no document of `python -m lca.measure accuracy`"),
        ({"correct": []}, "no document"),
        ({"nats": ["much"]}, "no document"),
        ({"tokens": None}, "no document"),
        ({"nats": [float("nan")]}, "no document"),
        ({"task": {"name": "other"}}, "different tasks"),
    ],
    ids=str,
)
def test_documents_that_cannot_be_compared_are_refused(changes: dict[str, Any], says: str) -> None:
    good = document([1], [1.0], [1])
    with pytest.raises(InvalidDocument, match=says):
        against({**good, **changes}, good)


def test_the_task_has_one_right_answer_a_question() -> None:
    found = task()
    assert len(found["questions"]) == 80
    assert len({row["question"] for row in found["questions"]}) == 80
    for row in found["questions"]:
        assert len({row["right"], *row["wrong"]}) == 4


def tokenizer() -> PreTrainedTokenizerFast:
    found = task()
    said = [f"{row['question']} {' '.join([row['right'], *row['wrong']])}" for row in found["questions"]]  # fmt: skip
    split = Whitespace()
    words = sorted({word for text in [*said, *found["texts"]] for word, _ in split.pre_tokenize_str(text)})  # fmt: skip
    inner = Tokenizer(WordLevel({word: place for place, word in enumerate(["<unk>", *words])}, unk_token="<unk>"))  # fmt: skip
    inner.pre_tokenizer = split
    return PreTrainedTokenizerFast(tokenizer_object=inner, unk_token="<unk>")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A small model as it begins, and the same once it has learnt the right answers."""
    words = tokenizer()
    torch.manual_seed(5)
    config = LlamaConfig(
        vocab_size=len(words), hidden_size=64, intermediate_size=128, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=128,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    found = {}

    def keep(name: str) -> None:
        found[name] = tmp_path_factory.mktemp(name)
        model.save_pretrained(found[name])
        words.save_pretrained(found[name])

    keep("new")
    lines = [f"{row['question']} {row['right']}" for row in task()["questions"]]
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(25):
        for line in lines:
            ids = words(line, return_tensors="pt").input_ids
            loss = model(ids, labels=ids).loss
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    keep("learnt")
    return found


def spec(folder: Path, precision: str = "fp32") -> ProbeSpec:
    return ProbeSpec(model=str(folder), precision=precision, device="cpu")


def test_a_model_that_learnt_the_answers_is_told_from_one_that_did_not(
    folders: dict[str, Path],
) -> None:
    new, learnt = (evaluate(spec(folders[name])) for name in ("new", "learnt"))
    chance, known = (each["results"]["accuracy"]["value"] for each in (new, learnt))  # type: ignore[index]
    assert chance < 50
    assert known > 70
    found: Any = against(new, learnt)
    assert found["accuracy"]["p05"] > 20
    assert learnt["model"]["weights"] == "pretrained"  # type: ignore[index]
    vocabulary = len(tokenizer())
    assert new["results"]["perplexity"]["value"] == pytest.approx(vocabulary, rel=0.2)  # type: ignore[index]


def test_scores_are_those_of_torch_itself(folders: dict[str, Path]) -> None:
    found: Any = evaluate(spec(folders["learnt"]))
    model = LlamaForCausalLM.from_pretrained(folders["learnt"]).eval()
    ids = tokenizer()(task()["texts"][0], return_tensors="pt").input_ids
    with torch.inference_mode():
        loss = model(ids, labels=ids).loss.item()
    assert found["tokens"][0] == ids.shape[1] - 1
    assert found["nats"][0] == pytest.approx(loss * (ids.shape[1] - 1), rel=1e-4)


def test_the_command_compares_precisions(
    folders: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ["accuracy", "--model", str(folders["learnt"]), "--device", "cpu"]
    first, second = tmp_path / "fp32.json", tmp_path / "int8.json"
    assert main([*common, "--precision", "fp32", "--out", str(first)]) == 0
    words = ["--precision", "torch-int8", "--out", str(second), "--against", str(first)]
    assert main([*common, *words]) == 0
    found = json.loads(second.read_text())
    assert found["model"]["precision"] == "torch-int8"
    assert found["against"]["model"]["precision"] == "fp32"
    assert abs(found["against"]["accuracy"]["value"]) < 20
    assert "against the other, accuracy" in capsys.readouterr().err
    second.write_text("[]")
    assert main([*common, "--out", str(tmp_path / "x"), "--against", str(second)]) == 10
    assert main([*common, "--out", str(tmp_path / "x"), "--against", str(tmp_path / "none")]) == 10


def test_chance_is_not_evaluated() -> None:
    with pytest.raises(InvalidRequest, match="its answers are chance"):
        evaluate(ProbeSpec(preset="tiny", device="cpu"))


def test_an_evaluation_can_be_stopped(folders: dict[str, Path]) -> None:
    with pytest.raises(Cancelled):
        evaluate(spec(folders["new"]), should_stop=lambda: True)


def test_a_folder_without_a_tokenizer_says_so(folders: dict[str, Path], tmp_path: Path) -> None:
    LlamaForCausalLM.from_pretrained(folders["new"]).save_pretrained(tmp_path)
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        evaluate(spec(tmp_path))
