"""Errors of the calculator: one class for each assumption an inventory can break."""

from collections.abc import Iterable
from difflib import get_close_matches


class EngineError(ValueError):
    """An inventory cannot be assessed as it stands.

    ``names`` lists the offending parameters or flows, so that a form can point at its fields.
    """

    def __init__(self, message: str, *names: str) -> None:
        super().__init__(message)
        self.names = names


class UnitMismatch(EngineError):
    """Units do not multiply to the unit that a flow or an impact category declares."""


class UnknownUnit(EngineError):
    """A unit that no registry knows."""


class UnknownParameter(EngineError):
    """A flow or a derived parameter refers to a parameter that does not exist."""


class DuplicateName(EngineError):
    """Two parameters, or two flows, share a name."""


class CyclicParameter(EngineError):
    """Derived parameters refer to each other in a circle."""


class InvalidValue(EngineError):
    """A value that cannot exist: NaN, infinite, or beyond its physical limit."""


class InvalidDistribution(EngineError):
    """A distribution whose parameters contradict each other or its nominal value."""


class InvalidDocument(EngineError):
    """An inventory document that cannot be read."""


def meant(name: str, known: Iterable[str]) -> str:
    """Names that are near one that does not exist, to end a sentence with; nothing where none is near."""
    near = get_close_matches(name, sorted(known), n=3, cutoff=0.7)
    return f" (near it: {', '.join(f'“{found}”' for found in near)})" if near else ""
