"""Units, checked with pint when an inventory is compiled and never in the hot path.

Equivalents are dimensions of their own: a kilogram of CO2e is neither a kilogram nor a kilogram of
antimony equivalent, so unlike impacts cannot be added.
"""

from difflib import get_close_matches
from functools import lru_cache

import pint

from lca.engine.errors import UnitMismatch, UnknownUnit

_REGISTRY: pint.UnitRegistry[float] = pint.UnitRegistry(autoconvert_offset_to_baseunit=False)
for _definition in (
    "CO2e = [carbon_dioxide_equivalent]",
    "Sb = [antimony]",
    "eq = 1",
    "GPU = [accelerator] = accelerator",
    "token = [token]",
    "request = [request] = query = reply",
    "image = [image]",
    "node = [node]",
):
    _REGISTRY.define(_definition)
_COMMON = (
    "kg CO2e",
    "kg CO2e/kWh",
    "kg Sb eq",
    "kWh",
    "MJ",
    "L",
    "L/kWh",
    "h",
    "GPU h",
    "W/GPU",
    "J/token",
    "token",
    "request",
)


@lru_cache(maxsize=4096)
def parse(unit: str) -> pint.Unit:
    """Read a unit such as ``kg CO2e/kWh``; ``1`` and the empty string are dimensionless.

    Raises
    ------
    UnknownUnit
        With the nearest known spelling.
    """
    text = unit.strip()
    if text in {"", "1"}:
        return _REGISTRY.Unit("")
    try:
        return _REGISTRY.Unit(
            text.replace("1/", "dimensionless/") if text.startswith("1/") else text
        )
    except (pint.errors.PintError, ValueError, TypeError, AttributeError, AssertionError) as error:
        near = get_close_matches(text, _COMMON, n=1, cutoff=0.4)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        msg = f"“{unit}” is not a unit that is known here.{hint}"
        raise UnknownUnit(msg, unit) from error


def product(terms: tuple[tuple[str, float], ...]) -> pint.Unit:
    """Unit of a product of powers: pairs of unit and exponent."""
    result = parse("")
    for unit, exponent in terms:
        result = result * parse(unit) ** exponent
    return result


@lru_cache(maxsize=65536)
def conversion(terms: tuple[tuple[str, float], ...], target: str, name: str = "") -> float:
    """Factor that turns the product of ``terms`` into ``target``; 0.001 for W h to kWh.

    Raises
    ------
    UnitMismatch
        If the dimensions differ; ``name`` says where.
    """
    source = product(terms)
    try:
        return float(_REGISTRY.Quantity(1.0, source).to(parse(target)).magnitude)
    except pint.DimensionalityError as error:
        msg = f"{name or 'This product'}: its parameters multiply to “{source:~}”, which is not “{target}”."
        raise UnitMismatch(msg, name) from error


def compatible(first: str, second: str) -> bool:
    """Whether two units measure the same thing."""
    return bool(parse(first).dimensionality == parse(second).dimensionality)
