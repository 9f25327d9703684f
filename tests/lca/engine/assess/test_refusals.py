"""What cannot be assessed, and what the message names."""

import attrs
import pytest

from lca.engine import (
    Category,
    Derived,
    Normal,
    Parameter,
    assess,
)
from lca.engine.errors import (
    DuplicateName,
    EngineError,
    InvalidValue,
    UnitMismatch,
    UnknownParameter,
)
from tests.lca.engine.assess.conftest import one


def test_only_results_of_the_same_draws_can_be_compared(inventory):
    first = assess(inventory, draws=64)
    with pytest.raises(InvalidValue, match="64 from seed 2026 were made"):
        assess(inventory, draws=128, like=first)


def test_division_by_zero_names_the_parameter(inventory):
    with pytest.raises(InvalidValue, match="lifetime is 0 and something is divided by it") as error:
        assess(inventory.override({"lifetime": 0}))
    assert error.value.names == ("lifetime",)


def test_draw_of_zero_in_a_denominator_names_the_parameter():
    life = Parameter(name="life", value=1, unit="h", minimum=0, distribution=Normal(sd=1))
    inventory = one([life, Parameter(name="e", value=1, unit="kWh h")], {"e": 1, "life": -1})
    with pytest.raises(InvalidValue, match="life can be 0 and something is divided") as error:
        assess(inventory)
    assert error.value.names == ("life",)


@pytest.mark.parametrize("names", [("a", "b"), ("a",)])
def test_overflow_is_a_clear_error(names):
    made = [Parameter(name=n, value=1e308, unit="kWh" if n == "a" else "1") for n in names]
    powers = {"a": 1.0, "b": 1.0} if len(names) == 2 else {"a": 1.0}
    with pytest.raises(InvalidValue, match="The result is not finite"):
        assess(one(made, powers, coefficient=10.0))


def test_overflow_of_an_amount_without_impact_is_a_clear_error():
    with pytest.raises(InvalidValue, match="The result is not finite"):
        assess(one([Parameter(name="a", value=1e308, unit="kWh")], {"a": 1}, {}, coefficient=10.0))


def test_overflow_of_a_sum_of_flows_is_a_clear_error():
    inventory = one([Parameter(name="a", value=1.5e308, unit="kWh")], {"a": 1})
    twice = attrs.evolve(
        inventory, flows=(*inventory.flows, attrs.evolve(inventory.flows[0], name="again"))
    )
    with pytest.raises(InvalidValue, match="The result is not finite"):
        assess(twice)


def test_tiny_divisor_is_a_clear_error():
    made = [Parameter(name="a", value=1, unit="kWh"), Parameter(name="b", value=1e-200)]
    with pytest.raises(InvalidValue, match="b is too large or too small") as error:
        assess(one(made, {"a": 1, "b": -1}))
    assert error.value.names == ("b",)


def test_derived_parameter_that_is_not_finite_is_named():
    inventory = attrs.evolve(
        one([Parameter(name="a", value=1, unit="kWh"), Parameter(name="loss", value=1)], {"a": 1}),
        derived=(Derived(name="gross", function="inverse_complement", arguments=("loss",), label="Loss"),),
    )  # fmt: skip
    with pytest.raises(InvalidValue, match="Loss is not finite") as error:
        assess(inventory)
    assert error.value.names == ("gross",)


@pytest.mark.parametrize(
    ("value", "error"),
    [(float("nan"), InvalidValue), (float("inf"), InvalidValue), (10**400, InvalidValue),
     (True, TypeError), ("3", TypeError)],
)  # fmt: skip
def test_value_that_is_no_finite_number_is_refused(value, error):
    with pytest.raises(error, match=r"finite number, not|is not a number"):
        Parameter(name="a", value=value)


def test_integer_of_any_size_is_a_float():
    assert isinstance(Parameter(name="a", value=10**30).value, float)


