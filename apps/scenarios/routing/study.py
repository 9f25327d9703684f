"""Route labelled queries that a router never saw, and say what it saves, what it costs, and how far it is from the best."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from sklearn.model_selection import GroupKFold

from apps.scenarios.errors import BadInput
from apps.scenarios.routing import assignment, energies
from apps.scenarios.routing.assignment import picked
from apps.scenarios.routing.complexity import Places, held_out
from apps.scenarios.routing.frontier import Curve, Frontier, bands, frontier, resamples
from apps.scenarios.routing.queries import Queries, Table, Words

REPORTED_SAVING = 0.18
REPORTED = {
    "saved": REPORTED_SAVING,
    "claim": "over 18 % less energy",
    "source": "PEARL, as the article on eco-friendly AI reports it; its own publication was not found",
}
TOLERANCES = (0.0, 0.01)
BINS = 10
SHOWN = 21
QUESTION, GROUP = "question", "group"
Tell = Callable[[float], None]
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What to answer: an energy budget as a share of always taking the dearest model, folds, and the seed of folds and bands."""

    budget: float
    folds: int = 5
    seed: int = 1

    def __post_init__(self) -> None:
        if not 0 < self.budget <= 1:
            msg = f"The budget is {self.budget:g}; it is a share above 0, at most 1, of the energy of the dearest model alone."
            raise BadInput(msg, field="budget")
        if not 2 <= self.folds <= 50:  # noqa: PLR2004  bounds
            msg = f"{self.folds} folds; 2 to 50 are possible."
            raise BadInput(msg, field="folds")


def study(
    queries: Queries, asked: Asked, given: Sequence[str] = (), tell: Tell = lambda _: None
) -> dict[str, object]:
    """Return plain JSON: for questions and, where there are groups, for groups that the router never saw.

    ``given`` are energies of the models as ``MODEL=J``; without any, ratios are tried where the data hold none. ``tell`` is told the
    share that is done, from 0 to 1.

    Raises
    ------
    BadInput
        For energies, folds or a budget that the queries do not allow.
    """
    tried = check(queries, asked, given)
    clusters = _clusters(queries, asked.folds)
    steps = _Steps(len(clusters) * (asked.folds + len(tried)), tell)
    results = []
    for held, cluster in clusters.items():
        folds = _folds(cluster, asked)
        expected, joules = held_out(queries, steps.through(folds))
        weights = resamples(cluster, asked.seed)
        results += [
            {"held_out": held, **_evaluated(each, expected, joules, weights, asked)}
            for each in steps.through(tried)
        ]
    return {
        "queries": len(queries),
        "models": list(queries.models),
        "groups": len(set(queries.group.tolist())),
        "quality": dict(zip(queries.models, queries.quality.mean(axis=0).tolist(), strict=True)),
        "energy_provenance": energies.provenance(queries, given),
        "budget": asked.budget,
        "folds": asked.folds,
        "results": results,
    }


def check(queries: Queries, asked: Asked, given: Sequence[str] = ()) -> list[Queries]:
    """Return the queries with each of the energies to try, once nothing stands in the way of learning.

    Raises
    ------
    BadInput
        For energies, folds or a budget that the queries do not allow.
    """
    tried = energies.variants(queries, given)
    _clusters(queries, asked.folds)
    for each in tried:
        means = _energy(each).mean(axis=0)
        least = float(means.min() / means.max())
        if asked.budget < least:
            msg = f"The budget is {asked.budget:g} of the dearest model's energy; the cheapest alone needs {least:.3g}."
            raise BadInput(msg, field="budget")
    return tried


class _Steps:
    """Counts what is done of a number of steps."""

    def __init__(self, many: int, tell: Tell) -> None:
        self.many, self.done, self.tell = many, 0, tell

    def through(self, items: Iterable[T]) -> Iterator[T]:
        """Go through some of the steps, and tell after each."""
        for item in items:
            yield item
            self.done += 1
            self.tell(self.done / self.many)


def _energy(queries: Queries) -> Table:
    assert queries.energy is not None  # noqa: S101  each variant has one
    return queries.energy


def _clusters(queries: Queries, folds: int) -> dict[str, Words]:
    """Return what is held out together: the same question, and the same group where there are enough of them."""
    has_text = any(queries.text)
    rows = np.arange(len(queries)).astype(str).astype(object)
    found = {QUESTION: queries.text if has_text else rows}
    if len(set(queries.group.tolist())) >= folds:
        found[GROUP] = queries.group
    if len(set(found[QUESTION].tolist())) < folds:
        msg = f"There are fewer different questions than folds ({folds})."
        raise BadInput(msg, field="folds")
    return found


def _folds(cluster: Words, asked: Asked) -> list[tuple[Places, Places]]:
    split = GroupKFold(n_splits=asked.folds, shuffle=True, random_state=asked.seed)
    return list(split.split(cluster, groups=cluster.astype(str)))


def _evaluated(
    queries: Queries, quality: Table, joules: Table, weights: Table, asked: Asked
) -> dict[str, object]:
    spent = _energy(queries)
    constant = bool((spent == spent[0]).all())
    energy = spent if constant else joules
    true = (queries.quality, spent)
    curves = frontier((quality, energy), true, weights)
    largest = curves.mix
    means = spent.mean(axis=0)
    return {
        "energy_per_query": dict(zip(queries.models, means.tolist(), strict=True)),
        "energy_ratio": float(means.max() / means.min()),
        "at_budget": _at_budget(queries, (quality, energy), curves, asked),
        "shares": _shares(queries, (quality, energy), asked.budget),
        "frontier": _points(curves),
        "saved_at_equal_quality": [_saved(curves.router, largest, each) for each in TOLERANCES],
        "oracle_saves_at_equal_quality": _saved(curves.oracle, largest, 0.0),
        "reported": _reported(curves),
        "calibration": calibration(quality, queries),
    }


