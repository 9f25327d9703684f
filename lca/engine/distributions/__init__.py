"""Distributions of a parameter around its nominal value, as inverse distribution functions.

Names follow the ``stats_arrays`` convention of life-cycle assessment software, where it has one. Each
class turns uniform draws into values; the nominal value is the *median* of a log-normal, the *mode* of
a triangular or PERT and the *mean* of a normal distribution.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import attrs

from lca.engine.distributions.base import Draws
from lca.engine.distributions.classic import Fixed, Lognormal, Normal, Triangular, Uniform
from lca.engine.distributions.empirical import Empirical
from lca.engine.distributions.pert import Pert
from lca.engine.errors import InvalidDistribution

__all__ = [
    "KINDS",
    "Distribution",
    "Draws",
    "Empirical",
    "Fixed",
    "Lognormal",
    "Normal",
    "Pert",
    "Triangular",
    "Uniform",
    "from_dict",
    "to_dict",
]

Distribution: TypeAlias = Fixed | Lognormal | Normal | Uniform | Triangular | Pert | Empirical
KINDS: Mapping[str, type[Distribution]] = {
    kind.name: kind for kind in (Fixed, Lognormal, Normal, Uniform, Triangular, Pert, Empirical)
}


def to_dict(distribution: Distribution) -> dict[str, Any]:
    """JSON form: the name and the parameters."""
    return {"name": distribution.name, **attrs.asdict(distribution)}


def from_dict(document: Mapping[str, Any]) -> Distribution:
    """Read the JSON form back.

    Raises
    ------
    InvalidDistribution
        For a name or a set of parameters that does not exist.
    """
    name = str(document.get("name", "none"))
    if name not in KINDS:
        msg = f"“{name}” is not a distribution; known are {', '.join(sorted(KINDS))}."
        raise InvalidDistribution(msg)
    given = {key: value for key, value in document.items() if key != "name"}
    try:
        return KINDS[name](**given)
    except (TypeError, ValueError) as error:
        wanted = ", ".join(attrs.fields_dict(KINDS[name])) or "nothing"
        msg = f"The {name} distribution does not take {given}; it takes {wanted}, as numbers."
        raise InvalidDistribution(msg) from error
