"""What looks wrong about a run: of itself, or beside the others of its system."""

from array import array
from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from apps.ingest.record import Run

Flagged: TypeAlias = npt.NDArray[np.bool_]
LEAST_W, MOST_W = 20.0, 1_500.0  # of an accelerator: below idle of any, above any board's limit
W_PER_KW = 1000.0
NEIGHBOURS = 64
OVERLAP_SHARE = 0.8
TEXTS = {
    "zero-energy": "It has GPU-hours and an energy of nought: its meter did not count.",
    "power-odd": f"Its energy over its GPU-hours is below {LEAST_W:.0f} W or above {MOST_W:,.0f} W for each GPU.",
    "twice": "Another run has the same start, end and GPUs: it may be the same run from another tool or file.",
    "overlap": "A run of another tool covers the same time with as many GPUs: it may be the same run.",
}


def own_flags(run: Run) -> list[str]:
    """Flags of a run by itself."""
    if run.energy_kwh is None or not run.gpu_hours:
        return []
    if run.energy_kwh == 0:
        return ["zero-energy"]
    watts = W_PER_KW * run.energy_kwh / (run.pue_inside or 1.0) / run.gpu_hours
    return [] if LEAST_W <= watts <= MOST_W else ["power-odd"]


def packed(codes: list[str]) -> str:
    """Codes in one cell, with a comma on either side of each."""
    return f",{','.join(codes)}," if codes else ""


def between(chunks: Iterable[pd.DataFrame]) -> dict[str, "array[int]"]:
    """Flags of runs beside each other: code to primary keys.

    Each run is held against the ``NEIGHBOURS`` that start next, in this chunk or the one after, so memory does not grow
    with the ledger.

    Parameters
    ----------
    chunks : iterable of DataFrame
        Runs by ``start``, ``end``, ``gpus``: columns ``pk``, ``start`` and ``end`` [s since 1970], ``gpus``, ``tool``.
    """
    found = {"twice": array("q"), "overlap": array("q")}
    left = pd.DataFrame()
    done: set[tuple[str, int]] = set()
    for chunk in chunks:
        table = pd.concat([left, chunk], ignore_index=True) if len(left) else chunk
        twice, overlap = _twice(table), _overlap(table)
        for code, flagged in (("twice", twice), ("overlap", overlap & ~twice)):
            keys = table.loc[flagged, "pk"]
            found[code].extend(key for key in keys.tolist() if (code, key) not in done)
        left = table.tail(NEIGHBOURS)
        done = {
            (code, key)
            for code in found
            for key in set(left["pk"].tolist()) & set(found[code][-2 * NEIGHBOURS :])
        }
    return found


def _twice(table: pd.DataFrame) -> Flagged:
    """Which runs have the same start, end and GPUs as the one before or after."""
    columns = ["start", "end", "gpus"]
    values = table[columns].to_numpy()
    same = (values[1:] == values[:-1]).all(axis=1) & (values[1:, 1] > values[1:, 0])
    found = np.zeros(len(table), dtype=bool)
    found[1:] |= same
    found[:-1] |= same
    return found


def _overlap(table: pd.DataFrame) -> Flagged:
    found = np.zeros(len(table), dtype=bool)
    for step in range(1, min(NEIGHBOURS, len(table) - 1) + 1):
        found |= _overlapping(table, step)
    return found


def _overlapping(table: pd.DataFrame, step: int) -> Flagged:
    """Which runs cover the same time as the one some steps further on, and the other way round."""
    start, end = table["start"].to_numpy(), table["end"].to_numpy()
    gpus, tool = table["gpus"].to_numpy(), table["tool"].to_numpy()
    common = np.minimum(end[:-step], end[step:]) - start[step:]
    longer = np.maximum(end[:-step] - start[:-step], end[step:] - start[step:])
    pairs = (
        (longer > 0)
        & (common >= OVERLAP_SHARE * longer)
        & (gpus[:-step] == gpus[step:])
        & (tool[:-step] != tool[step:])
    )
    found = np.zeros(len(table), dtype=bool)
    found[:-step] |= pairs
    found[step:] |= pairs
    return found
