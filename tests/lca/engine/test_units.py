import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.engine.errors import UnitMismatch, UnknownUnit
from lca.engine.units import compatible, conversion, parse


@pytest.mark.parametrize(
    ("terms", "target", "factor"),
    [
        ((("GPU h", 1), ("W/GPU", 1)), "kWh", 1e-3),
        ((("J", 1),), "kWh", 1 / 3.6e6),
        ((("J/token", 1), ("token/request", 1)), "kWh/request", 1 / 3.6e6),
        ((("kWh", 1), ("g CO2e/kWh", 1)), "kg CO2e", 1e-3),
        ((("t CO2e", 1),), "kg CO2e", 1000.0),
        ((("kWh", 1),), "MJ", 3.6),
        ((("m^3", 1),), "L", 1000.0),
        ((("h", -1), ("day", 1)), "1", 24.0),
        ((("W", 2), ("h", 2)), "kWh**2", 1e-6),
        ((("m**2", 0.5),), "cm", 100.0),
        ((("kg Sb eq/GPU", 1), ("GPU", 1)), "kg Sb eq", 1.0),
        ((), "1", 1.0),
        ((("%", 1),), "1", 0.01),
    ],
)
def test_product_of_units_converts_by_the_known_factor(terms, target, factor):
    assert conversion(terms, target) == pytest.approx(factor, rel=1e-15)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("kg CO2e", "kg Sb eq"),
        ("kg CO2e", "kg"),
        ("kg Sb eq", "kg"),
        ("kWh", "W"),
        ("token", "request"),
        ("GPU h", "h"),
        ("kWh/request", "kWh"),
        ("L", "kg"),
    ],
)
def test_unlike_units_are_refused(source, target):
    assert not compatible(source, target)
    with pytest.raises(UnitMismatch, match=r"Training: .*which is not") as error:
        conversion(((source, 1.0),), target, "Training")
    assert error.value.names == ("Training",)


def test_like_units_are_compatible():
    assert compatible("g CO2e/MJ", "kg CO2e/kWh")


@pytest.mark.parametrize(
    ("unit", "near"),
    [("kwh", "kWh"), ("kgCO2e", "kg CO2e"), ("kg CO2eq/kWh", "kg CO2e/kWh"), ("tokn", "token")],
)
def test_unknown_unit_is_refused_with_the_nearest_known_one(unit, near):
    with pytest.raises(
        UnknownUnit, match=f"“{unit}” is not a unit.*Did you mean “{near}”"
    ) as error:
        parse(unit)
    assert error.value.names == (unit,)


@pytest.mark.parametrize(
    "unit",
    ["9**9**9**9", "m**99999999", "kg/0", "((((", "kg)", "1e400", "2 kWh", "kg;L", "__class__", "(" * 99_999, "kg " * 500],
)  # fmt: skip
def test_hostile_unit_is_refused_at_once(unit):
    with pytest.raises(UnknownUnit):
        parse(unit)


@pytest.mark.parametrize("unit", ["degC", "dB"])
def test_unit_without_true_zero_cannot_be_multiplied(unit):
    with pytest.raises(UnitMismatch):
        conversion(((unit, 1.0),), "K" if unit == "degC" else "1")


@given(st.text(max_size=40))
def test_any_text_is_a_unit_or_a_clear_error(text):
    with contextlib.suppress(UnknownUnit):
        parse(text)


@given(
    st.sampled_from(
        [("kWh", "MJ"), ("J", "kWh"), ("g CO2e/kWh", "kg CO2e/MJ"), ("L", "m**3"), ("year", "h")]
    )
)
def test_unit_round_trip_is_exact_within_rounding(pair):
    first, second = pair
    there, back = conversion(((first, 1.0),), second), conversion(((second, 1.0),), first)
    assert there * back == pytest.approx(1.0, rel=4.5e-16)


def test_litres_weighted_by_scarcity_are_not_litres():
    assert not compatible("L world eq", "L")
    assert conversion((("L", 1), ("L world eq/L", 1)), "m^3 world eq") == pytest.approx(1e-3)
    with pytest.raises(UnitMismatch):
        conversion((("L", 1),), "L world eq")
