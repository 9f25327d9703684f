"""What looks wrong about a run: of itself, or beside the others of its system."""

import numpy as np
import pandas as pd

from apps.ingest.record import Run

LEAST_W, MOST_W = 20.0, 1_500.0  # of an accelerator: below idle of any, above any board's limit
W_PER_KW = 1000.0
NEIGHBOURS = 8
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


def between(runs: pd.DataFrame) -> dict[str, list[int]]:
    """Flags of runs beside each other: code to primary keys.

    Parameters
    ----------
    runs : DataFrame
        Columns ``pk``, ``start`` and ``end`` [s since 1970], ``gpus``, ``tool``; runs without times left out.
    """
    table = runs.sort_values(["start", "pk"], ignore_index=True)
    twice = table.duplicated(["start", "end", "gpus"], keep=False) & (table["end"] > table["start"])
    overlap = np.zeros(len(table), dtype=bool)
    for step in range(1, min(NEIGHBOURS, len(table) - 1) + 1):
        overlap |= _overlapping(table, step)
    return {
        "twice": table.loc[twice, "pk"].tolist(),
        "overlap": table.loc[overlap & ~twice.to_numpy(), "pk"].tolist(),
    }


def _overlapping(table: pd.DataFrame, step: int) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
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
