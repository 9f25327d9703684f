"""What every energy meter is: its description, and the window it measures.

The meters themselves are the modules of :mod:`lca.measure.meters`.
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

from lca.measure.errors import InvalidRequest, MeterRejected
from lca.measure.sampling import SamplingCost

BOUNDARIES = ("chip", "board", "node", "rack")


@dataclass(frozen=True, kw_only=True)
class Device:
    """Where the model runs.

    ``kind`` is cpu or cuda (also for AMD, as in torch), ``uuid`` the accelerator's own number and ``bdf`` its address on
    the PCI bus, if it tells them.
    """

    kind: str
    index: int = 0
    name: str = ""
    uuid: str = ""
    bdf: str = ""
    maker: str = ""


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
        chip, board, node or rack: what the energy includes.
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
    counts_others : bool
        True if the energy holds what other programs draw.
    flags : tuple of str
        What a reader must know about this very reading, such as a device that is shared.
    """

    name: str
    is_modelled: bool
    boundary: str
    covers: str
    resolution_s: float
    window_s: float
    uncertainty: Uncertainty
    assumptions: tuple[Assumption, ...] = ()
    counts_others: bool = True
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MeterOptions:
    """What some meters must be told.

    Parameters
    ----------
    cpu_tdp_w : float, optional
        Thermal design power of the cores at hand, for the modelled meter. [W]
    allow_shared : bool
        True if a device that others use too may be read; the document is flagged then.
    expected_processes : int
        How many processes beside this one belong to the work: those of a server that is driven. [1]
    external_log : str, optional
        File of an outer power meter: lines of ``time,watts``.
    external_boundary : str, optional
        node or rack: what that meter stands before.
    external_uncertainty : float, optional
        Half-width of its 90 % interval as a share of the reading, as its owner declares it. [1]
    """

    cpu_tdp_w: float | None = None
    allow_shared: bool = False
    expected_processes: int = 0
    external_log: str | None = None
    external_boundary: str | None = None
    external_uncertainty: float | None = None

    def __post_init__(self) -> None:
        given = (self.external_log, self.external_boundary, self.external_uncertainty)
        if any(value is not None for value in given) and None in given:
            raise InvalidRequest(
                "An outer meter needs its log, its boundary and its uncertainty: give all of --external-log, "
                "--external-boundary and --external-uncertainty."
            )


DEFAULTS = MeterOptions()


class Meter(ABC):
    """Counts the energy between :meth:`begin` and :meth:`end`."""

    description: Description

    @abstractmethod
    def begin(self) -> None:
        """Open a window."""

    @abstractmethod
    def end(self) -> float:
        """Close the window and return its energy in joules."""

    def cost(self) -> SamplingCost:
        """Return what the readings inside windows cost so far; counters that are read at the ends alone need none."""
        return SamplingCost()

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
