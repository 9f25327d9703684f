"""What every energy meter is: its description, and the window it measures.

The meters themselves are the modules of :mod:`lca.measure.meters`.
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

from lca.measure.errors import MeterRejected


@dataclass(frozen=True, kw_only=True)
class Device:
    """Where the model runs: ``kind`` is cpu or cuda, ``uuid`` the accelerator's own number if it tells one."""

    kind: str
    index: int = 0
    name: str = ""
    uuid: str = ""


@dataclass(frozen=True, kw_only=True)
class Uncertainty:
    """Half-width of the meter's 90 % interval as a share of its reading, and where that figure comes from.

    ``kind`` is *stated* when a maker or a study gives the figure for such a device, *assumed* when it is our judgement.
    """

    share: float
    kind: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """A number a modelled figure rests on."""

    name: str
    value: float
    unit: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a meter counts and how well.

    Parameters
    ----------
    name : str
        Name of the meter's module.
    is_modelled : bool
        True if the energy is calculated from a power model, not counted.
    boundary : str
        accelerator, package or node: what the energy includes.
    covers : str
        The same in words.
    resolution_s : float
        How often the reading is refreshed. [s]
    window_s : float
        Shortest window in which that matters little. [s]
    uncertainty : Uncertainty
        Systematic uncertainty of the reading.
    assumptions : tuple of Assumption
        Figures a modelled energy rests on.
    """

    name: str
    is_modelled: bool
    boundary: str
    covers: str
    resolution_s: float
    window_s: float
    uncertainty: Uncertainty
    assumptions: tuple[Assumption, ...] = ()


class Meter(ABC):
    """Counts the energy between :meth:`begin` and :meth:`end`."""

    description: Description

    @abstractmethod
    def begin(self) -> None:
        """Open a window."""

    @abstractmethod
    def end(self) -> float:
        """Close the window and return its energy in joules."""

    def poll(self) -> None:  # noqa: B027  most meters need nothing here
        """Take a reading inside a long window, where a counter could wrap twice. Cheap, and may do nothing."""

    def close(self) -> None:  # noqa: B027  most meters hold nothing
        """Release the driver."""


def checked_energy_j(energy_j: float, *, meter: str, phase: str, tokens: int) -> float:
    """Return the energy of a window, or refuse it.

    Parameters
    ----------
    energy_j : float
        Reading of the meter. [J]
    meter, phase : str
        Names for the message.
    tokens : int
        Work done in the window. [1]

    Raises
    ------
    MeterRejected
        If the reading is not finite or is negative, or is zero although a powered device drew power.

    Examples
    --------
    >>> checked_energy_j(12.5, meter="rapl", phase="decode", tokens=32)
    12.5
    """
    if not math.isfinite(energy_j) or energy_j < 0:
        msg = f"Meter {meter} read {energy_j} J in a {phase} window. Choose another meter with --meter."
        raise MeterRejected(msg)
    if energy_j == 0:
        msg = (
            f"Meter {meter} read 0 J in a {phase} window of {tokens} tokens, which no powered device draws: its counter "
            "does not advance on this machine. Choose another meter with --meter."
        )
        raise MeterRejected(msg)
    return energy_j
