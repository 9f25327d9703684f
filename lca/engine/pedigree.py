"""Pedigree scores of a value, and the spread that they stand for where none is declared.

The uncertainty factors are ecoinvent's, set by experts: Frischknecht et al. 2005, Weidema et al. 2013,
Overview and methodology, Data quality guideline for the ecoinvent database version 3, table 10.4, as coded in
the package pedigree-matrix 0.2.2. They are published as 95 % factors, the square of a geometric standard
deviation. Their sixth column, sample size, is not among the five scores; the basic uncertainty of a kind of
exchange is left out, since none is stated for what is scored here.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType

import attrs

from lca.engine.errors import InvalidValue

UNCERTAINTY: Mapping[str, tuple[float, float, float, float, float]] = MappingProxyType(
    {
        "reliability": (1.0, 1.05, 1.1, 1.2, 1.5),
        "completeness": (1.0, 1.02, 1.05, 1.1, 1.2),
        "temporal": (1.0, 1.03, 1.1, 1.2, 1.5),
        "geographical": (1.0, 1.01, 1.02, 1.02, 1.1),
        "technological": (1.0, 1.0, 1.2, 1.5, 2.0),
    }
)
WORST = 5


def _score(item: object, attribute: "attrs.Attribute[int | None]", value: int | None) -> None:  # noqa: ARG001 - attrs' signature
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= WORST:
        msg = f"The {attribute.name} score must be a whole number from 1 (best) to {WORST}, not {value!r}."
        raise InvalidValue(msg)


@attrs.frozen(kw_only=True)
class Pedigree:
    """Scores from 1 (best) to 5 of the five criteria; ``None`` where one is not stated."""

    reliability: int | None = attrs.field(default=None, validator=_score)
    completeness: int | None = attrs.field(default=None, validator=_score)
    temporal: int | None = attrs.field(default=None, validator=_score)
    geographical: int | None = attrs.field(default=None, validator=_score)
    technological: int | None = attrs.field(default=None, validator=_score)

    @property
    def stated(self) -> dict[str, int]:
        """Scores by criterion, without those that are not stated."""
        scores = ((name, getattr(self, name)) for name in UNCERTAINTY)
        return {name: score for name, score in scores if score is not None}

    @property
    def mean(self) -> float:
        """Mean of the stated scores."""
        return sum(self.stated.values()) / len(self.stated)

    @property
    def gsd(self) -> float:
        r"""Geometric standard deviation :math:`\exp\sqrt{\sum_i (\tfrac12 \ln U_i)^2}` over the stated scores.

        A criterion that is not stated adds nothing, so the figure is a lower bound where some are missing.
        """
        factors = (UNCERTAINTY[name][score - 1] for name, score in self.stated.items())
        return math.exp(math.sqrt(sum((math.log(factor) / 2) ** 2 for factor in factors)))


def pedigree(value: "Pedigree | Mapping[str, int] | None") -> Pedigree | None:
    """Scores from a mapping; no scores at all are none.

    Raises
    ------
    InvalidValue
        For a criterion or a score that does not exist.
    """
    if value is None or isinstance(value, Pedigree):
        return value if value and value.stated else None
    unknown = sorted(set(value) - UNCERTAINTY.keys())
    if unknown:
        msg = f"“{unknown[0]}” is not scored; scores are of {', '.join(UNCERTAINTY)}."
        raise InvalidValue(msg)
    return pedigree(Pedigree(**value))
