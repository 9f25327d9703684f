"""What else went on during a window: heat, clocks, throttling, other programs. Read around it, never inside.

A window is *disturbed* when something that is not the model changed its energy: a board that slowed itself down for heat,
another program on the board, or, for a meter that counts the whole processor, other programs on that.
"""

import time
from pathlib import Path
from types import ModuleType
from typing import Protocol

from lca.measure.errors import MeterUnavailable
from lca.measure.meter import Device, MeterOptions
from lca.measure.meters.modelled import cores_at_hand
from lca.measure.nvml import device_handle, open_nvml, other_processes
from lca.measure.results import Conditions

OTHERS_SHARE = (
    0.10  # of the cores at hand; our judgement: below, a processor meter's own 10 % is larger
)
THERMAL_LEAST_S = 0.01  # shorter ones are the counter's own grain
NS = 1e-9
PROC = Path("/proc")
THERMAL = Path("/sys/class/thermal")
JIFFIES_PER_S = 100
REASONS = {
    0x4: "power cap",
    0x8: "hardware slowdown",
    0x20: "software thermal slowdown",
    0x40: "hardware thermal slowdown",
    0x80: "power brake",
}
HARMFUL = 0x8 | 0x20 | 0x40 | 0x80


class Watch(Protocol):
    """Reads conditions at both ends of a window."""

    def begin(self) -> None:
        """Read what holds before."""

    def end(self) -> tuple[Conditions, list[str]]:
        """Return the conditions, and in words what disturbed the window."""


class ProcessorWatch:
    """Temperature, clock and other programs of the processor.

    Parameters
    ----------
    counts_others : bool
        True if the meter's energy holds what other programs draw.
    """

    def __init__(self, *, counts_others: bool) -> None:
        self._counts_others = counts_others
        self._before = (0.0, 0.0, 0.0)
        self._first: Conditions = {}

    def begin(self) -> None:
        """Read what holds before."""
        self._first = _processor_state()
        self._before = (time.perf_counter(), busy_s(), time.process_time())

    def end(self) -> tuple[Conditions, list[str]]:
        """Return the conditions, and in words what disturbed the window."""
        wall, busy, own = self._before
        elapsed = time.perf_counter() - wall
        others = max(busy_s() - busy - (time.process_time() - own), 0.0)
        share = min(others / (elapsed * cores_at_hand()), 1.0) if elapsed > 0 else 0.0
        last = _processor_state()
        found: Conditions = {"others_share": share}
        for name in ("temperature_c", "clock_mhz"):
            if name in self._first and name in last:
                found[name] = [*self._first[name], *last[name]]
        disturbed = self._counts_others and share > OTHERS_SHARE
        return found, [f"other programs used {share:.0%} of the processor"] if disturbed else []


def busy_s() -> float:
    """Return the processor time that all programs used since the machine started, in seconds; 0 where none tells."""
    try:
        fields = (PROC / "stat").read_text(encoding="ascii").split("\n", 1)[0].split()
    except OSError:
        return 0.0
    user, nice, system, _idle, _wait, irq, softirq = (int(field) for field in fields[1:8])
    return (user + nice + system + irq + softirq) / JIFFIES_PER_S


def _processor_state() -> Conditions:
    state: Conditions = {}
    try:
        lines = (PROC / "cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    clocks = [float(line.partition(":")[2]) for line in lines if line.startswith("cpu MHz")]
    if clocks:
        state["clock_mhz"] = [sum(clocks) / len(clocks)]
    for zone in sorted(THERMAL.glob("thermal_zone*")):
        try:
            if (zone / "type").read_text().strip() == "x86_pkg_temp":
                state["temperature_c"] = [int((zone / "temp").read_text()) / 1000]
        except (OSError, ValueError):
            continue
    return state


class BoardWatch:
    """Temperature, clock, limits, throttling and other programs of an NVIDIA board.

    Programs that compute on it when the watch is set up are known already (the meter refused or flagged them), and among
    them may be this one under a number of another container; later ones disturb.
    """

    def __init__(self, nvml: ModuleType, handle: object) -> None:
        self._nvml = nvml
        self._handle = handle
        self._known: set[int] | None = None
        self._first: Conditions = {}
        self._violations = (0.0, 0.0)
        self._mask = 0

    def begin(self) -> None:
        """Read what holds before."""
        if self._known is None:
            self._known = set(self._others())
        self._mask = self._throttle()
        self._first = self._state()
        self._violations = self._violation_s()

    def end(self) -> tuple[Conditions, list[str]]:
        """Return the conditions, and in words what disturbed the window."""
        thermal, power = (
            now - before for now, before in zip(self._violation_s(), self._violations, strict=True)
        )
        last, mask = self._state(), self._mask | self._throttle()
        others = set(self._others()) - (self._known or set())
        found: Conditions = {
            "throttle": [name for bit, name in REASONS.items() if mask & bit],
            "thermal_throttle_s": thermal,
            "power_cap_s": power,
            "other_processes": len(others),
        }
        for name in ("temperature_c", "clock_mhz"):
            if name in self._first and name in last:
                found[name] = [*self._first[name], *last[name]]
        if "power_limit_w" in last:
            found["power_limit_w"] = last["power_limit_w"]
        return found, self._disturbances(mask, thermal, len(others))

    @staticmethod
    def _disturbances(mask: int, thermal_s: float, others: int) -> list[str]:
        said = [
            f"the board reported {name}" for bit, name in REASONS.items() if mask & bit & HARMFUL
        ]
        if thermal_s > THERMAL_LEAST_S:
            said.append(f"the board slowed down for heat for {thermal_s:.3g} s")
        if others:
            said.append(f"{others} other process(es) came to the board")
        return said

    def _others(self) -> list[int]:
        try:
            return other_processes(self._nvml, self._handle)
        except self._nvml.NVMLError:
            return []

    def _throttle(self) -> int:
        try:
            return int(self._nvml.nvmlDeviceGetCurrentClocksThrottleReasons(self._handle))
        except self._nvml.NVMLError:
            return 0

    def _violation_s(self) -> tuple[float, float]:
        """Return for how long the board has been slowed for heat and for power, in seconds; 0 where it does not tell."""
        found = []
        for policy in (self._nvml.NVML_PERF_POLICY_THERMAL, self._nvml.NVML_PERF_POLICY_POWER):
            try:
                status = self._nvml.nvmlDeviceGetViolationStatus(self._handle, policy)
                found.append(status.violationTime * NS)
            except self._nvml.NVMLError:
                found.append(0.0)
        return found[0], found[1]

    def _state(self) -> Conditions:
        nvml, handle = self._nvml, self._handle
        state: Conditions = {}
        try:
            heat = nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU)
            state["temperature_c"] = [float(heat)]
            clock = nvml.nvmlDeviceGetClockInfo(handle, nvml.NVML_CLOCK_SM)
            state["clock_mhz"] = [float(clock)]
            state["power_limit_w"] = nvml.nvmlDeviceGetEnforcedPowerLimit(handle) / 1000
        except nvml.NVMLError:
            pass  # what was read before stands
        return state


def open_watch(device: Device, options: MeterOptions, *, counts_others: bool) -> Watch:
    """Return the watch for a device; of an AMD board none is written yet, so the host's processor is told, not judged."""
    if device.kind == "cpu":
        return ProcessorWatch(counts_others=counts_others)
    try:
        nvml = open_nvml()
        return BoardWatch(nvml, device_handle(nvml, device, options))
    except MeterUnavailable:
        return ProcessorWatch(counts_others=False)
