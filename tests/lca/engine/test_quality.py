import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.engine import Derived, Flow, Inventory, Parameter, Provenance, assess
from tests.strategies import inventories

SCORES = {"reliability": 2, "temporal": 1}  # mean 1.5


def scored(inventory: Inventory, **scores: dict[str, int]) -> Inventory:
    """The same inventory with scores for some of its parameters."""
    return attrs.evolve(
        inventory,
        parameters=tuple(
            attrs.evolve(item, pedigree=scores.get(item.name)) for item in inventory.parameters
        ),
    )


def rating(inventory: Inventory, category: str = "gwp_location"):
    return assess(inventory, draws=2).quality[category]


def test_rating_by_hand(inventory):
    """IT 200 kg and the credit of 20 kg rest on the grid (1.5); cooling's 40 kg on PUE (4) too; GPUs' 3.75 kg on nothing."""
    found = rating(scored(inventory, grid=SCORES, pue={"reliability": 4}))
    assert found.score == pytest.approx((220 * 1.5 + 40 * 4) / 260)
    assert found.unscored_share == pytest.approx(3.75 / 263.75)
    assert found.partly_scored_share == pytest.approx(260 / 263.75)
    shares = assess(inventory, draws=2).provenance["gwp_location"]
    assert found.primary_share == pytest.approx(shares[Provenance.SUPPLIED])
    assert found.measured_share == 0


def test_a_flow_counts_with_its_weakest_parameter_even_through_a_derived_one(inventory):
    everything = {item.name: SCORES for item in inventory.parameters}
    whole = rating(scored(inventory, **everything))
    assert (whole.score, whole.unscored_share, whole.partly_scored_share) == (1.5, 0, 0)
    weak = rating(scored(inventory, **{**everything, "pue": {"completeness": 5}}))
    assert weak.score == pytest.approx(1.5 + 3.5 * 40 / 263.75)  # cooling alone uses PUE − 1


def test_without_scores_there_is_no_score_and_it_is_not_zero(inventory):
    found = rating(inventory)
    assert found.score is None
    assert found.unscored_share == pytest.approx(1)
    document = assess(inventory, draws=2).to_dict()["data_quality"]["gwp_location"]
    assert document["score"] is None
    assert document["primary_share"] == pytest.approx(223.75 / 263.75)


def test_primary_share_is_what_is_measured_or_supplied(inventory):
    measured = {"gpu_h": "measured", "power": "measured"}
    changed = attrs.evolve(
        inventory,
        parameters=tuple(
            attrs.evolve(item, provenance=measured.get(item.name, item.provenance))
            for item in inventory.parameters
        ),
    )
    found = rating(changed, "electricity")  # it 500 and credit 50 measured, cooling 100 default
    assert found.primary_share == pytest.approx(550 / 650)
    assert found.measured_share == pytest.approx(550 / 650)
    assert rating(inventory, "electricity").measured_share == 0


def test_flow_without_parameters_is_unscored_and_a_total_of_zero_has_no_rating():
    flow = Flow(
        name="f", stage="training", process="p", component="electricity", unit="1",
        terms={}, factors={"electricity": {"g": 1}},
    )  # fmt: skip
    grid = Parameter(name="g", value=1, unit="kWh", pedigree=SCORES)
    assert rating(Inventory(parameters=(grid,), flows=(flow,)), "electricity").score == 1.5
    nothing = attrs.evolve(grid, value=0)
    assert assess(Inventory(parameters=(nothing,), flows=(flow,)), draws=2).quality == {}


def test_sum_of_scored_and_unscored_arguments_is_scored_in_part():
    flow = Flow(
        name="f", stage="training", process="p", component="electricity", unit="kWh",
        terms={"sum": 1}, factors={"electricity": {}},
    )  # fmt: skip
    rows = (
        Parameter(name="a", value=1, unit="kWh", pedigree=SCORES),
        Parameter(name="b", value=1, unit="kWh"),
    )
    both = Derived(name="sum", function="sum", arguments=("a", "b"), unit="kWh")
    found = rating(Inventory(parameters=rows, derived=(both,), flows=(flow,)), "electricity")
    assert (found.score, found.partly_scored_share) == (1.5, 1)


@given(inventories(), st.data())
def test_a_rating_lies_between_its_scores_and_shares_between_0_and_1(inventory, data):
    scores = {
        item.name: {"reliability": data.draw(st.integers(1, 5))}
        for item in inventory.parameters
        if data.draw(st.booleans())
    }
    stated = [row["reliability"] for row in scores.values()]
    for found in assess(scored(inventory, **scores), draws=2).quality.values():
        if found.score is not None:
            assert min(stated) - 1e-9 <= found.score <= max(stated) + 1e-9
        assert 0 <= found.partly_scored_share <= 1 - found.unscored_share + 1e-9
        assert found.measured_share <= found.primary_share + 1e-9
