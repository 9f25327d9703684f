"""Why the median is not the deterministic value: by how much, which way, through what."""

import pytest

from apps.assessments.median import why_median
from lca.engine import (
    Derived,
    Flow,
    Inventory,
    Lognormal,
    Normal,
    Parameter,
    Pert,
    Triangular,
    assess,
)


def sentence(*parameters: Parameter, derived: tuple[Derived, ...] = (), terms=None) -> str:
    names = terms or dict.fromkeys((item.name for item in parameters), 1)
    flow = Flow(
        name="f", stage="training", process="p", component="electricity", unit="kWh",
        terms=names, factors={"electricity": {}},
    )  # fmt: skip
    inventory = Inventory(parameters=parameters, derived=derived, flows=(flow,))
    return why_median(inventory, assess(inventory).to_dict(), "electricity")


def energy(**values) -> Parameter:
    return Parameter(name="e", value=100, unit="kWh", label="Energy", **values)


def test_nothing_is_said_where_both_read_the_same():
    assert sentence(energy()) == ""
    assert sentence(energy(distribution=Normal(sd=5))) == ""
    assert sentence(energy(distribution=Lognormal(gsd=1.3))) == ""


@pytest.mark.parametrize("kind", [Triangular, Pert])
def test_a_mode_near_the_lower_end_puts_the_median_above(kind):
    text = sentence(energy(distribution=kind(low=90, high=200)), Parameter(name="r", value=1))
    assert text.startswith("The median of the draws, 1")
    assert "above the deterministic value, mostly since a parameter’s own median lies apart" in text
    assert "nominal value: “Energy” (" in text
    assert text.endswith("above).")


def test_a_mode_near_the_upper_end_puts_the_median_below_by_what_it_says():
    text = sentence(energy(distribution=Triangular(low=0, high=100)))
    # a triangle that rises to 100 has its median at 100/√2
    assert "The median of the draws, 70.7\u202fkWh".replace("\u202f", " ") in text
    assert "lies 29\u202f% below the deterministic value" in text
    assert "“Energy” (29\u202f% below)." in text


def test_what_is_divided_by_moves_the_other_way():
    life = Parameter(name="life", value=1, label="Life", distribution=Triangular(low=0.9, high=2))
    text = sentence(energy(), life, terms={"e": 1, "life": -1})
    assert "below the deterministic value, mostly since" in text
    assert "“Life” (" in text
    assert text.endswith("above).")


def test_parameters_that_move_it_together_are_named_largest_first():
    spread = Triangular(low=0.9, high=1.6)
    rows = [Parameter(name=f"r{k}", value=1, label=f"R{k}", distribution=spread) for k in range(2)]
    text = sentence(energy(distribution=Lognormal(gsd=1.1)), *rows)
    assert "parameters’ own medians lie apart from their nominal values: “R" in text
    assert "“Energy”" not in text  # a log-normal has its nominal value as median


def test_a_sum_of_skewed_values_names_no_single_one():
    rows = [
        Parameter(name=f"x{k}", value=10, unit="kWh", distribution=Lognormal(gsd=2.5))
        for k in range(6)
    ]
    total = Derived(name="sum", function="sum", arguments=tuple(p.name for p in rows), unit="kWh")
    text = sentence(*rows, derived=(total,), terms={"sum": 1})
    assert "above the deterministic value, which takes every parameter at its nominal value" in text


def test_parameters_that_cancel_each_other_are_not_the_cause():
    """Energy and life have the same shape and cancel; what is left comes from six skewed values in a sum."""
    wide = Triangular(low=90, high=200)
    life = Parameter(name="life", value=100, label="Life", distribution=wide)
    rows = [
        Parameter(name=f"x{k}", value=10, label=f"X{k}", distribution=Lognormal(gsd=2.2))
        for k in range(6)
    ]
    total = Derived(name="sum", function="sum", arguments=tuple(p.name for p in rows))
    text = sentence(
        energy(distribution=wide),
        life,
        *rows,
        derived=(total,),
        terms={"e": 1, "life": -1, "sum": 1},
    )
    assert "can be far higher but only somewhat lower" in text


def test_a_category_without_a_total_has_no_sentence():
    flow = Flow(
        name="f", stage="training", process="p", component="electricity", unit="kWh",
        terms={"e": 1}, factors={"electricity": {}},
    )  # fmt: skip
    inventory = Inventory(parameters=(energy(),), flows=(flow,))
    assert why_median(inventory, assess(inventory).to_dict(), "water") == ""
