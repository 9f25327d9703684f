"""Parameters: named values with unit, distribution and provenance; and functions of them."""

import math
from collections.abc import Iterable

import attrs

from lca.engine.distributions import Distribution, Fixed, Lognormal
from lca.engine.errors import InvalidDistribution, InvalidValue
from lca.engine.number import number
from lca.engine.pedigree import Pedigree, pedigree
from lca.engine.vocabulary import Provenance

_TEXT = attrs.validators.instance_of(str)


@attrs.frozen(kw_only=True)
class Parameter:
    """A named value that flows multiply; shared by name, so its uncertainty is drawn once.

    Parameters
    ----------
    name : str
        Unique in its inventory, e.g. ``site.iowa.pue``.
    value : float
        Nominal value, in ``unit``. Finite.
    unit : str
        Any unit that :func:`lca.engine.units.parse` reads.
    distribution : Distribution
        Spread around the nominal value.
    minimum, maximum : float
        Physical limits; draws beyond them are set to the limit.
    provenance : Provenance
        Measured, supplied, modelled or default.
    pedigree : Pedigree, optional
        Data-quality scores; they give the spread where ``distribution`` declares none.
    source : str
        Citation or the declarant's own words; required unless measured.
    symbol : str
        Short form for formulae.
    """

    name: str = attrs.field(validator=_TEXT)
    value: float = attrs.field(converter=number)
    unit: str = attrs.field(default="1", validator=_TEXT)
    distribution: Distribution = attrs.field(factory=Fixed)
    minimum: float = attrs.field(default=-math.inf, converter=number)
    maximum: float = attrs.field(default=math.inf, converter=number)
    provenance: Provenance = attrs.field(default=Provenance.SUPPLIED, converter=Provenance)
    label: str = ""
    symbol: str = ""
    source: str = ""
    evidence: str = ""
    pedigree: Pedigree | None = attrs.field(default=None, converter=pedigree)

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot exist."""
        if not self.name.strip():
            msg = "A parameter needs a name."
            raise InvalidValue(msg)
        if not math.isfinite(self.value):
            msg = f"{self.title}: the value must be a finite number, not {self.value}."
            raise InvalidValue(msg, self.name)
        if not self.minimum <= self.value <= self.maximum:
            limit = (
                f"at least {self.minimum:g}"
                if self.value < self.minimum
                else f"at most {self.maximum:g}"
            )
            msg = f"{self.title}: the value must be {limit}, not {self.value:g}."
            raise InvalidValue(msg, self.name)
        try:
            self.distribution.check(self.value)
        except InvalidDistribution as error:
            msg = f"{self.title}: {error}"
            raise InvalidDistribution(msg, self.name) from None

    @property
    def uncertainty(self) -> Distribution:
        """What is drawn: the declared distribution, else a log-normal by the pedigree scores."""
        if not isinstance(self.distribution, Fixed) or self.pedigree is None or self.value <= 0:
            return self.distribution
        gsd = self.pedigree.gsd
        return Lognormal(gsd=gsd) if gsd > 1 else self.distribution

    @property
    def title(self) -> str:
        """Label if there is one, else the name."""
        return self.label or self.name


def _names(value: Iterable[str]) -> tuple[str, ...]:
    return tuple(value)


@attrs.frozen(kw_only=True)
class Derived:
    """A parameter that is a named, acyclic function of others, evaluated on the draws.

    ``function`` is one of :data:`lca.engine.derived.FUNCTIONS`; ``arguments`` are parameter names.
    """

    name: str = attrs.field(validator=_TEXT)
    function: str = attrs.field(validator=_TEXT)
    arguments: tuple[str, ...] = attrs.field(
        converter=_names, validator=attrs.validators.deep_iterable(_TEXT)
    )
    unit: str = attrs.field(default="1", validator=_TEXT)
    label: str = ""
    symbol: str = ""

    @property
    def title(self) -> str:
        """Label if there is one, else the name."""
        return self.label or self.name
