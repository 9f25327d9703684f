"""NVIDIA's power reading, sampled in a thread and integrated by the trapezoidal rule: for boards without a counter."""

import threading
import time
from types import ModuleType

import numpy as np

from lca.measure.errors import MeterUnavailable
from lca.measure.meter import Description, Device, Meter, Uncertainty
from lca.measure.nvml import device_handle, open_nvml

ORDER = 20
SAMPLING_S = 0.05
W_PER_MW = 1e-3
DESCRIPTION = Description(
    name="nvml_power",
    is_modelled=False,
    boundary="accelerator",
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

    description = DESCRIPTION

    def __init__(self, nvml: ModuleType, handle: object) -> None:
        self._nvml = nvml
        self._handle = handle
        self._samples: list[tuple[float, float]] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def sample(self) -> None:
        """Take one reading."""
        power_w = float(self._nvml.nvmlDeviceGetPowerUsage(self._handle)) * W_PER_MW
        self._samples.append((time.perf_counter(), power_w))

    def _sample_until_stopped(self) -> None:
        while not self._stop.wait(SAMPLING_S):
            try:
                self.sample()
            except self._nvml.NVMLError:
                return  # the reading at the end of the window raises where somebody listens

    def begin(self) -> None:
        """Open a window and start sampling."""
        self._samples = []
        self._stop.clear()
        self.sample()
        self._thread = threading.Thread(target=self._sample_until_stopped, daemon=True)
        self._thread.start()

    def end(self) -> float:
        """Stop sampling and return the energy in joules."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self.sample()
        times, powers = np.array(self._samples).T
        return float(np.trapezoid(powers, times))

    def close(self) -> None:
        """Stop sampling and release the driver."""
        self._stop.set()
        self._nvml.nvmlShutdown()


def open_meter(device: Device, cpu_tdp_w: float | None = None) -> Meter:  # noqa: ARG001  one shape for all meters
    """Open the power reading of the device."""
    nvml = open_nvml()
    meter = NvmlPower(nvml, device_handle(nvml, device))
    try:
        meter.sample()
    except nvml.NVMLError as error:
        msg = f"The board does not tell its power: {error}."
        raise MeterUnavailable(msg) from error
    return meter
