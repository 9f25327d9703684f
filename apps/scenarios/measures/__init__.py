"""Measures, found by being in this folder: each module says what it is (``MEASURE``) and what it changes (``change``)."""

import pkgutil
from functools import cache
from importlib import import_module

from apps.scenarios.errors import BadInput
from apps.scenarios.measure import ChangeOf, Measure


@cache
def measures() -> dict[str, tuple[Measure, ChangeOf]]:
    """Return every measure with what it does, by key."""
    modules = [import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)]
    return {module.MEASURE.key: (module.MEASURE, module.change) for module in modules}


def measure(key: str) -> tuple[Measure, ChangeOf]:
    """Return one measure.

    Raises
    ------
    BadInput
        For a key that there is not.
    """
    known = measures()
    if key not in known:
        msg = f"There is no measure “{key}”; there are {', '.join(sorted(known))}."
        raise BadInput(msg, field="measure")
    return known[key]
