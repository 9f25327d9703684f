"""Hourly carbon intensity of several sites, read whole or not at all."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from apps.scenarios.errors import BadInput
from apps.scenarios.tables import Source, named, read_table
from lca.engine.errors import EngineError
from lca.engine.units import conversion

Table = npt.NDArray[np.float64]
UNIT = "kg CO2e/kWh"
MARGINAL = "_marginal"
HIGHEST = 5.0
"""kg CO2e/kWh that no grid reaches: above, the unit is wrong."""
MOST_HOURS = 8_784
MOST_SITES = 100
LARGEST_BYTES = 50_000_000
HOUR = pd.Timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Intensity:
    """Intensity by hour from ``start``, in kg CO2e/kWh, shape (hours, sites); ``marginal`` is that of one more kWh, or none."""

    start: pd.Timestamp
    sites: tuple[str, ...]
    average: Table
    marginal: Table | None

    def __len__(self) -> int:
        return len(self.average)

    def place(self, site: str) -> int:
        """Return where a site stands among the sites, the first where none is named.

        Raises
        ------
        BadInput
            For a site that there is not.
        """
        name = site or self.sites[0]
        if name not in self.sites:
            msg = f"There is no site “{name}”; there are {', '.join(self.sites)}."
            raise BadInput(msg, field="home")
        return self.sites.index(name)


def read(source: Source, unit: str = UNIT) -> Intensity:
    """Read a CSV: a time, then a column for each site; ``<site>_marginal`` for each, where known.

    Raises
    ------
    BadInput
        With the line and column of the first fault.
    """
    table = _table(source)
    start = _start(table.iloc[:, 0])
    names = [str(name) for name in table.columns[1:]]
    sites = tuple(name for name in names if not name.endswith(MARGINAL))
    if not 1 <= len(sites) <= MOST_SITES:
        msg = f"{named(source)}: a column for each of 1 to {MOST_SITES} sites is needed beside the time."
        raise BadInput(msg, field="intensity")
    scale = _scale(unit)
    further = [name for name in names if name.endswith(MARGINAL)]
    wanted = [site + MARGINAL for site in sites]
    if further and sorted(further) != sorted(wanted):
        msg = f"Marginal intensities are needed for all sites or for none: {', '.join(wanted)}."
        raise BadInput(msg, field="intensity")
    return Intensity(
        start=start,
        sites=sites,
        average=_values(table, sites, scale),
        marginal=_values(table, wanted, scale, negative=True) if further else None,
    )


def _table(source: Source) -> pd.DataFrame:
    table = read_table(
        source, "intensity", largest_bytes=LARGEST_BYTES, dtype=str, keep_default_na=False
    )
    if not 1 <= len(table) <= MOST_HOURS:
        msg = f"{named(source)}: {len(table)} hours; 1 to {MOST_HOURS} (a year) can be planned."
        raise BadInput(msg, field="intensity")
    return table


def _start(column: "pd.Series[str]") -> pd.Timestamp:
    times = pd.to_datetime(column, errors="coerce", utc=True, format="ISO8601")
    if times.isna().any():
        line = int(times.isna().to_numpy().argmax())
        msg = f"Line {line + 2}: “{column.iloc[line]}” is not a time such as 2026-11-27T13:00Z."
        raise BadInput(msg, field=str(column.name))
    steps = times.diff().iloc[1:]
    if (steps != HOUR).any():
        line = int((steps != HOUR).to_numpy().argmax()) + 1
        msg = f"Line {line + 2}: “{column.iloc[line]}” is not one hour after the line before; every hour is needed, once."
        raise BadInput(msg, field=str(column.name))
    return times.iloc[0]


def _scale(unit: str) -> float:
    try:
        return conversion(((unit, 1.0),), UNIT)
    except EngineError as error:
        msg = f"“{unit}” is not a carbon intensity; write kg CO2e/kWh or g CO2e/kWh."
        raise BadInput(msg, field="unit") from error


def _values(
    table: pd.DataFrame,
    columns: tuple[str, ...] | list[str],
    scale: float,
    *,
    negative: bool = False,
) -> Table:
    found = np.empty((len(table), len(columns)))
    for place, name in enumerate(columns):
        numbers = np.asarray(pd.to_numeric(table[name], errors="coerce"), dtype=float) * scale
        bad = ~(np.isfinite(numbers) & (np.abs(numbers) <= HIGHEST)) | (numbers < 0) & (
            not negative
        )
        if bad.any():
            line = int(bad.argmax())
            msg = f"Line {line + 2}, {name}: “{table[name].iloc[line]}” is not an intensity of 0 to {HIGHEST:g} {UNIT}. Is the unit right?"
            raise BadInput(msg, field=name)
        found[:, place] = numbers
    return found
