"""No meter at all: power calculated from processor use and thermal design power. Modelled, and flagged so everywhere."""

import os
import time

import numpy as np

from lca.measure.errors import MeterUnavailable
from lca.measure.meter import (
    DEFAULTS,
    Assumption,
    Description,
    Device,
    Meter,
    MeterOptions,
    Uncertainty,
)

ORDER = 90
TDP_W_PER_CORE = 290 / 80
TDP_SOURCE = (
    "AMD Genoa, 290 W and 80 cores: Wang et al., GreenSKU framework open data (ISCA 2024), "
    "https://github.com/Azure/AzurePublicDataset; taken for every processor whose power is not given with --cpu-tdp-w"
)
USE_POINTS = (0.0, 0.1, 0.5, 1.0)
TDP_SHARES = (0.12, 0.32, 0.75, 1.02)
CURVE_SOURCE = (
    "Davy (2021), Teads Engineering, Estimating AWS EC2 instances power consumption: share of thermal design power at "
    "0, 10, 50 and 100 % use, linear between"
)


def cores_at_hand() -> int:
    """Return how many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def power_w(use_share: float, tdp_w: float) -> float:
    """Power of a processor at a given use.

    Parameters
    ----------
    use_share : float
        Busy time over time, of the cores at hand. [1]
    tdp_w : float
        Thermal design power of these cores. [W]

    Returns
    -------
    float
        Power. [W]

    References
    ----------
    .. [1] Davy, B. (2021), Estimating AWS EC2 instances power consumption, Teads Engineering.

    Examples
    --------
    >>> round(power_w(0.5, 100.0), 6)
    75.0
    """
    return tdp_w * float(np.interp(use_share, USE_POINTS, TDP_SHARES))


class Modelled(Meter):
    """Energy of the cores at hand from the processor time that this process used."""

    def __init__(self, tdp_w: float, cores: int, source: str) -> None:
        self._tdp_w = tdp_w
        self._cores = cores
        self._begun = (0.0, 0.0)
        self.description = Description(
            name="modelled",
            is_modelled=True,
            boundary="chip",
            covers="a model of the processor cores that this process may use; nothing was measured",
            counts_others=False,
            resolution_s=0.001,
            window_s=0.5,
            uncertainty=Uncertainty(
                share=0.5,
                kind="assumed",
                source="Our judgement: design power per core and power at part load each differ by tens of percent between processors.",
            ),
            assumptions=(
                Assumption(name="design_power", value=tdp_w, unit="W", source=source),
                Assumption(name="cores", value=cores, unit="1", source="operating system"),
                *(
                    Assumption(
                        name=f"share_of_design_power_at_{use * 100:.0f}_percent_use",
                        value=share,
                        unit="1",
                        source=CURVE_SOURCE,
                    )
                    for use, share in zip(USE_POINTS, TDP_SHARES, strict=True)
                ),
            ),
        )

    def begin(self) -> None:
        """Open a window."""
        self._begun = (time.perf_counter(), time.process_time())

    def end(self) -> float:
        """Close the window and return its modelled energy in joules."""
        wall_s = time.perf_counter() - self._begun[0]
        busy_s = time.process_time() - self._begun[1]
        use_share = min(busy_s / (wall_s * self._cores), 1.0) if wall_s > 0 else 0.0
        return power_w(use_share, self._tdp_w) * wall_s


def open_meter(device: Device, options: MeterOptions = DEFAULTS) -> Meter:
    """Set up the model for the cores at hand."""
    if device.kind != "cpu":
        raise MeterUnavailable("The model of processor power says nothing about an accelerator.")
    cores = cores_at_hand()
    if options.cpu_tdp_w is not None:
        return Modelled(options.cpu_tdp_w, cores, "given with the request")
    return Modelled(TDP_W_PER_CORE * cores, cores, TDP_SOURCE)
