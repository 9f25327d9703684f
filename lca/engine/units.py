"""Units, checked with pint when an inventory is compiled and never in the hot path.

Equivalents are dimensions of their own: a kilogram of CO2e is neither a kilogram nor a kilogram of
antimony equivalent, so unlike impacts cannot be added.
"""

import re
from difflib import get_close_matches
from functools import lru_cache
from tokenize import TokenError

import pint

from lca.engine.errors import UnitMismatch, UnknownUnit

_REGISTRY: pint.UnitRegistry[float] = pint.UnitRegistry(autoconvert_offset_to_baseunit=False)
for _definition in (
    "CO2e = [carbon_dioxide_equivalent]",
    "Sb = [antimony]",
    "world = [world_average_water]",
    "eq = 1",
    "GPU = [accelerator] = _ = accelerator",
    "token = [token]",
    "piece = [piece]",
    "request = [request] = _ = query = reply",
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
    "piece",
    "request",
)
_TERM = r"\(*[^\W\d_]\w*(?:(?:\*\*|\^)-?\d(?:\.\d)?)?\)*|\(*%\)*"
_GRAMMAR = re.compile(rf"(?:1 ?/ ?)?(?:{_TERM})(?:(?: ?[*/] ?| )(?:{_TERM}))*")
_LONGEST = 100


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
    text = " ".join(text.replace("·", "*").split())
    if len(text) > _LONGEST or not _GRAMMAR.fullmatch(text):  # pint would compute 9**9**9
        raise _unknown(unit)
    try:
        return _REGISTRY.Unit(re.sub("^1 ?/", "dimensionless/", text))
    except (pint.errors.PintError, TokenError, ValueError, TypeError, AttributeError) as error:
        raise _unknown(unit) from error


def _unknown(unit: str) -> UnknownUnit:
    shown = unit if len(unit) <= _LONGEST else f"{unit[:_LONGEST]}…"
    near = get_close_matches(shown, _COMMON, n=1, cutoff=0.4)
    hint = f" Did you mean “{near[0]}”?" if near else ""
    msg = f"“{shown}” is not a unit that is known here.{hint}"
    return UnknownUnit(msg, unit)


def product(terms: tuple[tuple[str, float], ...]) -> pint.Unit:
    """Unit of a product of powers: pairs of unit and exponent."""
    result = parse("")
    for unit, exponent in terms:
        result = result * parse(unit) ** exponent
    return result


def conversion(terms: tuple[tuple[str, float], ...], target: str, name: str = "") -> float:
    """Factor that turns the product of ``terms`` into ``target``; 0.001 for W h to kWh.

    Raises
    ------
    UnitMismatch
        If the dimensions differ; ``name`` says where.
    """
    try:
        return _conversion(terms, target)
    except UnitMismatch as error:
        msg = f"{name or 'This product'}: {error}"
        raise UnitMismatch(msg, name) from error


@lru_cache(maxsize=65536)
def _conversion(terms: tuple[tuple[str, float], ...], target: str) -> float:
    source, wanted = product(terms), parse(target)
    try:
        if _REGISTRY.Quantity(0.0, source).to(wanted).magnitude == 0:
            return float(_REGISTRY.Quantity(1.0, source).to(wanted).magnitude)
    except pint.errors.PintError as error:
        msg = f"its parameters multiply to “{source:~}”, which is not “{target}”."
        raise UnitMismatch(msg) from error
    msg = f"“{source:~}” has no true zero, so it cannot be multiplied."
    raise UnitMismatch(msg)


def compatible(first: str, second: str) -> bool:
    """Whether two units measure the same thing."""
    return bool(parse(first).dimensionality == parse(second).dimensionality)
