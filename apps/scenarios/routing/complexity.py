"""How hard is a query for each candidate: a light model of its words and shape, learnt from labelled queries."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

from apps.scenarios.routing.queries import Queries, Table, Words

STRENGTH = 0.3
"""Inverse of the penalty on the weights of words."""
WORDS = HashingVectorizer(
    n_features=2**18, ngram_range=(1, 2), alternate_sign=False, norm=None, dtype=np.float64
)
"""Counts of words and pairs of words; it learns nothing, so every fold may share its table."""
SIGNS = "=+*/^()\\<>"

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a router sees of queries: counts of words, shape (queries, words), and numbers, shape (queries, numbers)."""

    words: sparse.csr_matrix
    numbers: Table

    def rows(self, chosen: Places) -> "Seen":
        """Return some of the queries."""
        return Seen(words=self.words[chosen], numbers=self.numbers[chosen])


def look(queries: Queries) -> Seen:
    """Return what a router may see."""
    numbers = np.column_stack([_shape(queries.text), queries.features])
    return Seen(words=WORDS.transform(queries.text.astype(str)), numbers=numbers)


def _shape(text: Words) -> Table:
    """Return length, digits, signs, lines and length of words of each text, shape (queries, 5), as logarithms."""
    rows = [
        (
            len(each),
            sum(map(str.isdigit, each)),
            sum(each.count(sign) for sign in SIGNS),
            each.count("\n"),
            len(each) / max(1, len(each.split())),
        )
        for each in map(str, text)
    ]
    found: Table = np.log1p(np.array(rows, dtype=float))
    return found


class Complexity:
    """Expected quality and energy of each candidate for a query, shape (queries, models).

    Quality: a logistic regression for each model, on weighted words and on numbers. Qualities between 0 and 1 count as that share of
    a right answer. Energy: a ridge regression of its logarithm on the same.
    """

    def __init__(self, seen: Seen, quality: Table, energy: Table | None) -> None:
        """Learn from labelled queries."""
        self._weights = TfidfTransformer(sublinear_tf=True).fit(seen.words)
        self._scale = StandardScaler().fit(seen.numbers)
        ready = self._ready(seen)
        self._quality = [_classifier(ready, column) for column in quality.T]
        self._energy = [] if energy is None else [_ridge(ready, column) for column in energy.T]

    def quality(self, seen: Seen) -> Table:
        """Return the expected quality of each model, shape (queries, models)."""
        ready = self._ready(seen)
        return np.column_stack(
            [
                np.full(ready.shape[0], each)
                if isinstance(each, float)
                else each.predict_proba(ready)[:, 1]
                for each in self._quality
            ]
        )

    def energy(self, seen: Seen) -> Table:
        """Return the expected energy [J] of each model, shape (queries, models)."""
        ready = self._ready(seen)
        return np.column_stack(
            [
                np.full(ready.shape[0], each)
                if isinstance(each, float)
                else np.exp(each.predict(ready))
                for each in self._energy
            ]
        )

    def _ready(self, seen: Seen) -> sparse.csr_matrix:
        numbers = sparse.csr_matrix(self._scale.transform(seen.numbers))
        ready: sparse.csr_matrix = sparse.hstack(
            [numbers, self._weights.transform(seen.words)], format="csr"
        )
        return ready


def _classifier(ready: sparse.csr_matrix, quality: Table) -> LogisticRegression | float:
    if quality.min() == quality.max():
        return float(quality[0])
    labels = np.repeat([1, 0], len(quality))
    weights = np.concatenate([quality, 1 - quality])
    kept = np.flatnonzero(weights)
    model = LogisticRegression(C=STRENGTH, solver="liblinear")
    return model.fit(ready[kept % len(quality)], labels[kept], sample_weight=weights[kept])


def _ridge(ready: sparse.csr_matrix, energy: Table) -> Ridge | float:
    if energy.min() == energy.max():
        return float(energy[0])
    return Ridge(alpha=1.0).fit(ready, np.log(energy))


def held_out(queries: Queries, folds: Iterable[tuple[Places, Places]]) -> tuple[Table, Table]:
    """Return quality and energy of every query as expected by a model that saw none of its fold."""
    seen = look(queries)
    quality, energy = np.empty_like(queries.quality), np.empty_like(queries.quality)
    for known, asked in folds:
        joules = None if queries.energy is None else queries.energy[known]
        model = Complexity(seen.rows(known), queries.quality[known], joules)
        quality[asked] = model.quality(seen.rows(asked))
        if joules is not None:
            energy[asked] = model.energy(seen.rows(asked))
    return quality, energy
