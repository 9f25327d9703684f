"""The functions a derived parameter may be, each with its partial derivatives."""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import attrs
import numpy as np

from lca.engine.distributions import Draws
from lca.engine.errors import (
    CyclicParameter,
    EngineError,
    UnitMismatch,
    UnknownParameter,
    meant,
)
from lca.engine.parameter import Derived
from lca.engine.units import compatible, conversion, parse

Evaluate = Callable[[Sequence[Draws]], Draws]
Gradient = Callable[[Sequence[float]], Sequence[float]]


@attrs.frozen(kw_only=True)
class Function:
    """A differentiable function of ``arity`` arguments (0: any number)."""

    arity: int
    evaluate: Evaluate
    gradient: Gradient
    formula: str
    dimensionless: bool = True


def _product_gradient(x: Sequence[float]) -> list[float]:
    return [float(np.prod([*x[:k], *x[k + 1 :]])) for k in range(len(x))]


def _exponential_gradient(x: Sequence[float]) -> list[float]:
    value = float(np.exp(x[0] * x[1]))
    return [x[1] * value, x[0] * value]


def _yield_gradient(x: Sequence[float]) -> list[float]:
    value = float(np.exp(-x[0] * x[1]))
    return [-x[1] * value, -x[0] * value]


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "excess": Function(
            arity=1, evaluate=lambda x: x[0] - 1, gradient=lambda _: [1.0], formula="{0} − 1"
        ),
        "complement": Function(
            arity=1, evaluate=lambda x: 1 - x[0], gradient=lambda _: [-1.0], formula="1 − {0}"
        ),
        "inverse_complement": Function(
            arity=1,
            evaluate=lambda x: 1 / (1 - x[0]),
            gradient=lambda x: [1 / (1 - x[0]) ** 2],
            formula="1 / (1 − {0})",
        ),
        "exponential": Function(
            arity=2,
            evaluate=lambda x: np.exp(x[0] * x[1]),
            gradient=_exponential_gradient,
            formula="exp({0} × {1})",
        ),
        "poisson_yield": Function(
            arity=2,
            evaluate=lambda x: np.exp(-x[0] * x[1]),
            gradient=_yield_gradient,
            formula="exp(−{0} × {1})",
        ),
        "sum": Function(
            arity=0,
            evaluate=lambda x: np.sum(np.stack(list(x)), axis=0),
            gradient=lambda x: [1.0] * len(x),
            formula=" + ",
            dimensionless=False,
        ),
        "product": Function(
            arity=0,
            evaluate=lambda x: np.prod(np.stack(list(x)), axis=0),
            gradient=_product_gradient,
            formula=" × ",
            dimensionless=False,
        ),
    }
)


def check(derived: Derived, units: Mapping[str, str]) -> None:
    """Check a derived parameter's function, number of arguments and units.

    Raises
    ------
    UnknownParameter, UnitMismatch, EngineError
        With the name of the derived parameter.
    """
    function = FUNCTIONS.get(derived.function)
    if function is None:
        msg = f"{derived.title}: “{derived.function}” is not a function; known are {', '.join(FUNCTIONS)}."
        raise EngineError(msg, derived.name)
    if not derived.arguments or (function.arity and len(derived.arguments) != function.arity):
        msg = f"{derived.title}: {derived.function} takes {function.arity or 'one or more'} arguments, not {len(derived.arguments)}."
        raise EngineError(msg, derived.name)
    _check_units(derived, [units[name] for name in derived.arguments])


def _check_units(derived: Derived, units: Sequence[str]) -> None:
    if (
        FUNCTIONS[derived.function].dimensionless
        and conversion(((derived.unit, 1.0),), "1", derived.title) != 1.0
    ):
        msg = f"{derived.title}: {derived.function} gives a plain number, not “{derived.unit}”."
        raise UnitMismatch(msg, derived.name)
    if derived.function == "sum":
        wrong = [unit for unit in units if parse(unit) != parse(derived.unit)]
    elif derived.function in {"product", "exponential", "poisson_yield"}:
        target = derived.unit if derived.function == "product" else "1"
        factor = conversion(tuple((unit, 1.0) for unit in units), target, derived.title)
        if not math.isclose(factor, 1.0, rel_tol=1e-12):
            msg = f"{derived.title}: its arguments must multiply to “{target}” without conversion."
            raise UnitMismatch(msg, derived.name)
        wrong = []
    else:
        wrong = [
            unit
            for unit in units
            if not compatible(unit, "1") or conversion(((unit, 1.0),), "1") != 1.0
        ]
    if wrong:
        msg = f"{derived.title}: {derived.function} cannot take “{wrong[0]}” where “{derived.unit}” is wanted."
        raise UnitMismatch(msg, derived.name)


def order(derived: Mapping[str, Derived], known: set[str]) -> list[Derived]:
    """Sort derived parameters so that each follows its arguments.

    Raises
    ------
    UnknownParameter
        If an argument does not exist.
    CyclicParameter
        If parameters refer to each other in a circle.
    """
    done, result, waiting = set(known), [], dict(derived)
    for item in derived.values():
        for argument in item.arguments:
            if argument not in known and argument not in derived:
                msg = f"{item.title} refers to “{argument}”, which does not exist{meant(argument, [*known, *derived])}."
                raise UnknownParameter(msg, item.name, argument)
    while waiting:
        ready = [item for item in waiting.values() if done.issuperset(item.arguments)]
        if not ready:
            names = circle(waiting)
            msg = (
                f"Derived parameters refer to each other in a circle: {' → '.join([*names, names[0]])}."
                " Give one of them a value of its own."
            )
            raise CyclicParameter(msg, *names)
        for item in ready:
            result.append(item)
            done.add(item.name)
            del waiting[item.name]
    return result


def circle(waiting: Mapping[str, Derived]) -> list[str]:
    """Names of one circle, each referring to the next, from the first in the alphabet."""
    path = [min(waiting)]
    while True:  # each that waits has an argument that waits, so the walk comes back to itself
        following = next(name for name in waiting[path[-1]].arguments if name in waiting)
        if following in path:
            found = path[path.index(following) :]
            start = found.index(min(found))
            return found[start:] + found[:start]
        path.append(following)


def formula(derived: Derived, symbols: Sequence[str]) -> str:
    """Write the function with the symbols of its arguments."""
    function = FUNCTIONS[derived.function]
    if function.arity == 0:
        return function.formula.join(symbols)
    return function.formula.format(*symbols)
