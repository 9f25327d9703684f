"""An outer power meter, a PDU's or a BMC's, whose readings somebody writes to a file while the model runs.

The file holds lines of ``time,watts``: seconds since 1970 of this machine's clock, and power; a header line may precede.
A counter that is read once before and once after covers a whole run and no window: it is no meter for a phase.
"""

import csv
import time
from pathlib import Path

import numpy as np

from lca.measure.errors import MeterRejected, MeterUnavailable
from lca.measure.meter import DEFAULTS, Description, Device, Meter, MeterOptions, Uncertainty
from lca.measure.sampling import integral

ORDER = 100
BOUNDARIES = {
    "node": "the whole node at its plug, with all that runs on it, fans and power supplies",
    "rack": "everything behind the rack's meter, other nodes and switches too",
}
PATIENCE_S = 90.0
LOOK_S = 0.2
WINDOW_IN_PERIODS = 10
LEAST_READINGS = 3


def read_log(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return moments [s] and powers [W] of the log.

    Raises
    ------
    MeterRejected
        If a line has no two numbers, or the moments do not ascend.
    """
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        msg = f"The log {path.name} cannot be read: {error}."
        raise MeterRejected(msg) from error
    if rows and rows[0][:2] == ["time", "watts"]:
        rows = rows[1:]
    try:
        values = np.array([[float(row[0]), float(row[1])] for row in rows if row]).reshape(-1, 2)
    except (ValueError, IndexError) as error:
        msg = f"The log {path.name} has a line that is not time,watts: {error}."
        raise MeterRejected(msg) from error
    times, watts = values.T
    if not np.all(np.isfinite(values)) or np.any(np.diff(times) <= 0):
        msg = f"The log {path.name} must hold finite numbers at ascending times."
        raise MeterRejected(msg)
    return times, watts


class External(Meter):
    """Energy from another meter's log."""

    def __init__(self, path: Path, options: MeterOptions, period_s: float) -> None:
        self._path = path
        self._begun = 0.0
        boundary = str(options.external_boundary)
        self.description = Description(
            name="external",
            is_modelled=False,
            boundary=boundary,
            covers=BOUNDARIES[boundary],
            resolution_s=period_s,
            window_s=WINDOW_IN_PERIODS * period_s,
            uncertainty=Uncertainty(
                share=float(options.external_uncertainty or 0.0),
                kind="stated",
                source="Declared by whoever runs the meter (--external-uncertainty); clocks are taken to agree.",
            ),
        )

    def begin(self) -> None:
        """Open a window."""
        self._begun = time.time()

    def end(self) -> float:
        """Close the window, wait until the log reaches its end, and return the energy in joules."""
        ended = time.time()
        deadline = time.monotonic() + PATIENCE_S
        while True:
            times, watts = read_log(self._path)
            if len(times) and times[-1] >= ended:
                break
            if time.monotonic() > deadline:
                msg = f"The log {self._path.name} was not continued for {PATIENCE_S:g} s. Is its writer running, and does its clock agree?"
                raise MeterRejected(msg)
            time.sleep(LOOK_S)
        if times[0] > self._begun:
            msg = f"The log {self._path.name} begins after the window."
            raise MeterRejected(msg)
        return integral(times, watts, self._begun, ended)


def open_meter(device: Device, options: MeterOptions = DEFAULTS) -> Meter:  # noqa: ARG001  one shape for all meters
    """Open the log that the options name."""
    if options.external_log is None:
        raise MeterUnavailable("No log of an outer meter was named (--external-log).")
    if options.external_boundary not in BOUNDARIES:
        msg = f"The boundary of an outer meter is {' or '.join(BOUNDARIES)}, not {options.external_boundary!r}."
        raise MeterUnavailable(msg)
    path = Path(options.external_log)
    try:
        times, _ = read_log(path)
    except MeterRejected as error:
        raise MeterUnavailable(str(error)) from error
    if len(times) < LEAST_READINGS:
        msg = f"The log {path.name} must hold {LEAST_READINGS} readings before the model runs: its writer goes first."
        raise MeterUnavailable(msg)
    return External(path, options, float(np.median(np.diff(times))))
