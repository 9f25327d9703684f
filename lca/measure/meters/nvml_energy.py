"""NVIDIA's total-energy counter: the board's energy since the driver was loaded, in millijoules (Volta and newer)."""

from types import ModuleType

from lca.measure.errors import MeterUnavailable
from lca.measure.meter import Description, Device, Meter, Uncertainty
from lca.measure.nvml import device_handle, open_nvml

ORDER = 10
J_PER_MJ = 1e-3
DESCRIPTION = Description(
    name="nvml_energy",
    is_modelled=False,
    boundary="accelerator",
    covers="accelerator board: chip, memory and voltage regulators; no host, fans of the host, or power supply",
    resolution_s=0.1,
    window_s=2.0,
    uncertainty=Uncertainty(
        share=0.05,
        kind="assumed",
        source="NVIDIA's NVML reference states ±5 % for power readings of Fermi and Kepler boards and nothing for newer ones; "
        "taken over here. Yang, Adamek and Armour (2024), arXiv:2312.02741, show that A100 and H100 boards sample only "
        "25 % of the time, which long, steady windows average out.",
    ),
)


class NvmlEnergy(Meter):
    """Difference of two readings of the counter."""

    description = DESCRIPTION

    def __init__(self, nvml: ModuleType, handle: object) -> None:
        self._nvml = nvml
        self._handle = handle
        self._start_mj = 0

    def _read_mj(self) -> int:
        return int(self._nvml.nvmlDeviceGetTotalEnergyConsumption(self._handle))

    def begin(self) -> None:
        """Open a window."""
        self._start_mj = self._read_mj()

    def end(self) -> float:
        """Close the window and return its energy in joules."""
        return (self._read_mj() - self._start_mj) * J_PER_MJ

    def close(self) -> None:
        """Release the driver."""
        self._nvml.nvmlShutdown()


def open_meter(device: Device, cpu_tdp_w: float | None = None) -> Meter:  # noqa: ARG001  one shape for all meters
    """Open the counter of the device."""
    nvml = open_nvml()
    meter = NvmlEnergy(nvml, device_handle(nvml, device))
    try:
        meter.begin()
    except nvml.NVMLError as error:
        msg = f"The board has no energy counter: {error}."
        raise MeterUnavailable(msg) from error
    return meter
