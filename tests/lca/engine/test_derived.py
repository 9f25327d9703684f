import math

import numpy as np
import pytest

from lca.engine import Derived, Inventory, Parameter
from lca.engine.derived import FUNCTIONS, formula
from lca.engine.errors import CyclicParameter, EngineError, UnitMismatch, UnknownParameter

VALUES = {
    "excess": ([1.3], 0.3),
    "complement": ([0.3], 0.7),
    "inverse_complement": ([0.2], 1.25),
    "exponential": ([0.5, 2.0], math.e),
    "poisson_yield": ([0.5, 2.0], 1 / math.e),
    "sum": ([1.0, 2.0, 4.0], 7.0),
    "product": ([2.0, 3.0, 5.0], 30.0),
}


def test_every_function_is_tested():
    assert set(VALUES) == set(FUNCTIONS)


@pytest.mark.parametrize("name", VALUES)
def test_function_gives_the_hand_computed_value(name):
    arguments, expected = VALUES[name]
    found = FUNCTIONS[name].evaluate([np.array([x, x]) for x in arguments])
    assert found.shape == (2,)
    assert found == pytest.approx([expected, expected], rel=1e-14)


@pytest.mark.parametrize("name", VALUES)
def test_gradient_equals_the_finite_difference(name):
    arguments, _ = VALUES[name]
    function, step = FUNCTIONS[name], 1e-6
    for k, partial in enumerate(function.gradient(arguments)):
        up, down = list(arguments), list(arguments)
        up[k] += step
        down[k] -= step
        rise = function.evaluate([np.array([x]) for x in up])
        rise = rise - function.evaluate([np.array([x]) for x in down])
        assert partial == pytest.approx(rise[0] / (2 * step), rel=1e-6)


def build(*derived: Derived, **parameters: tuple[float, str]) -> Inventory:
    rows = tuple(Parameter(name=k, value=v, unit=u) for k, (v, u) in parameters.items())
    return Inventory(parameters=rows, derived=derived, flows=())


def test_derived_parameters_are_sorted_after_their_arguments():
    inventory = build(
        Derived(name="c", function="sum", arguments=("b", "a")),
        Derived(name="b", function="excess", arguments=("a",)),
        a=(1.5, "1"),
    )
    assert [item.name for item in inventory.derived_in_order()] == ["b", "c"]


def test_circle_is_refused_by_name():
    with pytest.raises(
        CyclicParameter, match=r"in a circle: a → b → a. Give one of them a"
    ) as error:
        build(
            Derived(name="a", function="excess", arguments=("b",)),
            Derived(name="b", function="excess", arguments=("a",)),
        )
    assert error.value.names == ("a", "b")


def test_only_the_circle_is_named_not_what_waits_for_it():
    with pytest.raises(CyclicParameter, match=r"in a circle: m → z → x → m[.]") as error:
        build(
            Derived(name="a", function="excess", arguments=("x",)),
            Derived(name="m", function="product", arguments=("fine", "z")),
            Derived(name="x", function="excess", arguments=("m",)),
            Derived(name="z", function="excess", arguments=("x",)),
            fine=(1.5, "1"),
        )
    assert error.value.names == ("m", "z", "x")


def test_a_parameter_that_refers_to_itself_is_a_circle():
    with pytest.raises(CyclicParameter, match=r"in a circle: a → a[.]"):
        build(Derived(name="a", function="excess", arguments=("a",)))


def test_unknown_argument_is_told_names_near_it():
    with pytest.raises(
        UnknownParameter, match=r"refers to “pu”, which does not exist .near it: “pue”"
    ):
        build(Derived(name="overhead", function="excess", arguments=("pu",)), pue=(1.5, "1"))


def test_unknown_argument_is_refused_by_name():
    with pytest.raises(UnknownParameter, match="overhead refers to “pue”") as error:
        build(Derived(name="overhead", function="excess", arguments=("pue",)))
    assert error.value.names == ("overhead", "pue")


@pytest.mark.parametrize(
    ("function", "arguments", "text"),
    [
        ("sqrt", ("a",), "“sqrt” is not a function; known are excess"),
        ("excess", ("a", "b"), "excess takes 1 arguments, not 2"),
        ("sum", (), "sum takes one or more arguments, not 0"),
    ],
)
def test_unknown_function_or_number_of_arguments_is_refused(function, arguments, text):
    with pytest.raises(EngineError, match=text):
        build(Derived(name="x", function=function, arguments=arguments), a=(1, "1"), b=(1, "1"))


@pytest.mark.parametrize(
    ("function", "unit", "arguments"),
    [
        ("excess", "1", {"a": (1.0, "kWh")}),
        ("complement", "1", {"a": (95.0, "%")}),
        ("excess", "kWh", {"a": (1.0, "1")}),
        ("poisson_yield", "h", {"a": (1.0, "1"), "b": (1.0, "1")}),
        ("sum", "kWh", {"a": (1.0, "kWh"), "b": (1.0, "MJ")}),
        ("product", "kWh", {"a": (1.0, "W"), "b": (1.0, "h")}),
        ("exponential", "1", {"a": (1.0, "1/h"), "b": (1.0, "year")}),
    ],
)
def test_units_that_need_a_conversion_inside_a_function_are_refused(function, unit, arguments):
    with pytest.raises(UnitMismatch) as error:
        build(
            Derived(name="x", function=function, arguments=tuple(arguments), unit=unit), **arguments
        )
    assert error.value.names


def test_units_that_fit_are_accepted():
    inventory = build(
        Derived(name="it", function="product", arguments=("p", "t"), unit="W h"),
        Derived(name="both", function="sum", arguments=("it", "it"), unit="W h"),
        Derived(name="yield", function="poisson_yield", arguments=("area", "defects")),
        p=(2, "W"), t=(3, "h"), area=(8.0, "cm**2"), defects=(0.1, "1/cm**2"),
    )  # fmt: skip
    assert inventory.units()["it"] == "W h"


def test_formulae_are_written_with_symbols():
    assert formula(Derived(name="x", function="excess", arguments=("a",)), ["PUE"]) == "PUE − 1"
    assert formula(Derived(name="x", function="sum", arguments=("a", "b")), ["A", "B"]) == "A + B"
    derived = Derived(name="x", function="poisson_yield", arguments=("a", "b"))
    assert formula(derived, ["area", "defects"]) == "exp(−area × defects)"
