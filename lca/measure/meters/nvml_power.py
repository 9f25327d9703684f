"""NVIDIA's power reading, sampled in a thread and integrated by the trapezoidal rule: for boards without a counter."""

from dataclasses import replace
from types import ModuleType

from lca.measure.errors import MeterUnavailable
from lca.measure.meter import DEFAULTS, Description, Device, Meter, MeterOptions, Uncertainty
from lca.measure.nvml import device_handle, flags_or_refusal, open_nvml
from lca.measure.sampling import Sampler, SamplingCost

ORDER = 20
SAMPLING_S = 0.05
W_PER_MW = 1e-3
DESCRIPTION = Description(
    name="nvml_power",
    is_modelled=False,
    boundary="board",
    covers="accelerator board: chip, memory and voltage regulators; no host, fans of the host, or power supply",
    resolution_s=1.0,
    window_s=5.0,
    uncertainty=Uncertainty(
        share=0.10,
        kind="assumed",
        source="NVIDIA's NVML reference: ±5 % on Fermi and Kepler; on Ampere (except GA100) and newer the reading is a "
        "one-second average, so a window of 5 s can miss half a second at each end; doubled here for that.",
    ),
)


class NvmlPower(Meter):
    """Energy as the integral of sampled power."""

    def __init__(self, nvml: ModuleType, handle: object, flags: tuple[str, ...] = ()) -> None:
        self.description = replace(DESCRIPTION, flags=flags)
        self._nvml = nvml
        self._handle = handle
        self.sampler = Sampler(self.read_w, SAMPLING_S)

    def read_w(self) -> float:
        """Return the board's power now, in watts."""
        return float(self._nvml.nvmlDeviceGetPowerUsage(self._handle)) * W_PER_MW

    def begin(self) -> None:
        """Open a window and start sampling."""
        self.sampler.start()

    def end(self) -> float:
        """Stop sampling and return the energy in joules."""
        self.sampler.stop()
        return self.sampler.integral()

    def cost(self) -> SamplingCost:
        """Return what sampling cost so far."""
        return self.sampler.cost

    def close(self) -> None:
        """Stop sampling and release the driver."""
        self.sampler.halt()
        self._nvml.nvmlShutdown()


def open_meter(device: Device, options: MeterOptions = DEFAULTS) -> Meter:
    """Open the power reading of the device."""
    nvml = open_nvml()
    handle = device_handle(nvml, device, options)
    meter = NvmlPower(nvml, handle, flags_or_refusal(nvml, handle, options))
    try:
        meter.read_w()
    except nvml.NVMLError as error:
        msg = f"The board does not tell its power: {error}."
        raise MeterUnavailable(msg) from error
    return meter
