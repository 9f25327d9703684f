import csv
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.engine import (
    EngineError,
    Fixed,
    Flow,
    Inventory,
    Lognormal,
    Parameter,
    Pedigree,
    Uniform,
    assess,
    from_document,
    to_document,
)
from lca.engine.errors import InvalidValue
from lca.engine.pedigree import UNCERTAINTY

LIBRARY = Path(__file__).parents[3] / "fixtures" / "factors" / "pedigree.csv"
KEYS = {
    "reliability": "expert-reliability",
    "completeness": "expert-completeness",
    "temporal": "expert-temporal-correlation",
    "geographical": "expert-geographical-correlation",
    "technological": "expert-further-technological-correlation",
}
scores = st.fixed_dictionaries({}, optional={name: st.integers(1, 5) for name in UNCERTAINTY})


def library() -> dict[tuple[str, str], dict[str, str]]:
    with LIBRARY.open(encoding="utf-8", newline="") as file:
        return {(row["key"], row["indicator"]): row for row in csv.DictReader(file)}


@pytest.mark.parametrize("criterion", UNCERTAINTY)
@pytest.mark.parametrize("score", range(1, 6))
def test_factors_are_those_of_the_library_which_holds_their_square_roots(criterion, score):
    row = library()[KEYS[criterion], f"gsd_score_{score}"]
    factor = UNCERTAINTY[criterion][score - 1]
    assert row["note"] == f"Published as {factor:g}, read as GSD² (95% factor)."
    assert float(row["value"]) == round(math.sqrt(factor), 4)
    assert Pedigree(**{criterion: score}).gsd == pytest.approx(math.sqrt(factor), rel=1e-12)


def test_worked_example():
    """Scores 2, 3, 1, 2, 3: 95 % factors 1.05, 1.05, 1, 1.01, 1.2."""
    found = Pedigree(reliability=2, completeness=3, temporal=1, geographical=2, technological=3)
    logs = [math.log(factor) for factor in (1.05, 1.05, 1.01, 1.2)]
    assert found.gsd**2 == pytest.approx(math.exp(math.sqrt(sum(log**2 for log in logs))))
    assert found.mean == 2.2


def test_best_scores_leave_no_spread():
    best = Pedigree(**dict.fromkeys(UNCERTAINTY, 1))
    assert best.gsd == 1
    assert Parameter(name="x", value=2, pedigree=best).uncertainty == Fixed()


@given(scores, st.sampled_from(sorted(UNCERTAINTY)))
def test_a_worse_score_never_narrows(stated, criterion):
    at = [Pedigree(**{**stated, criterion: score}).gsd for score in range(1, 6)]
    assert all(after >= before for before, after in itertools.pairwise(at))
    without = {name: score for name, score in stated.items() if name != criterion}
    assert Pedigree(**without).gsd == pytest.approx(at[0])


def test_scores_spread_only_where_no_distribution_is_declared():
    stated = {"reliability": 5}
    gsd = math.sqrt(1.5)
    assert Parameter(name="x", value=2, pedigree=stated).uncertainty == Lognormal(gsd=gsd)
    declared = Uniform(low=1, high=3)
    assert (
        Parameter(name="x", value=2, pedigree=stated, distribution=declared).uncertainty == declared
    )
    for value in (0, -2):  # no log-normal has such a median
        assert Parameter(name="x", value=value, pedigree=stated).uncertainty == Fixed()
    assert Parameter(name="x", value=2, pedigree={}).pedigree is None


@pytest.mark.parametrize(
    ("stated", "text"),
    [
        ({"reliability": 0}, "reliability score must be a whole number from 1 .best. to 5, not 0"),
        ({"temporal": 6}, "temporal score must be .* not 6"),
        ({"temporal": 2.5}, "not 2.5"),
        ({"temporal": True}, "not True"),
        ({"temporal": math.nan}, "not nan"),
        ({"beauty": 1}, "“beauty” is not scored; scores are of reliability, completeness"),
    ],
)
def test_impossible_score_is_refused_and_a_document_says_where(inventory, stated, text):
    with pytest.raises(InvalidValue, match=text):
        Parameter(name="x", value=1, pedigree=stated)
    document = to_document(inventory)
    document["parameters"][2]["pedigree"] = stated
    with pytest.raises(EngineError, match=f"^/parameters/2: .*{text}"):
        from_document(document)


def scored(**values) -> Inventory:
    flow = Flow(
        name="f", stage="training", process="p", component="electricity", unit="kWh",
        terms={"x": 1}, factors={"electricity": {}},
    )  # fmt: skip
    return Inventory(parameters=(Parameter(name="x", unit="kWh", **values),), flows=(flow,))


def test_scores_are_drawn_ranked_and_kept_in_the_document():
    inventory = scored(value=10, pedigree={"reliability": 5, "temporal": 2})
    result = assess(inventory)
    gsd = inventory.parameters[0].uncertainty.gsd
    stat = result.stat("electricity")
    assert np.log(stat.p95 / stat.p05) == pytest.approx(2 * 1.6448536 * np.log(gsd), rel=0.01)
    assert result.sensitivity["electricity"][0].variance_share == 1
    document = to_document(inventory)
    assert document["parameters"][0]["pedigree"] == {"reliability": 5, "temporal": 2}
    assert document["parameters"][0]["distribution"] == {"name": "none"}
    assert from_document(document) == inventory
    assert "pedigree" not in to_document(scored(value=10))["parameters"][0]


def test_a_value_that_replaces_zero_keeps_no_scores():
    stated = {"reliability": 5}
    assert scored(value=0, pedigree=stated).override({"x": 4}).parameters[0].uncertainty == Fixed()
    kept = scored(value=1, pedigree=stated).override({"x": 4}).parameters[0]
    assert kept.uncertainty == Lognormal(gsd=math.sqrt(1.5))