def _at_budget(
    queries: Queries, expected: tuple[Table, Table], curves: Frontier, asked: Asked
) -> dict[str, object]:
    largest = curves.mix
    found: dict[str, object] = {
        "always the cheapest": _stated(largest.quality[0], largest.qualities[:, 0]),
        "always the dearest": _stated(largest.quality[-1], largest.qualities[:, -1]),
    }
    named = {"random": curves.mix, "router": curves.router, "oracle": curves.oracle}
    reached = {name: curve.at(asked.budget, largest) for name, curve in named.items()}
    found |= {name: _stated(*each) for name, each in reached.items()}
    found["router, one by one"] = _streamed(queries, expected, asked.budget)
    gain = reached["oracle"][0] - reached["random"][0]
    gains = reached["oracle"][1] - reached["random"][1]
    better = reached["router"][0] - reached["random"][0]
    betters = reached["router"][1] - reached["random"][1]
    if gain > 0:
        found["share_of_oracles_gain"] = _stated(better / gain, betters / np.maximum(gains, 1e-9))
    return found


def _streamed(queries: Queries, expected: tuple[Table, Table], budget: float) -> dict[str, float]:
    """Route in order of arrival: the first tenth sets the price, as a batch; the rest come one by one."""
    spent = _energy(queries)
    largest = float(spent.mean(axis=0).max())
    quality, energy = expected
    order = np.random.default_rng(0).permutation(len(queries))
    first = order[: max(1, len(order) // 10)]
    price = assignment.plan(quality[first], energy[first]).price(budget * largest)
    chosen = assignment.stream(quality[order], energy[order], budget * largest, price)
    share = picked(spent[order], chosen).mean() / largest
    return {"value": float(picked(queries.quality[order], chosen).mean()), "spent": float(share)}


def _shares(queries: Queries, expected: tuple[Table, Table], budget: float) -> dict[str, float]:
    """Return the share of the queries that each model gets from a router at the budget."""
    largest = float(_energy(queries).mean(axis=0).max())
    chosen = assignment.plan(*expected).within(budget * largest)
    many = np.bincount(chosen, minlength=len(queries.models)) / len(queries)
    return dict(zip(queries.models, many.tolist(), strict=True))


def _stated(value: float, replicates: Table) -> dict[str, float]:
    return {"value": float(value), **bands(replicates)}


def _points(curves: Frontier) -> list[dict[str, object]]:
    least = curves.mix.energy[0] / curves.mix.energy[-1]
    named = {"router": curves.router, "random": curves.mix, "oracle": curves.oracle}
    return [
        {
            "energy_share": float(share),
            **{name: _stated(*curve.at(float(share), curves.mix)) for name, curve in named.items()},
        }
        for share in np.linspace(least, 1.0, SHOWN)
    ]


def _saved(curve: Curve, largest: Curve, tolerance: float) -> dict[str, float | None]:
    """Return the most energy that a curve saves while its quality is that of the dearest model less a tolerance."""
    value = _first_share(curve.energy, curve.quality, largest.quality[-1] - tolerance)
    rows = zip(curve.energies, curve.qualities, largest.qualities[:, -1], strict=True)
    shares = np.array([_first_share(e, q, top - tolerance) for e, q, top in rows])
    return {
        "tolerance": tolerance,
        "value": 1 - value / float(largest.energy[-1]),
        **bands(1 - shares / largest.energies[:, -1]),
    }


def _first_share(energy: Table, quality: Table, wanted: float) -> float:
    """Return the least energy at which a quality is reached; the last where it never is."""
    enough = quality >= wanted - 1e-12
    return float(energy[int(np.argmax(enough))] if enough.any() else energy[-1])


def _reported(curves: Frontier) -> dict[str, object]:
    """Return where the reported saving stands: the quality a router, a random mix and an oracle have after it."""
    share = 1 - REPORTED_SAVING
    top, tops = curves.mix.quality[-1], curves.mix.qualities[:, -1]
    named = {"router": curves.router, "random": curves.mix, "oracle": curves.oracle}
    found = {}
    for name, curve in named.items():
        value, replicates = curve.at(share, curves.mix)
        found[name] = _stated(value - top, replicates - tops)
    return {**REPORTED, "quality_less_that_of_the_dearest": found}


def calibration(expected: Table, queries: Queries) -> dict[str, object]:
    """Return, for each model, Brier's score beside that of the mean alone, and expected against true quality by tenths."""
    found: dict[str, object] = {}
    for place, model in enumerate(queries.models):
        guess, true = expected[:, place], queries.quality[:, place]
        order = np.argsort(guess, kind="stable")
        tenths = [
            {"expected": float(guess[part].mean()), "true": float(true[part].mean())}
            for part in np.array_split(order, BINS)
        ]
        gaps = [abs(each["expected"] - each["true"]) for each in tenths]
        found[model] = {
            "brier": float(((guess - true) ** 2).mean()),
            "brier_of_the_mean": float(true.var()),
            "mean_gap": float(np.mean(gaps)),
            "tenths": tenths,
        }
    return found
