"""NVIDIA's total-energy counter: the board's energy since the driver was loaded, in millijoules (Volta and newer)."""

from dataclasses import replace
from types import ModuleType

from lca.measure.errors import MeterRejected, MeterUnavailable
from lca.measure.meter import DEFAULTS, Description, Device, Meter, MeterOptions, Uncertainty
from lca.measure.nvml import device_handle, flags_or_refusal, open_nvml

ORDER = 10
J_PER_MJ = 1e-3
DESCRIPTION = Description(
    name="nvml_energy",
    is_modelled=False,
    boundary="board",
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

    def __init__(self, nvml: ModuleType, handle: object, flags: tuple[str, ...] = ()) -> None:
        self.description = replace(DESCRIPTION, flags=flags)
        self._nvml = nvml
        self._handle = handle
        self._start_mj = 0

    def _read_mj(self) -> int:
        try:
            return int(self._nvml.nvmlDeviceGetTotalEnergyConsumption(self._handle))
        except self._nvml.NVMLError as error:
            msg = f"The energy counter stopped answering: {error}."
            raise MeterRejected(msg) from error

    def begin(self) -> None:
        """Open a window."""
        self._start_mj = self._read_mj()

    def end(self) -> float:
        """Close the window and return its energy in joules."""
        return (self._read_mj() - self._start_mj) * J_PER_MJ

    def close(self) -> None:
        """Release the driver."""
        self._nvml.nvmlShutdown()


def open_meter(device: Device, options: MeterOptions = DEFAULTS) -> Meter:
    """Open the counter of the device."""
    nvml = open_nvml()
    handle = device_handle(nvml, device, options)
    meter = NvmlEnergy(nvml, handle, flags_or_refusal(nvml, handle, options))
    try:
        meter.begin()
    except MeterRejected as error:
        msg = f"The board has no energy counter: {error.__cause__}."
        raise MeterUnavailable(msg) from error
    return meter
