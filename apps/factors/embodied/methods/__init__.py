"""The methods, one module each: ``ORDER``, ``TITLE``, ``BASIS``, ``ABOUT`` and ``estimates(device, library)``.

A new method is a new module here; nothing else names it but the ladder in ``choice`` that may choose it.
"""

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from apps.factors.embodied.device import Device, Library
from apps.factors.embodied.estimate import Basis, Outcome


class Method(Protocol):
    """The shape of a method."""

    ORDER: int
    TITLE: str
    BASIS: Basis
    ABOUT: str

    @staticmethod
    def estimates(device: Device, library: Library) -> Sequence[Outcome]:
        """Figures of a device, or why there are none; one outcome at least."""


def _found() -> list[Method]:
    names = [module.name for module in iter_modules(__path__)]
    modules = [cast("Method", import_module(f"{__name__}.{name}")) for name in names]
    return sorted(modules, key=lambda module: module.ORDER)


METHODS = _found()


def outcomes(device: Device, library: Library) -> list[Outcome]:
    """What every method says about a device, published figures first."""
    return [outcome for method in METHODS for outcome in method.estimates(device, library)]
