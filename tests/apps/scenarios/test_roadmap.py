"""A roadmap: read, stacked in the order in which it is due, and held against what later assessments found."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from apps.scenarios.errors import BadInput
from apps.scenarios.roadmap import plan
from apps.scenarios.roadmap.course import State, changed, course
from apps.scenarios.roadmap.outlook import Later, achieved, outlook
from apps.scenarios.roadmap.written import written
from apps.scenarios.site import shipped
from apps.scenarios.stacking.stack import Chosen, stack
from lca.engine import Category, Inventory, assess
from tests.apps.scenarios.stacking_support import example

CARBON = Category.GWP_LOCATION
DRAWS = {"draws": 512, "seed": 7}
LONGER = {"phase": "optimise infrastructure", "what": "Keep servers", "due": "2027-06-30", "measure": "lifetime", "options": {"years": 7}}  # fmt: skip
MOVE = {"phase": "optimise infrastructure", "what": "Move", "due": "2028-01-01", "measure": "region", "options": {"to": "SE"}, "owner": "Platform"}  # fmt: skip
MEASURE = {"phase": "measure", "what": "Probe every model", "due": "2026-12-01"}
HALF = {"category": "gwp_location", "basis": "total", "reduction": 0.5, "by": "2030-12-31"}


def planned(*rows: dict[str, Any]) -> Any:
    return course(plan.actions(list(rows)), example(), None, shipped({}), **DRAWS)


def test_actions_count_in_the_order_in_which_they_are_due() -> None:
    undated = {"phase": "report and iterate", "what": "Publish"}
    read = plan.actions([undated, MOVE, LONGER, MEASURE])
    assert [row.what for row in read] == ["Probe every model", "Keep servers", "Move", "Publish"]
    assert read[2].measure == Chosen(key="region", options={"to": "SE"})


def test_a_course_is_the_stack_of_its_measures() -> None:
    found = planned(MOVE, LONGER, MEASURE)
    chosen = [Chosen(key="lifetime", options={"years": 7}), Chosen(key="region", options={"to": "SE"})]  # fmt: skip
    stacked = stack(example(), chosen, shipped({}), **DRAWS)
    last = found.legs[-1].state.total
    assert last.stat(CARBON) == stacked.steps[-1].result.stat(CARBON)
    assert found.on(date(2026, 1, 1)) is found.baseline
    assert found.on(date(2027, 12, 31)).total.stat(CARBON) == stacked.steps[0].result.stat(CARBON)
    assert found.on(date(2028, 1, 1)) is found.legs[-1].state


def test_what_is_given_up_or_cannot_be_taken_changes_nothing() -> None:
    gone = {**MOVE, "state": "given up"}
    impossible = {**LONGER, "measure": "region", "options": {"to": "ZZ"}}
    found = planned(gone, impossible)
    assert all(leg.state.total is found.baseline.total for leg in found.legs)
    assert "ZZ" in found.legs[0].reason
    assert found.legs[1].reason == ""


def test_a_target_says_how_surely_it_is_reached() -> None:
    rows = [HALF, {**HALF, "by": "2027-01-01"}, {**HALF, "reduction": 0.01}]
    found = planned(MOVE, LONGER)
    after, too_early, small = (outlook(row, found, []) for row in plan.targets(rows))
    before, then = (found.baseline.total.group(CARBON), found.legs[-1].state.total.group(CARBON))
    values = then.values / before.values - 1
    assert after.expected is not None
    assert after.expected.nominal == pytest.approx(then.stat.nominal / before.stat.nominal - 1)
    assert after.expected.p95 == pytest.approx(float(np.quantile(values, 0.95)))
    assert after.sureness == pytest.approx(float(np.mean(values <= -0.5)))
    assert too_early.expected is not None
    assert (too_early.expected.nominal, too_early.sureness) == (0, 0)
    assert small.sureness == 1
    assert small.level == pytest.approx(0.99 * before.stat.nominal)


def test_a_target_without_a_baseline_has_no_figure() -> None:
    use, minerals = (
        plan.targets([{**HALF, "basis": "functional unit"}]),
        plan.targets([{**HALF, "category": "adpe"}]),
    )
    for target in (*use, *minerals):
        found = outlook(target, planned(MOVE), [])
        assert (found.baseline, found.expected, found.sureness) == (None, None, None)


def later(inventory: Inventory, *, title: str = "Next year") -> Later:
    state = State(total=assess(inventory, draws=512, seed=99, by=()), use=None)
    return Later(slug="next", title=title, period_start=None, period_end=date(2027, 12, 31), state=state)  # fmt: skip


def test_what_was_achieved_cancels_nothing() -> None:
    same = later(example())
    first = planned().baseline.total
    found = achieved(first, same.state.total, CARBON)
    assert found is not None
    assert found.nominal == pytest.approx(0)
    assert found.p05 < -0.1 < 0.1 < found.p95
    paired, _ = changed((1.0, first.group(CARBON).values), (1.0, first.group(CARBON).values))
    assert (paired.p05, paired.p95) == (0, 0)


def test_the_last_assessment_that_declares_an_impact_is_held_against_a_target() -> None:
    half = example().override({"zone.DE.gwp": 0.1})
    rows = [later(example(), title="First"), later(half, title="Second")]
    found = outlook(plan.targets([HALF])[0], planned(MOVE), rows)
    assert found.achieved_by == "Second"
    assert found.achieved is not None
    assert -0.8 < found.achieved.nominal < -0.3


def test_a_written_roadmap_says_whether_changes_were_kept() -> None:
    after = later(example().override({"hardware.h.lifetime_years": 6.0}))
    found = written(planned(MOVE, LONGER), plan.targets([HALF]), [after])
    (kept,) = found["actions"][0]["kept"]
    assert kept["parameter"] == "hardware.h.lifetime_years"
    assert (kept["baseline"], kept["planned"], kept["latest"]) == (4.0, 7.0, 6.0)
    assert {row["parameter"] for row in found["actions"][1]["kept"]} == set(
        found["actions"][1]["overrides"]
    )
    assert found["targets"][0]["expected"]["nominal"] < 0
    assert found["later"][0]["change"]["total"]["gwp_location"]["nominal"] < 0
    assert found["later"][0]["change"]["functional unit"] == {}


def test_a_ratio_is_kept_if_the_later_value_is_the_product() -> None:
    row = {"phase": "optimise serving", "what": "Shorter", "measure": "answers", "options": {"share": 0.8, "source": "trial"}}  # fmt: skip
    found = written(planned(row), [], [])
    kept = found["actions"][0]["kept"]
    assert kept
    for each in kept:
        assert each["planned"] == pytest.approx(0.8 * each["baseline"])
        assert each["latest"] is None


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({}, "“actions” is a list of at most 40"),
        ([1], "“actions” is a list"),
        ([{"phase": "measure"}], "Action 1 needs words"),
        ([{"phase": "later", "what": "x"}], "Action 1: phase is 'later'; it is one of measure"),
        ([{**MEASURE, "due": "soon"}], "Action 1: due is 'soon'; it is a date"),
        ([{**MEASURE, "due": []}], r"Action 1: due is \[\]; it is a date"),
        ([{**MEASURE, "due": 7}], "Action 1: due is 7; it is a date"),
        ([{**MEASURE, "starts": "2027-01-01"}], "Action 1 is due on 2026-12-01, before it starts"),
        ([{**MEASURE, "state": "late"}], "Action 1: state is 'late'"),
        ([{**MEASURE, "owner": 5}], "Action 1: owner is a text"),
        ([{**MEASURE, "owner": "x" * 121}], "at most 120 characters"),
        ([{**MEASURE, "cost": 5}], "Action 1 has cost, which is not known"),
        ([{**MEASURE, "phase": []}], r"Action 1: phase is \[\]"),
        ([{**LONGER, "options": [1]}], "A plan is a list"),
        ([{**LONGER, "options": {"years": float("inf")}}], "A plan is a list"),
        ([{**LONGER, "options": {"source": "a\0b"}}], "A plan is a list"),
        ([{**LONGER, "options": {"a\0b": 1}}], "A plan is a list"),
        ([{**MEASURE, "notes": "a\0b"}], "notes is a text"),
        ([LONGER] * 21, "At most 20 actions can have a measure"),
    ],
    ids=str,
)
def test_actions_that_cannot_be_are_refused(rows: Any, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        plan.actions(rows)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"reduction": 0}, "reduction is 0; it is a share"),
        ({"reduction": 30}, "reduction is 30"),
        ({"reduction": True}, "reduction is True"),
        ({"reduction": "0.3"}, "reduction is '0.3'"),
        ({"reduction": float("nan")}, "reduction is nan"),
        ({"by": None}, "Target 1 needs a date"),
        ({"by": "2030"}, "it is a date"),
        ({"category": "noise"}, "category is 'noise'"),
        ({"basis": "per use"}, "basis is 'per use'"),
        ({"unit": "t"}, "has unit, which is not known"),
    ],
    ids=str,
)
def test_targets_that_cannot_be_are_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        plan.targets([{**HALF, **changes}])
