"""Labelled queries: what was asked, how well each candidate answered it, and what that took where it was measured."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from apps.scenarios.errors import BadInput
from apps.scenarios.tables import Source, named, read_table

Table = npt.NDArray[np.float64]
Words = npt.NDArray[np.object_]
QUALITY = ("_correct", "_quality")
ENERGY = "_energy_j"
FEATURE = "feature_"
TEXT = ("prompt", "query", "question", "text")
GROUP = ("subject", "group", "topic", "category")
LARGEST_BYTES = 300_000_000
FEWEST = 50
LARGEST = 1e12
"""Of a feature, or of an energy [J]: beyond it, squares lose their digits."""
TRUTH = {"true": "1", "false": "0", "yes": "1", "no": "0"}


@dataclass(frozen=True, kw_only=True)
class Queries:
    """Queries and candidates: ``quality`` in 0 to 1 and ``energy`` [J] (or none), shape (queries, models).

    ``text`` and ``features`` (shape (queries, features)) are what a router may see; ``group`` is what it may not have seen before.
    """

    models: tuple[str, ...]
    text: Words
    features: Table
    group: Words
    quality: Table
    energy: Table | None

    def __len__(self) -> int:
        return len(self.quality)

    def with_energy(self, joules: Sequence[float]) -> "Queries":
        """Return the same queries with one energy for each model, whatever is asked."""
        if len(joules) != len(self.models) or not all(0 < each < np.inf for each in joules):
            msg = f"An energy above 0 is needed for each of {', '.join(self.models)}."
            raise BadInput(msg, field="energy")
        energy = np.broadcast_to(np.asarray(joules, float), self.quality.shape)
        return Queries(**{**self.__dict__, "energy": energy})


def read(source: Source) -> Queries:
    """Read a CSV with a ``<model>_correct`` (or ``_quality``) column for each model.

    It may have ``<model>_energy_j`` for all models, a text, ``feature_…`` columns, and a group such as the subject.

    Raises
    ------
    BadInput
        With the line and column of the first fault.
    """
    table = _table(source)
    qualities = [name for name in table.columns if name.endswith(QUALITY)]
    models = tuple(name.rsplit("_", 1)[0] for name in qualities)
    if len(models) < len(QUALITY):
        msg = f"{named(source)}: two columns or more are needed whose names end in _correct or _quality."
        raise BadInput(msg, field="data")
    text = _first(table, TEXT)
    features = [name for name in table.columns if name.startswith(FEATURE)]
    if text is None and not features:
        msg = f"{named(source)}: a router needs to see something: a column {', '.join(TEXT)}, or columns {FEATURE}…."
        raise BadInput(msg, field="data")
    group = _first(table, GROUP)
    blank = np.full(len(table), "", dtype=object)
    return Queries(
        models=models,
        text=blank if text is None else table[text].to_numpy(dtype=object),
        features=_numbers(table, features),
        group=blank if group is None else table[group].to_numpy(dtype=object),
        quality=_numbers(table, qualities, shares=True),
        energy=_energy(table, models),
    )


def _table(source: Source) -> pd.DataFrame:
    table = read_table(
        source, "data", largest_bytes=LARGEST_BYTES, dtype=str, keep_default_na=False
    )
    if len(table) < FEWEST:
        msg = f"{named(source)}: {len(table)} queries; {FEWEST} are the least that anything can be learnt from."
        raise BadInput(msg, field="data")
    return table


def _first(table: pd.DataFrame, names: Sequence[str]) -> str | None:
    return next((name for name in names if name in table.columns), None)


def _numbers(table: pd.DataFrame, columns: Sequence[str], *, shares: bool = False) -> Table:
    found = np.empty((len(table), len(columns)))
    for place, name in enumerate(columns):
        words = table[name].str.strip().str.lower()
        values = np.asarray(pd.to_numeric(words.replace(TRUTH), errors="coerce"), dtype=float)
        bad = ~(np.abs(values) <= LARGEST)
        if shares:
            bad |= (values < 0) | (values > 1)
        if bad.any():
            row = int(np.argmax(bad))
            wanted = (
                "true, false or a number from 0 to 1" if shares else f"a number up to {LARGEST:g}"
            )
            msg = f"Query {row + 1}, {name}: “{table[name].iloc[row]}” is not {wanted}."
            raise BadInput(msg, field=name)
        found[:, place] = values
    return found


def _energy(table: pd.DataFrame, models: Sequence[str]) -> Table | None:
    columns = [f"{model}{ENERGY}" for model in models]
    present = [name for name in columns if name in table.columns]
    if not present:
        return None
    if missing := sorted(set(columns) - set(present)):
        msg = (
            f"Energy is given for some models and not for others: {', '.join(missing)} is missing."
        )
        raise BadInput(msg, field=missing[0])
    energy = _numbers(table, columns)
    if (energy <= 0).any():
        msg = "An energy is nought or negative; joules of a query are above 0."
        raise BadInput(msg, field=columns[0])
    return energy
