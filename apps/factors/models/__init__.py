"""The library of factors, and what organisations add to it."""

from apps.factors.models.library import (
    Entry,
    Factor,
    Frozen,
    FrozenQuerySet,
    Release,
    ReleasedRowImmutable,
    Source,
)
from apps.factors.models.own import OwnFactor, OwnSource

__all__ = [
    "Entry",
    "Factor",
    "Frozen",
    "FrozenQuerySet",
    "OwnFactor",
    "OwnSource",
    "Release",
    "ReleasedRowImmutable",
    "Source",
]