def test_value_beyond_its_limit_is_refused_with_the_limit():
    with pytest.raises(InvalidValue, match=r"PUE: the value must be at least 1, not 0\.9") as error:
        Parameter(name="pue", label="PUE", value=0.9, minimum=1)
    assert error.value.names == ("pue",)
    with pytest.raises(InvalidValue, match=r"at most 1, not 1\.5"):
        Parameter(name="share", value=1.5, maximum=1)
    assert Parameter(name="pue", value=1, minimum=1, maximum=1).value == 1


def test_blank_names_are_refused(inventory):
    with pytest.raises(InvalidValue, match="A parameter needs a name"):
        Parameter(name=" ", value=1)
    with pytest.raises(InvalidValue, match="A flow needs a name"):
        attrs.evolve(inventory.flows[0], name="")


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_coefficients_and_exponents_are_finite(inventory, bad):
    with pytest.raises(InvalidValue, match="coefficient must be a finite number"):
        attrs.evolve(inventory.flows[0], coefficient=bad)
    with pytest.raises(InvalidValue, match="Exponents must be finite"):
        attrs.evolve(inventory.flows[0], terms={"gpu_h": bad})


def test_duplicate_names_are_refused(inventory):
    with pytest.raises(DuplicateName, match="Two parameters share a name: pue"):
        attrs.evolve(inventory, parameters=(*inventory.parameters, inventory.parameter("pue")))
    pue = Derived(name="pue", function="excess", arguments=("grid",))
    with pytest.raises(DuplicateName, match="Two parameters share a name: pue"):
        attrs.evolve(inventory, derived=(pue,))
    with pytest.raises(DuplicateName, match="Two flows share a name: it"):
        attrs.evolve(inventory, flows=(*inventory.flows, inventory.flows[0]))


def test_unknown_parameter_is_refused_by_name(inventory):
    with pytest.raises(UnknownParameter, match="it refers to typo, which does not exist") as error:
        attrs.evolve(inventory, flows=(attrs.evolve(inventory.flows[0], terms={"typo": 1}),))
    assert error.value.names == ("it", "typo")
    with pytest.raises(UnknownParameter, match=r"Not parameters of this inventory: typo[.]"):
        inventory.override({"typo": 1})
    with pytest.raises(
        UnknownParameter, match=r"There is no parameter “typo” in this inventory[.]"
    ):
        inventory.parameter("typo")


def test_unknown_parameter_is_told_names_near_it(inventory):
    typo = attrs.evolve(inventory.flows[0], terms={"gpu_hh": 1, "powr": 1})
    with pytest.raises(
        UnknownParameter,
        match=r"gpu_hh .near it: “gpu_h”., powr .near it: “power”., which do not exist",
    ):
        attrs.evolve(inventory, flows=(typo,))
    with pytest.raises(UnknownParameter, match=r"lifetim .near it: “lifetime”.[.]"):
        inventory.override({"lifetim": 1})
    with pytest.raises(UnknownParameter, match=r"in this inventory .near it: “embodied”.[.]"):
        inventory.parameter("embodid")


def test_unlike_units_are_refused_when_the_inventory_is_made(inventory):
    it = inventory.flows[0]
    with pytest.raises(UnitMismatch, match=r"it, depletion of minerals and metals: .*“kg Sb eq”"):
        attrs.evolve(inventory, flows=(attrs.evolve(it, factors={"adpe": {"grid": 1}}),))
    with pytest.raises(UnitMismatch, match="it: its parameters multiply to"):
        attrs.evolve(inventory, flows=(attrs.evolve(it, unit="W", factors={}),))


def test_repeated_terms_merge_and_cancelled_ones_vanish(inventory):
    it = attrs.evolve(
        inventory.flows[0], terms=(("gpu_h", 1), ("power", 1), ("pue", 1), ("pue", -1))
    )
    assert dict(it.terms) == {"gpu_h": 1, "power": 1}
    assert it.monomial(Category.GWP_LOCATION) == (("gpu_h", 1), ("power", 1), ("grid", 1))
    with pytest.raises(EngineError, match="it declares nothing for depletion"):
        it.monomial(Category.ADPE)
