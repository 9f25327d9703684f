"""Data-quality rating of a total: the scores behind it, weighted by impact."""

from collections.abc import Mapping

import attrs
import numpy as np
import numpy.typing as npt

from lca.engine.compiled import Compiled
from lca.engine.distributions import Draws
from lca.engine.inventory import Inventory
from lca.engine.vocabulary import Category, Provenance

PRIMARY = (Provenance.MEASURED, Provenance.SUPPLIED)


@attrs.frozen(kw_only=True)
class Rating:
    """How good the data behind one total are, by shares of the sum of absolute impacts.

    Parameters
    ----------
    score : float or None
        Mean score from 1 (best) to 5 of the flows with scores, weighted by impact; ``None`` without any.
    unscored_share, partly_scored_share : float
        Share of impact in flows none of whose parameters, or only some of whose parameters, are scored.
    primary_share : float
        Share whose amount is measured or supplied.
    measured_share : float
        Share whose amount is measured.
    """

    score: float | None
    unscored_share: float
    partly_scored_share: float
    primary_share: float
    measured_share: float

    def to_dict(self) -> dict[str, float | None]:
        """Plain JSON."""
        return attrs.asdict(self)


@attrs.frozen(kw_only=True)
class _Behind:
    """Worst mean score among some parameters (NaN without any), and whether all of them have one."""

    worst: float = np.nan
    complete: bool = True

    def __or__(self, other: "_Behind") -> "_Behind":
        return _Behind(
            worst=float(np.fmax(self.worst, other.worst)),
            complete=self.complete and other.complete,
        )


def ratings(
    compiled: Compiled,
    at_nominal: Draws,
    provenance: Mapping[Category, Mapping[Provenance, float]],
) -> dict[Category, Rating]:
    r"""Rating of each total that has provenance shares.

    .. math:: R = \sum_f |m_f| s_f / \sum_f |m_f|

    over the flows that have a score :math:`s_f`: that of the weakest among the parameters of their amount and
    characterisation. What is not scored counts in no mean; its share stands beside it.
    """
    known = _by_name(compiled.inventory)
    behind = [_Behind(), *(known[name] for name, _ in compiled.monomials.powers)]
    slots = compiled.monomials.slots[compiled.monomial_of]  # row 0 stands for no parameter
    worst = np.fmax.reduce(np.array([item.worst for item in behind])[slots], axis=1)
    complete = np.all(np.array([item.complete for item in behind])[slots], axis=1)
    impact = np.abs(compiled.coefficient * at_nominal[compiled.monomial_of])
    of = np.array([category.place for _, category in compiled.entries])
    return {
        category: _rating(impact[rows], worst[rows], complete[rows], shares)
        for category, shares in provenance.items()
        if (rows := of == category.place).any()
    }


def _rating(
    impact: Draws,
    worst: Draws,
    complete: npt.NDArray[np.bool_],
    shares: Mapping[Provenance, float],
) -> Rating:
    weight = impact / impact.sum()
    scored = ~np.isnan(worst)
    known = float(weight[scored].sum())
    return Rating(
        score=float(weight[scored] @ worst[scored]) / known if known else None,
        unscored_share=float(weight[~scored].sum()),
        partly_scored_share=float(weight[scored & ~complete].sum()),
        primary_share=sum(shares[item] for item in PRIMARY),
        measured_share=shares[Provenance.MEASURED],
    )


def _by_name(inventory: Inventory) -> dict[str, _Behind]:
    """What is behind every parameter; behind a derived one, its arguments."""
    found = {
        item.name: _Behind(worst=item.pedigree.mean) if item.pedigree else _Behind(complete=False)
        for item in inventory.parameters
    }
    for item in inventory.derived_in_order():
        whole = _Behind()
        for name in item.arguments:
            whole |= found[name]
        found[item.name] = whole
    return found
