"""Routing learns what can be learnt, claims nothing where nothing can, and never sees what it is judged on."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from apps.scenarios.errors import BadInput
from apps.scenarios.routing import study
from apps.scenarios.routing.complexity import held_out
from apps.scenarios.routing.queries import Queries, read

EASY = ("add two numbers", "name the capital", "spell this word", "count the letters")
HARD = ("prove the theorem", "derive the integral", "diagnose the fault", "argue the appeal")


def questions(many: int = 400, seed: int = 1, *, learnable: bool = True) -> Queries:
    """Questions of eight topics; the small model fails the hard half of them, where that can be told from the words."""
    rng = np.random.default_rng(seed)
    hard = rng.random(many) < 0.5
    topic = rng.integers(0, 4, many)
    shown = hard if learnable else rng.random(many) < 0.5
    text = [
        f"{(HARD if s else EASY)[t]} case {n} of {rng.integers(100)}"
        for n, (s, t) in enumerate(zip(shown, topic, strict=True))
    ]
    small = (~hard) & (rng.random(many) < 0.95)
    large = rng.random(many) < 0.95
    return Queries(
        models=("small", "large"),
        text=np.array(text, dtype=object),
        features=np.empty((many, 0)),
        group=np.array([f"topic {t}" for t in topic], dtype=object),
        quality=np.column_stack([small, large]).astype(float),
        energy=np.broadcast_to([1.0, 10.0], (many, 2)),
    )


def first_result(queries: Queries, budget: float = 0.6) -> dict[str, Any]:
    found: dict[str, Any] = study.study(queries, study.Asked(budget=budget, folds=4))
    result: dict[str, Any] = found["results"][0]
    return result


def test_what_can_be_learnt_is_learnt() -> None:
    result = first_result(questions(1_500))
    at = result["at_budget"]
    assert at["share_of_oracles_gain"]["p05"] > 0.7
    assert at["router"]["value"] > at["random"]["value"] + 0.1
    assert at["router, one by one"]["value"] > at["random"]["value"] + 0.1
    assert result["saved_at_equal_quality"][1]["value"] > 0.2
    tenths = result["calibration"]["small"]
    assert tenths["brier"] < 0.5 * tenths["brier_of_the_mean"]
    assert tenths["mean_gap"] < 0.15


def test_nothing_is_claimed_where_words_say_nothing() -> None:
    at = first_result(questions(learnable=False))["at_budget"]
    gain = at["share_of_oracles_gain"]
    assert gain["p05"] < 0.1
    assert gain["value"] < 0.2


def test_the_frontier_rises_between_random_and_oracle() -> None:
    points = first_result(questions())["frontier"]
    for name in ("router", "random", "oracle"):
        values = [point[name]["value"] for point in points]
        assert (
            values[0] == pytest.approx(points[0]["random"]["value"], abs=0.02) or name == "oracle"
        )
    for point in points:
        assert point["oracle"]["value"] >= point["router"]["value"] - 1e-9
        assert point["router"]["p05"] <= point["router"]["value"] <= point["router"]["p95"]
    assert points[-1]["energy_share"] == 1


def test_groups_are_held_out_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    queries = questions()
    seen: list[set[str]] = []

    def spied(known: Queries, folds: Iterable[tuple[np.ndarray, np.ndarray]]) -> Any:
        given = list(folds)
        seen.extend(set(known.group[a].tolist()) & set(known.group[b].tolist()) for a, b in given)
        return held_out(known, given)

    monkeypatch.setattr(study, "held_out", spied)
    found = study.study(queries, study.Asked(budget=0.6, folds=4))
    assert [each["held_out"] for each in found["results"]] == ["question", "group"]
    assert all(seen[:4])
    assert not any(seen[4:])


def test_the_same_question_is_never_on_both_sides() -> None:
    queries = questions(200)
    twice = Queries(
        **{
            name: np.concatenate([value, value]) if isinstance(value, np.ndarray) else value
            for name, value in queries.__dict__.items()
        }
    )
    cluster = study._clusters(twice, 4)["question"]
    for known, asked in study._folds(cluster, study.Asked(budget=0.5, folds=4)):
        assert not set(twice.text[known].tolist()) & set(twice.text[asked].tolist())


def test_energy_of_each_query_is_learnt_too() -> None:
    queries = questions()
    length = np.array([len(str(each)) for each in queries.text])
    energy = np.column_stack([0.1 * length, 1.0 * length])
    with_energy = Queries(**{**queries.__dict__, "energy": energy})
    _, expected = held_out(with_energy, study._folds(queries.text, study.Asked(budget=1, folds=4)))
    assert np.abs(np.log(expected / energy)).mean() < 0.1
    assert first_result(with_energy)["at_budget"]["router"]["value"] > 0.6


CSV = "subject,prompt,a_correct,b_correct\n" + "".join(
    f"s{n % 5},question {n} about {'cats' if n % 2 else 'dogs'},{bool(n % 2)},{n % 3 > 0}\n"
    for n in range(60)
)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "queries.csv"
    path.write_text(text)
    return path


def test_a_file_is_read_as_it_stands(tmp_path: Path) -> None:
    queries = read(written(tmp_path, CSV))
    assert queries.models == ("a", "b")
    assert queries.energy is None
    assert queries.quality[:3].tolist() == [[0, 0], [1, 1], [0, 1]]
    assert queries.group[6] == "s1"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (CSV.replace("a_correct", "a"), "two columns or more"),
        (CSV.replace("prompt", "said"), "needs to see something"),
        ("\n".join(CSV.splitlines()[:20]), "least that anything"),
        (CSV.replace("False,", "maybe,", 1), "Query 1, a_correct: “maybe”"),
        (CSV.replace("False,", "1.5,", 1), "not true, false or a number from 0 to 1"),
        (CSV.replace("subject", "a_energy_j"), "b_energy_j is missing"),
        ("", "not a table"),
    ],
    ids=["models", "text", "few", "word", "number", "energy", "empty"],
)
def test_bad_files_are_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read(written(tmp_path, text))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--budget", "0"], "share above 0"),
        (["--budget", "0.01"], "the cheapest alone needs"),
        (["--folds", "1"], "2 to 50"),
        (["--energy", "a=3"], "for each of a, b"),
        (["--energy", "a=x", "--energy", "b=1"], "MODEL=J"),
        (["--energy", "a=-1", "--energy", "b=1"], "above 0"),
    ],
    ids=["nought", "low", "folds", "one", "word", "negative"],
)
def test_bad_choices_are_said(tmp_path: Path, words: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("whatif", "route", "--data", str(written(tmp_path, CSV)), *words)


def test_the_command_tries_ratios_where_no_energy_is_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("whatif", "route", "--data", str(written(tmp_path, CSV)), "--budget", "0.7")
    text = capsys.readouterr().out
    assert "the data hold no energy" in text
    assert text.count("over 18 % less energy") == 8
