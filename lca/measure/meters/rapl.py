"""Running Average Power Limit counters of Intel and AMD processors, read through Linux's powercap folder."""

import threading
from dataclasses import dataclass
from pathlib import Path

from lca.measure.errors import MeterUnavailable
from lca.measure.meter import DEFAULTS, Description, Device, Meter, MeterOptions, Uncertainty
from lca.measure.sampling import Sampler, SamplingCost

ORDER = 30
POWERCAP = Path("/sys/class/powercap")
POLL_S = 10.0  # the fastest counter wraps within minutes
J_PER_UJ = 1e-6
DESCRIPTION = Description(
    name="rapl",
    is_modelled=False,
    boundary="chip",
    covers="processor packages, and memory where the processor counts it; everything that runs on them, not this process "
    "alone; no fans, disks, network or power supply",
    resolution_s=0.001,
    window_s=1.0,
    uncertainty=Uncertainty(
        share=0.10,
        kind="assumed",
        source="Khan et al. (2018), RAPL in Action, doi:10.1145/3177754, find readings that follow plug power closely but "
        "give no single figure for all processors; 10 % is our judgement.",
    ),
)


@dataclass
class Zone:
    """One counter: its file, where it wraps, and the last reading, in microjoules."""

    path: Path
    range_uj: int
    last_uj: int = 0

    def read_uj(self) -> int:
        """Return the counter."""
        return int(self.path.read_text())

    def advance_uj(self) -> int:
        """Return the energy since the last reading, also across one wrap of the counter."""
        now = self.read_uj()
        delta = now - self.last_uj
        self.last_uj = now
        return delta if delta >= 0 else delta + self.range_uj


class Rapl(Meter):
    """Sum of the packages' and their memory's counters."""

    description = DESCRIPTION

    def __init__(self, zones: list[Zone]) -> None:
        self._zones = zones
        self._energy_uj = 0
        self._lock = threading.Lock()
        self.sampler = Sampler(self._advance, POLL_S)

    def _advance(self) -> float:
        with self._lock:
            self._energy_uj += sum(zone.advance_uj() for zone in self._zones)
            return self._energy_uj

    def begin(self) -> None:
        """Open a window, and follow the counters in a thread, so that no wrap is missed."""
        self.sampler.start()
        self._energy_uj = 0

    def end(self) -> float:
        """Close the window and return its energy in joules."""
        self.sampler.stop()
        return self._energy_uj * J_PER_UJ

    def cost(self) -> SamplingCost:
        """Return what reading cost so far."""
        return self.sampler.cost

    def close(self) -> None:
        """Stop following the counters."""
        self.sampler.halt()


def find_zones(root: Path) -> list[Zone]:
    """Return the counters that add up to packages plus memory.

    Cores and graphics lie inside the package and *psys* contains it, so they would count twice.
    """
    zones = []
    for folder in sorted(root.glob("intel-rapl:*")):
        name = (folder / "name").read_text().strip()
        if name.startswith("package") or name == "dram":
            range_uj = int((folder / "max_energy_range_uj").read_text())
            zones.append(Zone(folder / "energy_uj", range_uj))
    return zones


def open_meter(
    device: Device,
    options: MeterOptions = DEFAULTS,  # noqa: ARG001  one shape for all meters
    root: Path = POWERCAP,
) -> Meter:
    """Open the counters of all packages."""
    if device.kind != "cpu":
        raise MeterUnavailable("RAPL counts the processor; the model runs on an accelerator.")
    try:
        zones = find_zones(root)
        for zone in zones:
            zone.last_uj = zone.read_uj()
    except PermissionError as error:
        msg = (
            f"{error.filename} may be read by root alone: run as root, or let your account read it."
        )
        raise MeterUnavailable(msg) from error
    if not zones:
        msg = f"There are no RAPL counters under {root}."
        raise MeterUnavailable(msg)
    return Rapl(zones)
