"""Accuracy against carbon: what is known is drawn, what is left open is said, and the front is right."""

from typing import Any

import pytest

from apps.scenarios import drawings, plots, presentation
from apps.scenarios.site import shipped
from apps.scenarios.stacking.stack import Chosen, compare
from apps.scenarios.stacking.trade import CARBON, trades
from tests.apps.scenarios.stacking_support import EXAMPLES, example

DRAWS = {"draws": 256, "seed": 3}


def chosen(key: str, **more: Any) -> list[Chosen]:
    return [Chosen(key=key, options={**EXAMPLES[key], **more})]


PLANS = {
    "Routed": chosen("routing"),
    "Routed badly": chosen("routing", ratio=0.9, accuracy=-2),
    "Shorter": chosen("answers"),
    "Longer life": chosen("lifetime"),
}


def test_accuracy_is_summed_and_what_is_left_open_is_not_drawn() -> None:
    rows = {row.name: row for row in trades(example(), example(), PLANS, shipped({}), **DRAWS)}
    assert {name: row.points for name, row in rows.items()} == {"": 0, "Routed": -1, "Routed badly": -2, "Shorter": None, "Longer life": 0}  # fmt: skip
    found = compare(example(), PLANS, shipped({}), **DRAWS)
    for name, row in rows.items():
        assert row.carbon == found[name].stat(CARBON)


def test_the_front_holds_what_no_other_beats_in_both() -> None:
    rows = {row.name: row for row in trades(example(), example(), PLANS, shipped({}), **DRAWS)}
    assert not rows[""].on_front  # longer life is as accurate and costs less
    assert rows["Longer life"].on_front
    assert rows["Routed"].on_front
    assert not rows["Routed badly"].on_front
    assert not rows["Shorter"].on_front


def test_without_a_change_of_accuracy_nothing_is_drawn() -> None:
    same = trades(example(), example(), {"Life": chosen("lifetime")}, shipped({}), **DRAWS)
    assert drawings.of_trades(same) is None
    drawn = drawings.of_trades(trades(example(), example(), PLANS, shipped({}), **DRAWS))
    assert drawn is not None
    assert [point["label"] for point in drawn["points"]] == [
        "As it is",
        "Routed",
        "Routed badly",
        "Longer life",
    ]
    assert all(52 <= point["cx"] <= 640 and 14 <= point["cy"] <= 232 for point in drawn["points"])


@pytest.mark.parametrize(
    ("values", "axis"),
    [
        ([0, 1], [0, 0.5, 1]),
        ([0, 37], [0, 10, 20, 30, 40]),
        ([-1, 0], [-1, -0.5, 0]),
        ([5.0], [4, 6]),
        ([0.0], [0, 1]),
    ],
    ids=str,
)
def test_axes_are_round_and_hold_all(values: list[float], axis: list[float]) -> None:
    found = plots.axis_of(values)
    assert found[0] <= min(values)
    assert found[-1] >= max(values)
    assert len(found) <= 6
    assert len(found) == len(set(found))
    if len(values) > 1:
        assert found == pytest.approx(axis)


def test_settings_that_come_to_the_same_are_told_once() -> None:
    def row(policy: str, energy: float, wait: float, **more: bool) -> dict[str, Any]:
        return {"policy": policy, "energy_per_request_j": energy, "last_token_p95_s": wait, "on_front": True, "falls_behind": False, **more}  # fmt: skip

    rows = [row("a", 5, 3), row("b", 5, 3), row("c", 9, 1), row("d", 1, 1, on_front=False), row("e", 1, 9, falls_behind=True)]  # fmt: skip
    assert [each["policy"] for each in presentation.unbeaten(rows)] == ["c", "a"]
