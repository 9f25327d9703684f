"""Let a model answer the task: each question by the likelihood of its four answers, each text by that of its tokens. Loads torch."""

import hashlib
import json
import math
import time
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from typing import Any, cast

import torch
from transformers import AutoTokenizer

from lca.measure.accuracy.scoring import SCHEMA_ID, Document, summary
from lca.measure.control import Control, Progress
from lca.measure.devices import choose_device
from lca.measure.environment import describe_environment
from lca.measure.errors import InvalidRequest, ModelUnavailable
from lca.measure.spec import PACKAGED, ProbeSpec
from lca.measure.workloads.loader import load
from lca.measure.workloads.packaged import located
from lca.measure.workloads.sources import loading_options, unavailable

TEXT_PROMPT = (
    1  # a text's first token is given, not predicted, where the tokenizer adds no token of its own
)


@cache
def task() -> dict[str, Any]:
    """Return the task that ships with the probe: questions with four answers each, and texts."""
    text = resources.files("lca.measure.accuracy").joinpath("task.json").read_text("utf-8")
    return {
        **json.loads(text),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


def evaluate(
    spec: ProbeSpec,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Document:
    """Evaluate a model in its precision and return a document with every answer's score.

    Raises
    ------
    InvalidRequest
        For a reference model: its weights are seeded, so its answers are chance.
    MeasureError
        As for a measurement.
    """
    if spec.preset is not None and spec.preset not in PACKAGED:
        msg = f"{spec.preset} has seeded weights: its answers are chance. Give a trained model: --model, or --preset {next(iter(PACKAGED))}."
        raise InvalidRequest(msg, "preset")
    given = task()
    control = Control(spec.time_limit_s, on_progress, should_stop)
    control.total = 3
    control.enter("loading")
    device = choose_device(spec.device)
    model = load(spec, device)
    judge = _Judge(model.module, _tokenizer(located(spec)), control)
    control.finish("loading")
    control.enter("questions")
    correct = [judge.is_right(row["question"], [row["right"], *row["wrong"]]) for row in given["questions"]]  # fmt: skip
    control.finish("questions")
    control.enter("texts")
    scores = [judge.nats("", text) for text in given["texts"]]
    control.finish("texts")
    nats, tokens = [score for score, _ in scores], [count for _, count in scores]
    return {
        "schema": SCHEMA_ID,
        "task": {"name": given["name"], "sha256": given["sha256"], "questions": len(correct), "texts": len(nats)},
        "model": model.description,
        "environment": describe_environment(device, torch.get_num_threads()),
        "duration_s": time.monotonic() - control.started,
        "correct": [int(each) for each in correct],
        "nats": nats,
        "tokens": tokens,
        "results": summary(correct, nats, tokens),
    }  # fmt: skip


def _tokenizer(spec: ProbeSpec) -> Any:
    try:
        return AutoTokenizer.from_pretrained(spec.model, **loading_options(spec))
    except (OSError, ValueError) as error:
        raise unavailable(spec, error) from error


class _Judge:
    """Scores of texts under a model, one at a time, stopped when it is asked to."""

    def __init__(self, module: Any, tokenizer: Any, control: Control) -> None:
        self.module, self.tokenizer, self.control = module, tokenizer, control

    def is_right(self, question: str, answers: Sequence[str]) -> bool:
        """Tell whether the first answer is the likeliest, by the mean of its tokens; a tie is wrong."""
        means = []
        for answer in answers:
            nats, tokens = self.nats(question, f" {answer}")
            means.append(nats / tokens)
        return means[0] < min(means[1:])

    def nats(self, before: str, text: str) -> tuple[float, int]:
        """Return the negative log-likelihood [nat] of a text after another one, and how many tokens it has."""
        self.control.check()
        whole = self.tokenizer(before + text, return_tensors="pt").input_ids
        given = len(self.tokenizer(before).input_ids) if before else TEXT_PROMPT
        ids = whole.to(self.module.device)
        with torch.inference_mode():
            kept = (
                ids.shape[1] - given + 1
            )  # the head is the dearest part: it need not see the question
            logits = self.module(ids, use_cache=False, logits_to_keep=kept).logits[0, :-1].float()
        own = torch.nn.functional.cross_entropy(logits, ids[0, given:], reduction="none")
        total = float(own.sum())
        if not math.isfinite(total):
            raise ModelUnavailable("The model's output is not finite in this precision; take another one.")  # fmt: skip
        return total, int(cast("int", own.numel()))
