"""From scores of questions and texts to accuracy and perplexity with intervals, and to the difference of two models; numpy alone."""

import math
from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import numpy.typing as npt

from lca.measure.errors import InvalidDocument

SCHEMA_ID = "cradle-accuracy/1.0"
RESAMPLES = 4_096
SEED = 2026
Document = dict[str, object]
Values = npt.NDArray[np.float64]


def summary(correct: Sequence[int], nats: Sequence[float], tokens: Sequence[int]) -> Document:
    """Return accuracy and perplexity with 90 % intervals over questions and texts (bootstrap, resampled whole).

    Parameters
    ----------
    correct : sequence of int
        1 for each question that was answered rightly, else 0. Shape (questions,).
    nats : sequence of float
        Negative log-likelihood of each text. [nat] Shape (texts,).
    tokens : sequence of int
        Tokens of each text that were predicted. Shape (texts,).
    """
    right, loss, count = (np.asarray(each, dtype=float) for each in (correct, nats, tokens))
    accuracy = 100 * _resampled(right).mean(axis=1)
    perplexity = np.exp(_ratios(loss, count))
    return {
        "accuracy": _stat(100 * float(right.mean()), accuracy, "%"),
        "perplexity": _stat(math.exp(loss.sum() / count.sum()), perplexity, "1"),
    }


def against(before: Mapping[str, object], after: Mapping[str, object]) -> Document:
    """Return what a model loses or wins against another one on the same task: paired by question and by text.

    Raises
    ------
    InvalidDocument
        If one is no document of an accuracy, or they are not of the same task.
    """
    first, second = _checked(before), _checked(after)
    if first["task"] != second["task"]:
        raise InvalidDocument("The two documents are of different tasks; evaluate both with one version of the probe.")  # fmt: skip
    one, two = (np.asarray(each["correct"], dtype=float) for each in (first, second))
    points = 100 * (two - one)
    losses = [np.asarray(each["nats"], dtype=float) for each in (first, second)]
    counts = [np.asarray(each["tokens"], dtype=float) for each in (first, second)]
    ratio = np.exp(_ratios(losses[1], counts[1]) - _ratios(losses[0], counts[0]))
    means = [loss.sum() / count.sum() for loss, count in zip(losses, counts, strict=True)]
    return {
        "accuracy": _stat(float(points.mean()), _resampled(points).mean(axis=1), "points"),
        "perplexity_ratio": _stat(math.exp(means[1] - means[0]), ratio, "1"),
        "answers_changed": int(np.sum(one != two)),
    }


def _checked(document: Mapping[str, object]) -> dict[str, list[float]]:
    lists = ("correct", "nats", "tokens")
    sound = document.get("schema") == SCHEMA_ID and all(
        isinstance(document.get(key), list) and document[key] and all(map(_is_number, cast("list[object]", document[key])))
        for key in lists
    )  # fmt: skip
    if not sound or not isinstance(document.get("task"), dict):
        msg = f"This is no document of `python -m lca.measure accuracy` ({SCHEMA_ID})."
        raise InvalidDocument(msg)
    return cast("dict[str, list[float]]", document)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _picks(size: int) -> npt.NDArray[np.int64]:
    """Return which rows each resample takes: the same for two models, so that what they share cancels."""
    return np.random.default_rng(SEED).integers(0, size, size=(RESAMPLES, size))


def _resampled(values: Values) -> Values:
    return values[_picks(values.size)]


def _ratios(total: Values, count: Values) -> Values:
    return cast("Values", _resampled(total).sum(axis=1) / _resampled(count).sum(axis=1))


def _stat(value: float, resamples: Values, unit: str) -> Document:
    p05, p95 = (float(each) for each in np.quantile(resamples, (0.05, 0.95)))
    return {"value": value, "p05": p05, "p95": p95, "unit": unit}
